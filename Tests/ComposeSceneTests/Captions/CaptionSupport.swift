// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Reads captions from text.
func captions(_ text: String, _ name: String = "test.srt") throws -> Captions {
    try Captions(reading: Array(text.utf8), name: name)
}

/// Returns the one problem of a file that cannot be read, without its name.
func refusal(_ bytes: [UInt8], _ name: String = "test.srt") -> String {
    do throws(ComposeError) {
        let captions = try Captions(reading: bytes, name: name)
        return "read: \(captions.cues.count) cues"
    } catch {
        guard error.code == .invalidCaptions, error.problems.count == 1, error.problems[0].path == name else {
            return "another error: \(error)"
        }
        return error.problems[0].message
    }
}

func refusal(_ text: String, _ name: String = "test.srt") -> String { refusal(Array(text.utf8), name) }

extension Captions {
    /// The cues as `start-end text`, in milliseconds.
    var lines: [String] { cues.map(\.line) }
}

extension Captions.Cue {
    var line: String { "\(milliseconds(start))-\(milliseconds(end)) \(text)" }
    /// The words as `start-end text`, in milliseconds.
    var wordLines: [String] { words.map { "\(milliseconds($0.start))-\(milliseconds($0.end)) \($0.text)" } }
}

func milliseconds(_ time: Duration) -> Int { Int((time / .milliseconds(1)).rounded()) }
