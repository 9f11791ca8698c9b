// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose validate`.
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check an edit and the media it names.",
        discussion: """
            Every problem is printed, one per line, and so are texts that viewers may not be able to read; 'compose inspect' \
            says more of those.
            """)

    @Argument(help: editHelp)
    var edit: String

    @Option(name: .shortAndLong, help: outputHelp)
    var output: String?

    @Flag(help: "Fail with exit code 1 if viewers may not be able to read a text.")
    var strict = false

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let file = try EditFile(edit)
        log.take()
        let plan = try await naming(file.name) {
            try await file.edit.plan(in: file.folder, for: output, decoding: decoding.place)
        }
        let inspection = try await naming(file.name) {
            try await file.edit.inspection(in: file.folder, decoding: decoding.place)
        }
        let warnings = inspection.findings.map { "\(file.name): warning: \($0)" }
        if strict, !warnings.isEmpty { throw Failure(lines: warnings, code: Exit.failed) }
        Console.complain(warnings)
        try Console.say("\(file.name): fine: \(plan.frameCount) frames, \(plain(plan.durationInSeconds)) s")
    }
}
