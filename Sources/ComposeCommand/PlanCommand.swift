// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The command `compose plan`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show the plan for rendering an edit.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, dot }

    @Argument(help: editHelp)
    var edit: String

    @Option(help: "The format: text for people, json for programs, dot for Graphviz.")
    var format = Format.text

    @Option(name: .shortAndLong, help: outputHelp)
    var output: String?

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let file = try EditFile(edit)
        log.take()
        let text = try await naming(file.name) {
            let plan = try await file.edit.plan(in: file.folder, for: output, decoding: decoding.place)
            return switch format {
            case .text: plan.description
            case .json: String(decoding: try plan.json(), as: UTF8.self)
            case .dot: plan.dot
            }
        }
        try Console.say(text)
    }
}
