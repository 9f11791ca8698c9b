// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Caption files, against what pysubs2, srt and webvtt-py read from them.
///
/// `Tests/Tooling/caption_goldens.py` writes their results. RECORD_GOLDENS=1 writes the files that Compose writes, and fails.
@Suite struct CaptionGoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/captions")

    /// A cue as a library gives it, an array in JSON.
    private struct Line: Decodable {
        let (start, end): (Int, Int)
        let text: String

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            start = try fields.decode(Int.self)
            end = try fields.decode(Int.self)
            text = try fields.decode(String.self)
        }

        /// The cue with what stands in the place of escapes removed, and without spaces at the ends of lines.
        var plain: String { "\(start)-\(end) \(CaptionGoldenTests.plain(text))" }
    }

    private static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars.filter { $0 != "\u{2060}" }.map { $0 == "\u{A0}" ? " " : $0 }
        return String(String.UnicodeScalarView(scalars)).trimmed
    }

    private static func goldens() throws -> [String: [String: [Line]]] {
        try JSONDecoder().decode(
            [String: [String: [Line]]].self,
            from: try Data(contentsOf: folder.appendingPathComponent("goldens.json")))
    }

    private static func read(_ name: String) throws -> Captions {
        try Captions(reading: Array(try Data(contentsOf: folder.appendingPathComponent(name))), name: name)
    }

    @Test func `other libraries read the same cues`() throws {
        let goldens = try Self.goldens()
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0 != "goldens.json"
        }
        #expect(Set(names) == Set(goldens.keys), "caption_goldens.py writes what is missing")
        for (name, libraries) in goldens {
            let found = try Self.read(name).cues.map {
                "\(milliseconds($0.start))-\(milliseconds($0.end)) \(Self.plain($0.text))"
            }
            #expect(!found.isEmpty && !libraries.isEmpty)
            for (library, lines) in libraries { #expect(found == lines.map(\.plain), "\(name), \(library)") }
        }
    }

    /// Captions with what formats trip over; braces are left out, which none of the libraries can escape.
    private static var sample: Captions {
        let texts = [
            "50% off", "it's", #"C:\new"#, "hi,metadata=mode=print:file=x", "</span>", "<b>not bold</b>", "a --> b",
            "Tom &amp; Jerry & Co. <3", "7", "\u{202E}olleh\u{202C} Z̸̧̛a̴l̵g̶o̷",
            "two\nlines",
            "今日は晴れ", "مرحبا بالعالم", "👩‍👩‍👧‍👦",
        ]
        var cues = texts.enumerated().map { index, text in
            Captions.Cue(start: .seconds(index * 2), end: .milliseconds(index * 2000 + 1500), text: text)
        }
        cues.append(
            Captions.Cue(
                start: .seconds(3600), end: .milliseconds(3_601_250),
                runs: [
                    CaptionRun("Bold ", isBold: true), CaptionRun("gold", color: Color(red: 255, green: 204, blue: 0)),
                    CaptionRun(" and "), CaptionRun("both", isItalic: true, isUnderlined: true),
                ], speaker: "Anna", placement: CaptionPlacement(keypad: 8)))
        let words = ["Never", " gonna", " give", "\nyou", " up"].enumerated().map { index, text in
            CaptionWord(
                text, start: .milliseconds(3_700_000 + index * 300), end: .milliseconds(3_700_200 + index * 300))
        }
        cues.append(Captions.Cue(words: words, speaker: "Rick"))
        return Captions(cues: cues, language: "en")
    }

    @Test(arguments: [Captions.Format.srt, .webVTT, .ass, .json, .words, .text])
    func `what is written is what other libraries were given`(format: Captions.Format) throws {
        let name = format == .words ? "written-words.json" : "written.\(format.rawValue)"
        let written = Self.sample.written(as: format)
        // What no library reads is checked by its own reader, or by people.
        let folder = format == .words || format == .text ? Self.folder.deletingLastPathComponent() : Self.folder
        let file = folder.appendingPathComponent(format == .words || format == .text ? "captions-" + name : name)
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try written.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded; look at the difference, run caption_goldens.py and run again")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == written)
    }
}
