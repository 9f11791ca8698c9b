// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct DocumentSyntaxTests {
    @Test(arguments: [
        ("", "the document is empty; an edit is a JSON object with a version and a timeline"),
        (" \n\t ", "the document is empty; an edit is a JSON object with a version and a timeline"),
        ("[]", "expected an object with the edit's version and timeline, found an array"),
        ("null", "expected an object with the edit's version and timeline, found null"),
        ("{", "line 1, column 2: expected a field name in double quotes, found the end of the document"),
        ("{\n  \"version\": 1,\n}", "line 3, column 1: expected a field name in double quotes, found \"}\""),
        ("{\"a\" 1}", "line 1, column 6: expected \":\", found \"1\""),
        ("{\"a\": 1 \"b\": 2}", "line 1, column 9: expected \",\" or \"}\", found \"\\\"\""),
        ("[1, 2", "line 1, column 6: expected \",\" or \"]\", found the end of the document"),
        ("[1,]", "line 1, column 4: expected a value, found \"]\""),
        ("{} x", "line 1, column 4: expected the end of the document, found \"x\""),
        ("{\"é\": NaN}", "line 1, column 7: expected a value, found \"N\""),
        ("{\"a\": tru}", "line 1, column 7: expected a value, found \"t\""),
        ("{\"a\": // no\n1}", "line 1, column 7: expected a value, found \"/\""),
        ("{\"a\": 01}", "line 1, column 7: malformed number"),
        ("{\"a\": 1.}", "line 1, column 7: malformed number"),
        ("{\"a\": -}", "line 1, column 7: malformed number"),
        ("{\"a\": 1e+}", "line 1, column 7: malformed number"),
        ("{\"a\": \"b}", "line 1, column 7: this string has no end"),
        ("{\"a\": \"b\n\"}", "line 1, column 9: a control character in a string; write it as an escape such as \\n"),
        ("{\"a\": \"\\q\"}", "line 1, column 8: unknown escape in a string"),
        ("{\"a\": \"\\u12g4\"}", "line 1, column 8: unknown escape in a string"),
        ("{\"a\": \"\\ud800x\"}", "line 1, column 8: half of a surrogate pair"),
        ("{\"a\": \"\\udc00\"}", "line 1, column 8: half of a surrogate pair"),
        ("{\"a\": \"\\", "line 1, column 8: unknown escape in a string"),
        ("{\"a\": 1,\n \"a\": 2}", "line 2, column 2: the field \"a\" appears twice; keep one"),
    ])
    func `a document that is no JSON is refused with line and column`(text: String, message: String) {
        #expect(documentProblems(text) == [message])
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `a document nested too deep is refused and does not overflow the stack`(opening: String) {
        let lines = documentProblems(String(repeating: opening, count: 100_000))
        #expect(lines == ["line 1, column \(64 * opening.count + 1): nested more than 64 deep"])
    }

    @Test func `plain JSONDecoder does not overflow the stack either`() {
        for depth in [100, 400, 100_000] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(throws: (any Error).self) { try JSONDecoder().decode(Edit.self, from: Data(text.utf8)) }
        }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xC3]] {
            let data = Data("{\"a\": \"".utf8) + Data(bytes) + Data("\"}".utf8)
            let error = #expect(throws: ComposeError.self) { try Edit(json: data) }
            #expect(error?.description == "line 1, column 7: this string is not valid UTF-8")
        }
        #expect(throws: ComposeError.self) { try Edit(json: Data([0xFF, 0xFE, 0x7B, 0x00])) }
    }

    @Test func `no cut or changed document makes the reader crash`() {
        let bytes = Array(document(clips: #"{"type": "gap", "duration": -1.5e3, "id": "\ud83d\ude00é"}"#).utf8)
        for end in bytes.indices { _ = try? Edit(json: Data(bytes[..<end])) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            var changed = bytes
            for _ in 0..<3 { changed[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255) }
            _ = try? Edit(json: Data(changed))
        }
    }

    @Test func `escapes, surrogates and a byte order mark are read`() throws {
        let text = #"{"a": "\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00é😀\u0000"}"#
        let node = try JSONReader.read([0xEF, 0xBB, 0xBF] + Array(text.utf8))
        #expect(node.json == .object(["a": .string("\"\\/\u{8}\u{c}\n\r\tAé😀é😀\0")]))
    }

    @Test func `ten thousand clips are read quickly`() throws {
        let clip = ##"{"type": "color", "color": "#102030", "duration": 1.5, "opacity": 0.5, "id": "a clip"}"##
        let text = document(clips: Array(repeating: clip, count: 10_000).joined(separator: ",\n"))
        var edit: Edit?
        let elapsed = try ContinuousClock().measure { edit = try Edit(json: text) }
        #expect(edit?.timeline.tracks.first?.clips.count == 10_000)
        // Far more than needed, so that a busy machine does not fail the test but quadratic work does.
        #expect(elapsed < .seconds(60))
    }
}
