// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose validate`.
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check an edit and the media it names.",
        discussion: "Every problem is printed, one per line.")

    @Argument(help: editHelp)
    var edit: String

    @Option(name: .shortAndLong, help: outputHelp)
    var output: String?

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let file = try EditFile(edit)
        log.take()
        let plan = try await naming(file.name) {
            try await file.edit.plan(in: file.folder, for: output, decoding: decoding.place)
        }
        try Console.say("\(file.name): fine: \(plan.frameCount) frames, \(plain(plan.durationInSeconds)) s")
    }
}
