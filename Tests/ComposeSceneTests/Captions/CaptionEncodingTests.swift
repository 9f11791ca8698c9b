// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct CaptionEncodingTests {
    private static let times = "1\n00:00:01,000 --> 00:00:02,000\n"

    private func file(_ text: [UInt8]) -> [UInt8] { Array(Self.times.utf8) + text + [0x0A] }

    private func utf16(_ text: String, isBig: Bool) -> [UInt8] {
        text.utf16.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    @Test func `UTF-8 and UTF-16 are read, with and without a byte order mark`() throws {
        let text = Self.times + "Grüße 你好 😀\n"
        for bytes in [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), utf16(text, isBig: true),
            utf16(text, isBig: false),
            utf16("\u{FEFF}" + text, isBig: true), utf16("\u{FEFF}" + text, isBig: false),
        ] {
            let found = try Captions(reading: bytes, name: "a.srt")
            #expect(found.lines == ["1000-2000 Grüße 你好 😀"] && found.warnings == [])
        }
    }

    @Test func `Windows-1252 is read with a warning`() throws {
        let found = try Captions(
            reading: file([0x93, 0x43, 0x61, 0x66, 0xE9, 0x94, 0x20, 0x85, 0x20, 0x80]), name: "a.srt")
        #expect(found.cues.map(\.text) == ["“Café” … €"])
        #expect(
            found.warnings.map(\.description) == [
                "line 3, column 1: read as Windows-1252, because it is no UTF-8; save it as UTF-8 to be sure"
            ])
    }

    /// Western texts whose bytes are also valid in an encoding of East Asia.
    @Test(arguments: [
        "L'été où naîtra l'élève Zoë: «À bientôt!»", "Über die Straße fährt das größte Auto",
        "El niño, ¿qué pasó? ¡Ay!",
        "Ä", "ÄÖ", "Größe", "Fußgängerübergänge müssen schöner werden", "coração não é são",
    ])
    func `Western texts are not taken for others`(text: String) throws {
        let found = try Captions(reading: file(text.unicodeScalars.map { UInt8($0.value) }), name: "a.srt")
        #expect(found.cues.map(\.text) == [text])
    }

    /// Bytes of texts in encodings that are refused, which Python's codecs wrote.
    @Test(arguments: [
        ("Shift-JIS", "8da1 93fa 82cd 82a2 82a2 9356 8b43 82c5 82b7 82cb 8142"),
        ("Shift-JIS", "834a 8389 8349 8350 8142 0a82a0 82a2"),
        ("GBK", "bdf1cceccceccef8badcbac3a3accefccce3ced2c3c7c8a5b9abd4b0b0c9a1a3"),
        ("EUC-KR", "bfc0b4c3c0ba20b3afbdc3b0a120c1c1c0b8b4cf20b0f8bff8bfa120b0a8bdc3b4d9"),
        ("EUC-JP", "baa3c6fca4cfa4a4a4a4c5b7b5a4a4c7a4b9a4cda1a3"),
        (
            "an older encoding of another script, such as Windows-1251",
            "cff0e8e2e5f22c20eae0ea20e4e5ebe03f20d1e5e3eee4edff20f5eef0eef8e0ff20efeee3eee4e0"
        ),
    ])
    func `encodings of other scripts are refused by name`(name: String, hexadecimal: String) {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        #expect(refusal(file(bytes)) == "line 3, column 1: the file is encoded as \(name); save it as UTF-8")
    }

    @Test func `what is no text is refused`() {
        let nul = "a NUL character; captions are text, so remove it, or check that this is the right file"
        #expect(refusal(file([0x61, 0])) == "line 3, column 2: \(nul)")
        #expect(refusal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D]) == "line 3, column 1: \(nul)")
        #expect(
            refusal(file([0x61, 0x81, 0x62]))
                == "line 3, column 2: the file is in no encoding that is known; save it as UTF-8")
        #expect(
            refusal([0xEF, 0xBB, 0xBF] + file([0x61, 0xE9]))
                == "line 3, column 2: a byte that is no UTF-8; save the file as UTF-8 again")
        #expect(refusal([0xFF, 0xFE, 0, 0, 0x31, 0, 0, 0]) == "the file is encoded as UTF-32; save it as UTF-8")
        let text = Self.times + "ab\n"
        #expect(
            refusal([0xFF, 0xFE] + utf16(text, isBig: false) + [0x31])
                == "line 4, column 1: the file of UTF-16 ends in the middle of a character; save it as UTF-8 again")
        #expect(
            refusal([0xFE, 0xFF] + utf16(text, isBig: true) + [0xD8, 0x00, 0x00, 0x41])
                == "line 4, column 1: half of a character of UTF-16; save the file as UTF-8 again")
        #expect(refusal([0xFE, 0xFF] + utf16(text, isBig: true) + [0, 0]) == "line 4, column 1: \(nul)")
    }

    @Test func `surrogates and overlong forms are no UTF-8`() {
        for bytes: [UInt8] in [[0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE0, 0x80, 0xAF]] {
            #expect(throws: ComposeError.self) {
                try Captions(reading: [0xEF, 0xBB, 0xBF] + file(bytes), name: "a.srt")
            }
        }
    }

    @Test func `control characters are left out with a warning, and line breaks of text editors are not`() throws {
        let found = try captions(Self.times + "a\u{7}b\u{1B}[0m\tc\u{85}d\u{2028}e\n")
        #expect(found.cues.map(\.text) == ["ab[0m\tc\u{85}d\u{2028}e"])
        #expect(found.warnings.map(\.description) == ["line 3, column 2: 2 control characters were left out"])
    }

    @Test(arguments: [
        ("<?xml version=\"1.0\"?><tt xmlns=\"http://www.w3.org/ns/ttml\">", "TTML"), ("<SAMI><HEAD>", "SAMI"),
        ("{1}{25}Hello", "MicroDVD"), ("[00:12.00]Hello", "a list of lyrics (LRC)"), ("Scenarist_SCC V1.0", "SCC"),
        ("<!DOCTYPE html>", "a web page"), ("%PDF-1.4", "PDF"),
    ])
    func `other formats are refused by name`(text: String, name: String) {
        #expect(
            refusal(text) == "line 1, column 1: this is \(name), which is not read; convert it to SubRip or WebVTT")
    }

    @Test func `the contents decide before the name does, and the caller before both`() throws {
        #expect(try captions("WEBVTT\n\n00:01.000 --> 00:02.000\na&amp;b", "a.srt").cues[0].text == "a&b")
        #expect(try captions("1\n00:00:01,000 --> 00:00:02,000\na&amp;b", "a.txt").cues[0].text == "a&amp;b")
        #expect(try captions(#"{"segments": [{"start": 1, "end": 2, "text": "a"}]}"#, "a.srt").lines == ["1000-2000 a"])
        #expect(try captions("[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,a", "-").lines == ["1000-2000 a"])
        let bytes = Array("1\n00:00:01,000 --> 00:00:02,000\na&amp;b".utf8)
        #expect(try Captions(reading: bytes, name: "a.srt", as: .webVTT).cues[0].text == "a&b")
        #expect(throws: ComposeError.self) { try Captions(reading: bytes, name: "a.srt", as: .text) }
    }
}
