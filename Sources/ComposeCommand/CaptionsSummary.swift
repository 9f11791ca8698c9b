// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation

/// What `compose captions` did, for people and for programs.
struct CaptionsSummary: Encodable {
    /// A warning with its place.
    struct Warning: Encodable {
        let line, column: Int
        let message: String
    }

    let input: String
    let cuesRead: Int
    let output: String
    let format: String
    let cues: Int
    let words: Int
    let language: String?
    /// When the first cue begins and the last one ends, in seconds.
    let start, end: Double?
    let warnings: [Warning]

    init(_ captions: Captions, input: String, cuesRead: Int, output: String, format: Captions.Format) {
        self.input = input
        self.cuesRead = cuesRead
        self.output = output
        self.format = format.rawValue
        cues = captions.cues.count
        words = captions.cues.reduce(0) { $0 + $1.words.count }
        language = captions.language
        start = captions.cues.map(\.start).min().map { $0 / .seconds(1) }
        end = captions.cues.map(\.end).max().map { $0 / .seconds(1) }
        warnings = captions.warnings.map { Warning(line: $0.line, column: $0.column, message: $0.message) }
    }

    /// The warnings and a line of what was written.
    var lines: [String] {
        var line = "\(output): \(counted(cues, "cue")) of \(format)"
        if words > 0 { line += " with \(counted(words, "word"))" }
        if let start, let end { line += ", \(plain(start))…\(plain(end)) s" }
        if cuesRead != cues { line += ", from \(counted(cuesRead, "cue"))" }
        return warnings.map { "\(input): line \($0.line), column \($0.column): \($0.message)" } + [line]
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
