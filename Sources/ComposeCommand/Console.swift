// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A number for people, with no more than three decimals.
func plain(_ value: Double) -> String {
    value.formatted(.number.precision(.fractionLength(0...3)).grouping(.never).locale(Locale(identifier: "en")))
}

/// Standard output and standard error, neither of them buffered.
enum Console {
    /// Whether people watch standard error.
    static var isWatched: Bool { isatty(2) == 1 }

    /// Writes a line to standard output, and throws if nobody can read it any more.
    static func say(_ line: String) throws {
        do { try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8)) } catch {
            throw Failure("standard output cannot be written: \(reason(error))")
        }
    }

    /// Writes a value to standard output as JSON on one line.
    static func say(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try say(String(decoding: encoder.encode(value), as: UTF8.self))
    }

    /// Writes lines to standard error.
    static func complain(_ lines: [String]) {
        mark(lines.joined(separator: "\n") + "\n")
    }

    /// Writes text to standard error as it is.
    static func mark(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
