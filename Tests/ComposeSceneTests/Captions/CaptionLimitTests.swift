// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct CaptionLimitTests {
    private static let times = "00:00:01,000 --> 00:00:02,000\n"

    @Test func `a hundred thousand cues are read, and one more is refused`() throws {
        let cue = Self.times + "a\n\n"
        let whole = String(repeating: cue, count: Captions.mostCues)
        #expect(try captions(whole).cues.count == Captions.mostCues)
        #expect(
            refusal(whole + cue)
                == "line 300001, column 1: the file has more than 100000 cues; split it into several")
    }

    @Test func `a text of 64 KiB is read, and a longer one is refused`() throws {
        let whole = String(repeating: "x", count: Captions.longestText)
        #expect(try captions(Self.times + whole).cues[0].text == whole)
        let message = "the text of this cue is longer than 64 KiB; split it into several cues"
        #expect(refusal(Self.times + whole + "x") == "line 1, column 1: \(message)")
        #expect(refusal("WEBVTT\n\n" + Self.times + whole + "x", "a.vtt") == "line 3, column 1: \(message)")
        #expect(
            refusal("[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,\(whole)x", "a.ass")
                == "line 2, column 1: \(message)")
        #expect(
            refusal("[{\"start\": 1, \"end\": 2, \"text\": \"\(whole)x\"}]", "a.json") == "line 1, column 2: \(message)"
        )
        #expect(
            refusal("{\"words\": [{\"start\": 1, \"end\": 2, \"text\": \"\(whole)x\"}]}", "a.json")
                == "line 1, column 12: \(message)")
    }

    @Test func `a file of more than 64 MiB is refused before it is read`() {
        #expect(
            refusal([UInt8](repeating: 0x61, count: Captions.largestFile + 1))
                == "the file has more than 64 MiB; split it into several")
    }

    @Test func `more warnings than a hundred are counted`() throws {
        let empty = "1\n" + Self.times + "\n"
        let found = try captions(String(repeating: empty, count: 500) + Self.times + "a")
        #expect(found.cues.count == 1 && found.warnings.count == 101)
        #expect(found.warnings.last?.message == "and 400 more warnings")
    }

    @Test func `nested arrays and too many values are refused`() {
        #expect(
            refusal(String(repeating: "[", count: 100_000), "a.json") == "line 1, column 65: nested more than 64 deep")
        let source = CaptionSource(name: "a.json", bytes: Array("[[1, 2], {\"a\": 3}]".utf8))
        #expect((try? CaptionJSON(source, mostValues: 7))?.values.count == 7)
        let error = #expect(throws: ComposeError.self) { try CaptionJSON(source, mostValues: 6) }
        #expect(
            error?.description == "a.json: line 1, column 16: the file has more than 6 values; split it into several")
    }

    @Test func `more words than a million are refused`() {
        let words = String(repeating: "{},", count: Captions.mostWords) + "{}"
        for text in ["{\"words\": [\(words)]}", "[{\"words\": [\(words)]}]"] {
            #expect(
                refusal(text, "a.json").hasSuffix("more than 1000000 words or segments; split the file into several"))
        }
    }

    /// Much of what a reader may look at again and again.
    ///
    /// The limit is far more than is needed, so that a busy machine does not fail the test but quadratic work does.
    @Test func `a cue that is far too long takes a moment, whatever it holds`() {
        for unit in [
            "a", "<", "<b", "<b ", "{", "{\\", "{\\b1}", "{\\t(", "&", "&am", "\n", "x\n", "\u{300}", "-->", "12\n",
            "}", "\\",
            "<00:00:01.000>x ", "<font color=red>", "<ruby><rt>", "<c.a.b>", "\u{2060}", "1 -->\n", "\n1\n\n", "\r",
            "\u{202E}", "1\n00:00:01,000 --> 00:00:02,000\n",
        ] {
            let body = String(repeating: unit, count: (unit == "a" ? 1_000_000 : 150_000) / unit.utf8.count)
            for (head, name) in [
                (Self.times, "a.srt"), ("WEBVTT\n\n" + Self.times, "a.vtt"),
                ("[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,", "a.ass"),
            ] {
                let elapsed = ContinuousClock().measure { _ = refusal(head + body, name) }
                #expect(elapsed < .seconds(30), "\(unit.debugDescription) in \(name)")
            }
        }
    }
}
