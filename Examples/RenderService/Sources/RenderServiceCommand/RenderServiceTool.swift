// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The program, which contains the service and its client.
@main
struct RenderServiceTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render-service", abstract: "Render videos for others, over HTTP.",
        subcommands: [Serve.self, Work.self, Submit.self, Status.self, Cancel.self])
}
