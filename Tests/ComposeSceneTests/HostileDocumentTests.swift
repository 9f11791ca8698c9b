// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Documents made to break a reader: each is read, or rejected with a short message.
@Suite struct HostileDocumentTests {
    private func lines(_ text: String) -> [String] { RefusedDocumentTests.lines(Data(text.utf8)) }

    @Test(arguments: ["[", "{\"a\":", "{\"version\": 1, \"timeline\": ", "[{\"a\":[", "{\"metadata\":"])
    func `a hundred thousand levels are refused at the sixty-fifth`(opening: String) {
        let found = lines(String(repeating: opening, count: 100_000))
        #expect(found.count == 1 && found[0].contains("nested more than 64 deep"), "\(found.first ?? "")")
    }

    @Test func `strings of ten megabytes are refused, and quoted in part`() {
        let long = String(repeating: "x", count: 10_000_000)
        for document in [
            document(clips: #"{"type": "\#(long)"}"#), document(clips: #"{"type": "gap", "duration": "\#(long)"}"#),
            document(clips: #"{"type": "gap", "duration": 1, "\#(long)": 1}"#),
            document(clips: #"{"type": "color", "color": "\#(long)"}"#), "\"\(long)\"",
            document(clips: #"{"type": "transition", "name": "\#(long)", "duration": 1, "easing": "\#(long)"}"#),
        ] {
            let found = lines(document)
            #expect(!found.isEmpty && found.allSatisfy { $0.utf8.count < 1000 })
        }
    }

    @Test func `ten megabytes in a name or a path are kept`() throws {
        let long = String(repeating: "ä", count: 5_000_000)
        let edit = try Edit(
            json: document(clips: #"{"type": "image", "src": "\#(long)", "duration": 1, "id": "\#(long)"}"#))
        #expect(try Edit(json: try edit.json()) == edit)
    }

    @Test func `numbers that are none, or have a million digits, are refused or read exactly`() throws {
        for number in ["NaN", "Infinity", "-Infinity", "1e", "01", "+1", "0x10", ".5", "--1"] {
            #expect(lines(document(clips: #"{"type": "gap", "duration": \#(number)}"#)).count == 1)
        }
        let digits = String(repeating: "9", count: 1_000_000)
        #expect(lines(document(clips: #"{"type": "gap", "duration": \#(digits)}"#)).count == 1)
        #expect(lines(document(clips: #"{"type": "gap", "duration": 1.\#(digits)}"#)) == [])
        #expect(lines(document(clips: #"{"type": "gap", "duration": 1e-\#(digits)}"#)).count == 1)
        #expect(lines(document(clips: #"{"type": "gap", "duration": "1/\#(digits)"}"#)).count == 1)
    }

    @Test func `keys that stand twice and halves of characters are refused`() {
        #expect(lines(#"{"version": 1, "version": 1}"#).count == 1)
        #expect(lines(#"{"a": 1, "\u0061": 1}"#).first?.contains("twice") == true)
        for half in [#""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud83d x""#] {
            #expect(lines(document(clips: #"{"type": "gap", "duration": 1, "id": \#(half)}"#)).count == 1, "\(half)")
        }
        #expect(RefusedDocumentTests.lines(Data([0x22, 0xff, 0xfe, 0x22])).count == 1)
    }

    @Test func `a hundred thousand unknown fields are all reported`() {
        let fields = (0..<100_000).map { #""f\#($0)": 0"# }.joined(separator: ",")
        #expect(lines(document(clips: #"{"type": "gap", "duration": 1, \#(fields)}"#)).count == 100_000)
    }

    @Test func `thousands of damaged documents are refused or read, and what is read can be written`() throws {
        let whole = Array(try DocumentRoundTripTests.rich.json())
        var random = SystemRandomNumberGenerator.seeded
        for _ in 0..<3_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(UInt8.random(in: 0x20...0x7e, using: &random), at: index)
                default: bytes.removeSubrange(index..<min(index + 20, bytes.count))
                }
            }
            do {
                let edit = try Edit(json: Data(bytes))
                _ = edit.valueProblems()
                #expect(try Edit(json: try edit.json()) == edit)
            } catch {
                #expect(error.code == .invalidEdit && !error.problems.isEmpty)
            }
        }
    }
}

/// A random number generator with the same numbers in every run (xorshift64*; Vigna 2016).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}

extension SystemRandomNumberGenerator {
    fileprivate static var seeded: SeededGenerator { SeededGenerator(state: 0x5EED) }
}
