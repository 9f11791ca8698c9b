// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers

/// A service that runs in its own process, as in a deployment.
///
/// It ends with the test process at the latest.
final class ServiceProcess: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let port: Int
    let process: ChildProcess
    /// The files and servers of the service, which exist for as long as it runs.
    private let site: Site
    let log: URL

    /// The address of the service.
    let url: URL

    /// Starts a service and, if it serves requests, waits until it is ready.
    ///
    /// With a number of a user, it runs as that user, which only root may arrange.
    init(
        _ role: String = "serve", at site: Site, environment: [String: String] = [:], arguments: [String] = [],
        user: Int? = nil
    ) throws {
        port = try FreePort.find()
        guard let url = URL(string: "http://127.0.0.1:\(port)") else { throw Failure(description: "no address") }
        self.url = url
        self.site = site
        let folder = site.folder
        let data = folder.appendingPathComponent("data")
        log = folder.appendingPathComponent("\(role)-\(port).log")
        var environment = environment
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        environment["LOG_LEVEL"] = environment["LOG_LEVEL"] ?? "debug"
        environment["DATA_DIR"] = environment["DATA_DIR"] ?? data.path
        environment["LEASE_SECONDS"] = environment["LEASE_SECONDS"] ?? "1"
        environment["RETRY_SECONDS"] = environment["RETRY_SECONDS"] ?? "0.1"
        let serving = role == "serve" ? ["--port", String(port)] : []
        let words = [Self.program.path, role] + serving + arguments
        let change = user.map { ["setpriv", "--reuid=\($0)", "--regid=\($0)", "--clear-groups"] } ?? []
        process = try ChildProcess(
            (change + words)[0], Array((change + words).dropFirst()), environment: environment, output: log.path)
        guard role == "serve" else { return }
        let end = ContinuousClock.now + .seconds(20)
        while (try? Data(contentsOf: url.appendingPathComponent("health/live"))) == nil {
            guard process.isRunning, .now < end else {
                process.kill()
                throw Failure(description: "the service does not come up: \(text)")
            }
            usleep(20_000)
        }
    }

    /// The log of the service.
    var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Stops the service gracefully and waits until it has ended.
    func stop() { process.stop() }

    /// Kills the service.
    func kill() { process.kill() }

    deinit { process.kill() }

    /// The path of the program, which is built beside the tests.
    static let program: URL = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        while folder.path != "/" {
            let program = folder.appendingPathComponent("render-service")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: ".build/debug/render-service")
    }()
}
