// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The command `compose encoders`.
struct EncodersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encoders", abstract: "List the video encoders and whether they work on this machine.",
        discussion: "They are listed in the order in which 'automatic' tries them, for each format.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var log: LogOptions

    func run() async throws {
        log.take()
        let statuses = encoderStatuses()
        if json { return try Console.say(json: statuses) }
        let rows =
            [["ENCODER", "FORMAT", "WORKS", "DEVICE", "SIDES", "DETAIL"]]
            + statuses.map { status in
                [
                    status.backend.rawValue, status.codec.rawValue, status.isUsable ? "yes" : "no",
                    status.device ?? (status.backend.isHardware ? "-" : "CPU"), status.sides ?? "-",
                    status.reason?.description ?? status.pixelFormats.map(\.rawValue).joined(separator: ", "),
                ]
            }
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            try Console.say((cells + [row[5]]).joined(separator: "  "))
        }
    }
}
