// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct CaptionGroupingTests {
    /// Words of half a second each, one every second.
    private func spoken(_ text: String, speaker: String? = nil, from start: Int = 0, gap: Int = 500) -> Captions.Cue {
        var time = start
        let words = Captions.Cue.pieces(of: text).map { piece in
            defer { time += 500 + gap }
            return CaptionWord(piece, start: .milliseconds(time), end: .milliseconds(time + 500))
        }
        return Captions.Cue(words: words, speaker: speaker)
    }

    private func grouped(_ cues: Captions.Cue..., by grouping: CaptionGrouping) -> [String] {
        Captions(cues: cues).grouped(by: grouping).lines
    }

    private let open = CaptionGrouping(
        mostCharacters: nil, mostLines: 1, pause: nil, punctuation: "", shortest: .zero, longest: nil)

    @Test func `each limit ends a cue where it would be exceeded`() {
        let cue = spoken("one two three four five", gap: 0)
        var grouping = open
        #expect(grouped(cue, by: grouping) == ["0-2500 one two three four five"])
        grouping.mostWords = 2
        #expect(grouped(cue, by: grouping) == ["0-1000 one two", "1000-2000 three four", "2000-2500 five"])
        grouping = open
        grouping.longest = .milliseconds(1500)
        #expect(grouped(cue, by: grouping) == ["0-1500 one two three", "1500-2500 four five"])
        grouping = open
        grouping.mostCharacters = 9
        #expect(grouped(cue, by: grouping) == ["0-1000 one two", "1000-1500 three", "1500-2500 four five"])
        grouping.mostLines = 2
        #expect(grouped(cue, by: grouping) == ["0-1500 one two\nthree", "1500-2500 four five"])
    }

    @Test func `a pause, punctuation and another speaker end a cue`() {
        var grouping = open
        grouping.pause = .milliseconds(400)
        #expect(
            grouped(spoken("a b", gap: 300), spoken("c d", from: 1300), by: grouping) == [
                "0-1800 a b c", "2300-2800 d",
            ])
        grouping = open
        grouping.punctuation = "."
        #expect(
            grouped(spoken("“Oh.” he said. 3.5 b", gap: 0), by: grouping)
                == ["0-500 “Oh.”", "500-1500 he said.", "1500-2500 3.5 b"])
        #expect(
            grouped(spoken("a b", speaker: "X"), spoken("c", speaker: "Y", from: 2000), by: open)
                == ["0-1500 a b", "2000-2500 c"])
    }

    @Test func `short cues last longer and small gaps are closed, as far as the next cue leaves room`() {
        var grouping = open
        grouping.mostWords = 1
        grouping.shortest = .milliseconds(800)
        #expect(
            grouped(spoken("a b", gap: 100), spoken("c", from: 3000), by: grouping) == [
                "0-600 a", "600-1400 b", "3000-3800 c",
            ])
        grouping.shortest = .zero
        grouping.closedGap = .milliseconds(500)
        #expect(
            grouped(spoken("a b"), spoken("c", from: 2001), by: grouping) == ["0-1000 a", "1000-1500 b", "2001-2501 c"])
    }

    @Test func `lines are as even as they can be`() {
        var grouping = open
        grouping.mostCharacters = 20
        grouping.mostLines = 2
        #expect(
            grouped(spoken("aaaa bbbb cccc dddd eeee", gap: 0), by: grouping) == ["0-2500 aaaa bbbb cccc\ndddd eeee"])
        #expect(grouped(spoken("incomprehensibilities a", gap: 0), by: grouping) == ["0-1000 incomprehensibilities\na"])
    }

    @Test func `parts of a word, punctuation and looks stay where they are`() {
        let words = ["He", "llo", ",", " wor", "ld"].enumerated().map {
            CaptionWord($1, start: .seconds($0), end: .seconds($0 + 1))
        }
        var cue = Captions.Cue(words: words)
        cue.runs = [CaptionRun("Hello"), CaptionRun(", wo", isBold: true), CaptionRun("rld", isItalic: true)]
        var grouping = open
        grouping.mostWords = 1
        let found = Captions(cues: [cue]).grouped(by: grouping)
        #expect(found.lines == ["0-3000 Hello,", "3000-5000 world"])
        #expect(found.cues[0].runs == [CaptionRun("Hello"), CaptionRun(",", isBold: true)])
        #expect(found.cues[1].runs == [CaptionRun("wo", isBold: true), CaptionRun("rld", isItalic: true)])
        #expect(found.cues[0].words.map(\.text) == ["He", "llo", ","])
        #expect(found.cues.allSatisfy { $0.hasWords })
    }

    @Test func `Japanese is grouped without spaces`() {
        var grouping = open
        grouping.mostCharacters = 3
        #expect(grouped(spoken("今日は晴れ。", gap: 0), by: grouping) == ["0-1500 今日は", "1500-2500 晴れ。"])
    }

    @Test func `cues without words are split by their characters`() {
        let cue = Captions.Cue(start: .seconds(1), end: .seconds(2), text: "a\nbbb  cccc, 日本 ")
        let found = Captions(cues: [cue]).withWords().cues[0]
        #expect(found.text == cue.text && found.hasWords)
        #expect(
            found.wordLines == [
                "1000-1091 a", "1091-1364 \nbbb", "1364-1818   cccc,", "1818-1909  日", "1909-2000 本 ",
            ])
        var grouping = open
        grouping.mostWords = 3
        #expect(Captions(cues: [cue]).grouped(by: grouping).lines == ["1000-1818 a bbb cccc,", "1818-2000 日本"])
    }

    @Test func `cues at the same time are not mixed, and new ones are in order`() {
        let found = grouped(spoken("a b c."), spoken("d. e", from: 1200), by: CaptionGrouping(pause: nil))
        #expect(found == ["0-2500 a b c.", "1200-1700 d.", "2200-2700 e"])
        // Words without a length last a millisecond.
        let word = CaptionWord("a", start: .seconds(1), end: .seconds(1))
        #expect(
            grouped(Captions.Cue(words: [word]), Captions.Cue(words: [word]), by: .words) == [
                "1000-1001 a", "1000-1001 a",
            ])
    }

    @Test func `words that are not those of the text are replaced by those of the text`() {
        var cue = Captions.Cue(start: .zero, end: .seconds(1), text: "right")
        cue.words = [CaptionWord("wrong", start: .zero, end: .seconds(1))]
        #expect(Captions(cues: [cue]).withWords().cues[0].words.map(\.text) == ["right"])
    }

    @Test func `the presets keep their promises`() {
        let text = (0..<200).map { "word\($0)" + ($0 % 9 == 8 ? "." : "") }.joined(separator: " ")
        for (grouping, words, characters, lines) in [
            (CaptionGrouping.subtitles, 1000, 42, 2), (.phrases, 4, 20, 1), (.words, 1, 1000, 1),
        ] {
            let found = Captions(cues: [spoken(text, gap: 100)]).grouped(by: grouping)
            #expect(found.cues.flatMap(\.words).count == 200)
            for (cue, next) in zip(found.cues, found.cues.dropFirst()) { #expect(cue.end <= next.start) }
            for cue in found.cues {
                let parts = cue.text.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(cue.words.count <= words && parts.count <= lines && parts.allSatisfy { $0.count <= characters })
                #expect(cue.hasWords && cue.start < cue.end)
            }
        }
    }
}
