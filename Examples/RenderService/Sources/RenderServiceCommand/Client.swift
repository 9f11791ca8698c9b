// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RenderService

/// The options for the service's address and the API key.
struct ServerOptions: ParsableArguments {
    @Option(help: "The service's address.")
    var server = "http://127.0.0.1:8080"

    @Option(help: ArgumentHelp("The API key. [RENDER_SERVICE_KEY]", valueName: "key"))
    var apiKey: String?

    var client: ServiceClient {
        get throws {
            guard let url = URL(string: server), url.host != nil else {
                throw ValidationError("\(server) is not an address such as http://127.0.0.1:8080")
            }
            return ServiceClient(server: url, key: apiKey ?? ProcessInfo.processInfo.environment["RENDER_SERVICE_KEY"])
        }
    }
}

struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask for a video.",
        discussion: "The file is an edit document or the short form; what it names is uploaded with --media first.")

    @Argument(help: ArgumentHelp("The request, as JSON.", valueName: "file"))
    var request: String

    @Option(help: ArgumentHelp("A file to upload first; may be given again.", valueName: "file"))
    var media: [String] = []

    @Flag(help: "Wait until it has ended.")
    var wait = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Wait, and put the video here.", valueName: "file"))
    var output: String?

    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.client.run { client in
            for path in media {
                try await client.upload(path)
            }
            guard let body = FileManager.default.contents(atPath: request) else {
                throw ValidationError("\(request) cannot be read")
            }
            let id = try await client.submit(body)
            // The ID is written immediately, even to a pipe, because a script may wait for it.
            try FileHandle.standardOutput.write(contentsOf: Data((id + "\n").utf8))
            guard wait || output != nil else { return }
            let status = try await client.wait(for: id) { line in
                FileHandle.standardError.write(Data((line + "\n").utf8))
            }
            guard status.isCompleted else {
                print(status.json)
                throw ExitCode.failure
            }
            if let output { try await client.download(id, to: output) }
        }
    }
}

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say how a job goes.")

    @Argument(help: ArgumentHelp("The job.", valueName: "id"))
    var id: String

    @OptionGroup var server: ServerOptions

    func run() async throws { try await server.client.run { print(try await $0.status(id).json) } }
}

struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Call a job off.")

    @Argument(help: ArgumentHelp("The job.", valueName: "id"))
    var id: String

    @OptionGroup var server: ServerOptions

    func run() async throws { try await server.client.run { print(try await $0.cancel(id).json) } }
}
