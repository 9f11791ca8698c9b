// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose inspect`.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what an edit shows where, and whether its texts can be read.",
        discussion: """
            Nothing is rendered. Texts are found that are cut off, lie over each other or outside of the picture, are shown \
            too shortly, or differ too little from what lies behind them.
            """)

    @Argument(help: editHelp)
    var edit: String

    @Option(
        help:
            "The platform whose own controls texts have to stay clear of: \(SafeArea.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: { name in
            guard let area = SafeArea(rawValue: name) else {
                throw ValidationError("There is no platform '\(name)'.")
            }
            return area
        })
    var platform: SafeArea?

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Fail with exit code 1 if anything is found.")
    var strict = false

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let file = try EditFile(edit)
        log.take()
        let inspection = try await naming(file.name) {
            try await file.edit.inspection(in: file.folder, platform: platform, decoding: decoding.place)
        }
        if json { try Console.say(json: inspection) } else { try Console.say(inspection.description) }
        if strict, !inspection.findings.isEmpty {
            throw Failure("\(file.name): \(inspection.findings.count) texts may not be readable")
        }
    }
}
