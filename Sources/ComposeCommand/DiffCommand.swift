// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose diff`.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show which segments of an edit are the same in another edit.",
        discussion: "With a cache, segments that both edits share are rendered only once.")

    @Argument(help: "The earlier edit, a JSON document.")
    var old: String

    @Argument(help: "The edit to compare with it.")
    var new: String

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        log.take()
        let (before, after) = (try await plan(old), try await plan(new))
        let shared = try after.segmentsShared(with: before)
        for segment in after.segments {
            let other = shared[segment.index].map { "as segment \($0)" } ?? "changed"
            try Console.say(
                "segment \(segment.index)  \(segment.frames.lowerBound)…\(segment.frames.upperBound - 1)  \(other)")
        }
        let frames = after.segments.filter { shared[$0.index] == nil }.reduce(0) { $0 + $1.frames.count }
        try Console.say(
            "\(shared.count { $0 != nil }) of \(after.segments.count) segments are shared; \(frames) of \(after.frameCount) frames would be rendered"
        )
    }

    private func plan(_ path: String) async throws -> Plan {
        let file = try EditFile(path)
        return try await naming(file.name) { try await file.edit.plan(in: file.folder, decoding: decoding.place) }
    }
}
