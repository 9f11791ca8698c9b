// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Returns a number for people, with at most three decimals.
func plain(_ value: Double) -> String {
    value.formatted(.number.precision(.fractionLength(0...3)).grouping(.never).locale(Locale(identifier: "en")))
}

/// Unbuffered standard output and standard error.
enum Console {
    /// Whether standard error is a terminal.
    static var isWatched: Bool { isatty(2) == 1 }

    /// Writes a line to standard output; throws if it can no longer be written.
    static func say(_ line: String) throws {
        do { try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8)) } catch {
            throw Failure("standard output cannot be written: \(reason(error))")
        }
    }

    /// Writes text to a file, or to standard output for a hyphen.
    static func write(_ text: String, to output: String) throws { try write(Data(text.utf8), to: output) }

    /// Writes bytes to a file, or to standard output for a hyphen.
    static func write(_ bytes: Data, to output: String) throws {
        do {
            if output == "-" {
                try FileHandle.standardOutput.write(contentsOf: bytes)
            } else {
                try bytes.write(to: URL(fileURLWithPath: output), options: .atomic)
            }
        } catch {
            throw Failure("\(output == "-" ? "standard output" : output) cannot be written: \(reason(error))")
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
        if lines.isEmpty { return }
        mark(lines.joined(separator: "\n") + "\n")
    }

    /// Writes text to standard error unchanged.
    static func mark(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
