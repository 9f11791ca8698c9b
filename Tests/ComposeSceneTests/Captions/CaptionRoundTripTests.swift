// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Captions that are written and read again.
@Suite struct CaptionRoundTripTests {
    /// Texts that look like markup, or break what is put into other formats carelessly.
    static let hostile = [
        "50% off", "it's", #"C:\new"#, "%{pts}", "hi,metadata=mode=print:file=x", #"{\an8}"#, "</span>", "</i>", "<b>",
        "-->", "00:00:01,000 --> 00:00:02,000", "1\n00:00:01,000 --> 00:00:02,000\nx", "&", "&amp;", "&lt;b&gt;",
        "a\n\nb",
        "\na", "a\n", " a ", "\n \n", "NOTE a", "STYLE", "WEBVTT", "7", "a\n7", "Dialogue: 0,0:00:01.00,x", "{", "}",
        "{}",
        #"\N"#, #"\n\h"#, #"\"#, #"a\"#, #"\{\}"#, "{comment}", "<00:00:01.000>", "<v Fred>", "<", ">", "a<", "<3",
        "< b >",
        "\u{2060}", "a\u{2060}", "<\u{2060}b>", "\u{2060}\u{2060}x", #"{\u{2060}an8}"#, #"\u{2060}"#, "\\\u{2060}N",
        "{\u{2060}\\b1}", "\u{202E}olleh\u{202C}", "\u{200E}a\u{200F}", "a\u{A0}b", "Z̸̧̛a̴l̵g̶o̷", "👩‍👩‍👧‍👦", "مرحبا", "今日は",
        "a\tb",
        "\"quoted\"", "a;b,c", "<!-- x -->", "<ruby>a<rt>b</rt></ruby>", "<font color=\"#ff0000\">", "X1:1 X2:2",
        "\u{85}x\u{2028}y",
        "{1}{2}text", "[Script Info]", "[Events]", "-", "--", "a --", "> b", "\\N{\\b1}", "e\u{301}", "\u{FEFF}x",
        "00:00:01,000 -->\u{338} 0", "<\u{338}b>", "{\u{301}\\b1}", "\\\u{301}N", "&\u{301}amp;", "\u{301}",
    ]

    /// What a format keeps of a cue.
    static func kept(_ cue: Captions.Cue, by format: Captions.Format) -> Captions.Cue {
        var cue = cue
        if format != .webVTT { cue.id = format == .json ? cue.id : nil }
        if format != .ass { cue.style = nil }
        if format == .srt || format == .ass { cue.language = nil }
        switch format {
        case .srt:
            (cue.words, cue.speaker) = ([], nil)
            if cue.placement?.keypad == nil { cue.placement = nil }
        case .ass: if cue.placement?.keypad == nil, cue.placement?.point == nil { cue.placement = nil }
        case .webVTT:
            var runs: [CaptionRun] = []
            for var run in cue.runs {
                if !CaptionColor.classes.contains(where: { $0.value == run.color }) { run.color = nil }
                runs.add(run.text, like: run)
            }
            cue.runs = runs
        case .json:
            let text = cue.text.trimmed
            cue.runs = text.isEmpty ? [] : [CaptionRun(text)]
            if let last = cue.words.indices.last {
                cue.words[0].text = cue.words[0].text.trimmedStart
                cue.words[last].text = cue.words[last].text.trimmedEnd
            }
            cue.placement = nil
        default: break
        }
        return cue
    }

    @Test(arguments: [Captions.Format.srt, .webVTT, .ass, .json])
    func `what is literal stays literal`(format: Captions.Format) throws {
        for (index, text) in Self.hostile.enumerated() {
            let cues = [
                Captions.Cue(start: .seconds(1), end: .seconds(2), text: text),
                Captions.Cue(
                    start: .seconds(2), end: .seconds(3),
                    runs: [CaptionRun("a "), CaptionRun(text, isBold: true), CaptionRun(" b", isItalic: true)]),
                Captions.Cue(
                    start: .seconds(4), end: .seconds(7),
                    words: [
                        CaptionWord(text, start: .seconds(4), end: .seconds(5)),
                        CaptionWord(" \(text)", start: .seconds(5), end: .seconds(6)),
                    ]),
                Captions.Cue(start: .seconds(8), end: .seconds(9), text: "between"),
            ]
            let written = Captions(cues: cues).written(as: format)
            let found = try captions(written, "a.\(format.rawValue)")
            let expected = cues.filter(\.isVisible).map { Self.kept(Self.tidy($0), by: format) }
            #expect(found.cues == expected, "\(index): \(text.debugDescription)\n\(written)")
        }
    }

    @Test(arguments: [Captions.Format.srt, .webVTT, .ass, .json])
    func `the shortest and the last times are written as times that are read`(format: Captions.Format) throws {
        let day = Duration.seconds(24 * 3600)
        let cues = [
            Captions.Cue(start: .seconds(1), end: .seconds(1) + .nanoseconds(1), text: "short"),
            Captions.Cue(start: day - .nanoseconds(1), end: day, text: "late"),
        ]
        let found = try captions(Captions(cues: cues).written(as: format), "a.\(format.rawValue)")
        #expect(found.cues.map(\.text) == ["short", "late"] && found.cues.last?.end == day)
    }

    /// Returns the cue as readers give it: spaces at the end of a word belong to the next one.
    static func tidy(_ cue: Captions.Cue) -> Captions.Cue {
        var cue = cue
        var carried = ""
        for index in cue.words.indices {
            let text = carried + cue.words[index].text
            let ink = index + 1 < cue.words.count ? text.trimmedEnd : text
            carried = String(text.unicodeScalars.dropFirst(ink.unicodeScalars.count))
            cue.words[index].text = ink
        }
        return cue
    }
}

extension Captions.Cue {
    fileprivate init(start: Duration, end: Duration, words: [CaptionWord]) {
        self.init(words: words)
        (self.start, self.end) = (start, end)
    }
}
