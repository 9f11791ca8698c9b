// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Decode a finished file, measure it, and say what is wrong with it.",
        discussion: """
            Measured are durations, sync, loudness and peaks. Found are damage, times that jump, clicks at joins, silence, clipping, \
            black, frozen and repeated pictures, an index at the end, and tags that are missing or wrong. With --platform, also what \
            that platform refuses, with the page that says so. Errors end with exit code 1; warnings do with --strict; notes do not.
            """)

    @Argument(help: ArgumentHelp("The files.", valueName: "file"))
    var files: [String]

    @Option(help: "The platform whose limits are looked at.")
    var platform: Platform?

    @Flag(help: "Print JSON: an array with an object for each file.")
    var json = false

    @Flag(help: "Fail with exit code 1 for warnings too.")
    var strict = false

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        log.take()
        var reports: [MediaReport] = []
        let (platform, place) = (platform, decoding.place)
        for file in files {
            let report = try await untilSignal {
                try await naming(file) { try await MediaFile.check(file, platform: platform, decoding: place) }
            }
            reports.append(report)
            if !json { try Console.say(report.description) }
        }
        if json { try Console.say(json: reports) }
        let least = strict ? MediaReport.Severity.warning : .error
        let bad = reports.compactMap { report in
            let count = report.findings.count { $0.severity >= least }
            return count > 0 ? "compose: \(report.path): \(count) \(count == 1 ? "problem" : "problems")" : nil
        }
        if !bad.isEmpty { throw Failure(lines: bad, code: Exit.failed) }
    }
}
