// SPDX-License-Identifier: Apache-2.0

@testable import ComposeScene

/// Captions made by chance, the same in every run.
struct CaptionGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// Returns a number below `limit`, which is at least 1.
    ///
    /// The generator is Knuth's (MMIX).
    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[next(below: values.count)] }

    private static let letters =
        Array("aZ09 \t\n.,<>&{}\\/-:;\"'=NnhkbiuÜ你。🎬").map(String.init) + [
            "\u{2060}", "\u{A0}", "\u{202E}", "e\u{301}", "-->", "<b>", "</i>", "{\\an8}", "\\N", "&amp;",
            "00:00:01,000",
            "<00:00:01.000>", "\n\n", "\n1\n", "\u{301}", "\u{338}", "\u{200D}", "00:00:01,000 -->\u{338} 0",
        ]

    /// Returns a text without line breaks at its ends, which is not blank.
    private mutating func text(_ most: Int) -> String {
        var text = ""
        for _ in 0..<(1 + next(below: most)) { text += pick(Self.letters) }
        return text.hasInk ? text : text + "x"
    }

    private mutating func name() -> String {
        let name = pick(["Anna", "Roger Bingham", "O'Neill & <Sons>", "1", "李", "a:b", "\u{301}x"])
        return name
    }

    private mutating func look(_ text: String) -> CaptionRun {
        let colors: [Color?] = [
            nil, nil, .white, Color(red: 255, green: 255, blue: 0), Color(red: 1, green: 2, blue: 3),
        ]
        return CaptionRun(
            text, isBold: next(below: 3) == 0, isItalic: next(below: 3) == 0, isUnderlined: next(below: 4) == 0,
            color: pick(colors))
    }

    private mutating func placement() -> CaptionPlacement? {
        switch next(below: 4) {
        case 0: return CaptionPlacement(keypad: 1 + next(below: 9))
        case 1:
            // Points that are whole pixels of the picture that ASS is written for.
            return CaptionPlacement(
                keypad: 1 + next(below: 9), x: Double(next(below: 21) * 5), y: Double(next(below: 5) * 25))
        case 2:
            var placement = CaptionPlacement(
                position: pick([nil, 0, 33.5]), size: pick([nil, 50]),
                alignment: pick(CaptionPlacement.Alignment.allCases), vertical: pick([nil, nil, .leftToRight]))
            if next(below: 2) == 0 {
                placement.line = pick([.row(-1), .row(3), .percent(12.5)])
                placement.lineEdge = pick(CaptionPlacement.Edge.allCases)
            }
            if placement.position != nil { placement.positionEdge = pick([nil, .start, .center, .end]) }
            return placement == CaptionPlacement() ? nil : placement
        default: return nil
        }
    }

    /// Returns captions whose times are in hundredths of a second, which all formats have.
    mutating func captions() -> Captions {
        var cues: [Captions.Cue] = []
        var time = 0
        for _ in 0..<(1 + next(below: 6)) {
            time += next(below: 300)
            cues.append(cue(from: time))
            time += next(below: 2) * next(below: 500)
        }
        return Captions(cues: cues, language: pick([nil, "en", "pt-BR"]))
    }

    private func hundredths(_ time: Int) -> Duration { .milliseconds(time * 10) }

    private mutating func cue(from start: Int) -> Captions.Cue {
        let text = text(12)
        var runs: [CaptionRun] = []
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1 + next(below: 8))
            rest = rest.dropFirst(piece.count)
            let run = look(String(String.UnicodeScalarView(piece)))
            runs.add(run.text, like: run)
        }
        let end = start + 1 + next(below: 400)
        var cue = Captions.Cue(start: hundredths(start), end: hundredths(end), runs: runs)
        if next(below: 2) == 0 { cue.words = words(of: text, from: start, to: end) }
        if next(below: 3) == 0 { cue.speaker = name() }
        if next(below: 4) == 0 { cue.id = pick(["intro", "7", "a b", "NOTE", "ß"]) }
        if next(below: 4) == 0 { cue.style = pick(["Sign", "My Style"]) }
        if next(below: 5) == 0 { cue.language = pick(["de", "zh-Hant"]) }
        cue.placement = placement()
        return cue
    }

    /// Returns pieces of the text with times in order between two times, with and without gaps.
    private mutating func words(of text: String, from start: Int, to end: Int) -> [CaptionWord] {
        var words: [CaptionWord] = []
        var time = start
        for piece in Captions.Cue.pieces(of: text) {
            let begin = min(end, time + next(below: 2) * next(below: 40))
            time = min(end, begin + next(below: 60))
            words.append(CaptionWord(piece, start: hundredths(begin), end: hundredths(time)))
        }
        return words
    }
}
