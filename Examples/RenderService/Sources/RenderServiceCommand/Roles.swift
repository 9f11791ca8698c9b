// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import RenderService

/// The options of `serve` and `work`, including a flag for every setting.
struct RoleOptions: ParsableArguments {
    @Option(help: ArgumentHelp("End after so long without a job.", valueName: "seconds"))
    var exitWhenIdle: Double?

    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Settings, as listed above.", valueName: "settings"))
    var settings: [String] = []

    func run(_ role: RenderService.Role, _ change: (inout Configuration) -> Void = { _ in }) async throws {
        var configuration: Configuration
        do { configuration = try Configuration(environment: try environment) } catch {
            throw ValidationError("\(error)")
        }
        configuration.exitWhenIdle = exitWhenIdle
        change(&configuration)
        let logger = JSONLog.logger(level: configuration.logLevel)
        do { try await RenderService(configuration, logger: logger).run(role) } catch {
            logger.critical("ended", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
    }

    /// The environment variables, overridden by the flags.
    private var environment: [String: String] {
        get throws {
            var environment = ProcessInfo.processInfo.environment
            var words = settings[...]
            while let word = words.popFirst() {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let setting = Configuration.settings.first(where: { $0.flag == parts[0] }) else {
                    throw ValidationError("there is no setting \(parts[0])")
                }
                guard let value = parts.count == 2 ? String(parts[1]) : words.popFirst() else {
                    throw ValidationError("\(setting.flag) needs a value")
                }
                environment[setting.name] = value
            }
            return environment
        }
    }

    /// The list of all settings for the help, with their descriptions and defaults.
    static var list: String {
        let width = Configuration.settings.map(\.name.count).max() ?? 0
        let lines = Configuration.settings.map { setting in
            setting.name.padding(toLength: width, withPad: " ", startingAt: 0)
                + "  \(setting.meaning)\(setting.standard == "-" ? "" : " [\(setting.standard)]")"
        }
        return "Settings are variables of the environment, or flags: REDIS_URL is --redis-url.\n\n"
            + lines.joined(separator: "\n")
    }
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer requests, and render.",
        discussion: "Without any configuration jobs are kept in SQLite, and media in a folder.\n\n" + RoleOptions.list)

    @Option(help: "The address to listen on.")
    var hostname = "127.0.0.1"

    @OptionGroup var options: RoleOptions

    func run() async throws { try await options.run(.serve) { $0.hostname = hostname } }
}

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Render what others have asked for.", discussion: RoleOptions.list)

    @OptionGroup var options: RoleOptions

    func run() async throws { try await options.run(.work) }
}
