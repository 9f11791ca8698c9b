// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing
import Typesetting

@testable import Compose

/// Captions in plans and pictures: which word is shown when, and what an edit of a cue costs.
@Suite struct CaptionTests {
    private typealias Word = CaptionsClip.SpokenWord
    private let size = PixelSize(width: 320, height: 240)

    private func words(_ texts: [String], from start: Double = 0, each: Double = 0.5) -> [Word] {
        texts.enumerated().map { index, text in
            let begin = start + Double(index) * each
            return Word(text, start: .milliseconds(Int(begin * 1000)), end: .milliseconds(Int((begin + each) * 1000)))
        }
    }

    private func edit(_ clip: CaptionsClip, seconds: Int = 4) -> Edit {
        Edit(size: size, frameRate: 20) {
            Track { ColorClip(Color(red: 30, green: 60, blue: 90), duration: .seconds(seconds)) }
            Track { clip }
        }
    }

    /// Returns the states of the captions of an edit, which has no other text.
    private func states(_ edit: Edit, in folder: String = Fixtures.folder) async throws -> CaptionStates {
        let plan = try await edit.plan(in: folder)
        let found = plan.sources.compactMap { ($0.source as? TextSource<CaptionStates>)?.states }
        return try #require(found.first)
    }

    private func text(_ states: CaptionStates, _ frame: Int) -> String? {
        states.block(at: frame).map { $0.runs.map(\.text).joined() }
    }

    /// Returns the texts of the runs that are painted with a colour.
    private func painted(_ states: CaptionStates, _ frame: Int, _ color: Color) -> [String] {
        (states.block(at: frame)?.runs ?? []).filter { $0.paint == .color(color.paint) }.map(\.text)
    }

    private let yellow = Color(red: 255, green: 220, blue: 0)

    @Test func `words are shown in groups, from the first one's start to the last one's end`() async throws {
        let clip = CaptionsClip(words: words(["One", "two", "three", "four", "five"])).grouped(
            by: CaptionGrouping(mostWords: 2, mostCharacters: nil, mostLines: 1))
        let states = try await states(edit(clip))
        #expect(
            [0, 19, 20, 39, 40, 49].map { text(states, $0) } == [
                "One two", "One two", "three four", "three four", "five", "five",
            ])
        #expect(text(states, 50) == nil)
    }

    @Test func `the word that is spoken looks different until the next one begins`() async throws {
        var clip = CaptionsClip(words: words(["a", "b", "c"]), active: ActiveWord(color: yellow))
        clip.grouping = .subtitles
        var states = try await states(edit(clip))
        #expect([0, 9, 10, 20, 29].map { painted(states, $0, yellow) } == [["a"], ["a"], ["b"], ["c"], ["c"]])
        #expect((0..<30).allSatisfy { text(states, $0) == "a b c" })
        clip.active?.mode = .spoken
        states = try await self.states(edit(clip))
        #expect([0, 10, 29].map { painted(states, $0, yellow) } == [["a"], ["a", "b"], ["a", "b", "c"]])
    }

    @Test func `a word is filled as it is spoken`() async throws {
        let clip = CaptionsClip(words: words(["ab", "cd"]), active: ActiveWord(color: yellow, mode: .fill)).grouped(
            by: .subtitles)
        let states = try await states(edit(clip))
        let sweeps = (0..<10).map { states.block(at: $0)?.runs[0].sweep?.fraction }
        #expect(sweeps.dropLast() == (1...9).map { Double($0) / 10 })
        #expect(sweeps.last == .some(nil), "the word has been spoken")
        #expect(painted(states, 9, yellow) == ["ab"] && painted(states, 15, yellow) == ["ab"])
        #expect(try #require(states.block(at: 15)).runs.last?.sweep?.fraction == 0.6)
    }

    @Test func `a word that pops grows to its scale, and nothing else moves`() async throws {
        var clip = CaptionsClip(words: words(["a", "b"])).grouped(by: .subtitles)
        clip.active = ActiveWord(SpanStyle(), scale: 1.4, pop: .milliseconds(200))
        let states = try await states(edit(clip))
        let scales = (0..<8).compactMap { states.block(at: $0)?.runs[0].scale }
        #expect(scales[0] > 1 && scales[0] < 1.4 && scales[4...].allSatisfy { $0 == 1.4 }, "\(scales)")
        #expect((0..<8).allSatisfy { states.block(at: $0)?.runs.last?.scale == 1 })
    }

    @Test func `a source says exactly when its picture changes`() async throws {
        var clip = CaptionsClip(words: words(["One", "two", "three", "four."]) + words(["Later", "on"], from: 2.7))
        clip.active = ActiveWord(SpanStyle(color: yellow), scale: 1.2, pop: .milliseconds(100), mode: .fill)
        for mode in ActiveWord.Mode.allCases {
            clip.active?.mode = mode
            let plan = try await edit(clip).plan()
            let source = try #require(plan.sources.compactMap { $0.source as? TextSource<CaptionStates> }.first)
            let blocks = (0..<80).map { source.states.block(at: $0) }
            let changes = (1..<80).filter { blocks[$0] != blocks[$0 - 1] }
            // It may say more often that something changes, but never less.
            #expect(Set(source.changes(in: 0..<80) ?? []).isSuperset(of: changes))
            for start in 0..<80 {
                for end in start + 1..<81 where source.isSteady(over: start..<end) {
                    #expect(blocks[start..<end].allSatisfy { $0 == blocks[start] })
                }
            }
            let blanks = Set(source.blanks(in: 0..<80).joined())
            #expect(blanks == Set((0..<80).filter { blocks[$0] == nil }))
        }
    }

    @Test func `captions cost nothing where there are none`() async throws {
        let clip = CaptionsClip(words: words(["One", "two."]) + words(["Later"], from: 3))
        let plan = try await edit(clip).plan()
        let layers = plan.spans.map { ($0.frames, $0.composition.draws.count) }
        #expect(layers.map(\.1) == [2, 1, 2, 1], "\(layers)")
        #expect(layers.map(\.0) == [0..<20, 20..<60, 60..<70, 70..<80])
        #expect(plan.spans.allSatisfy { $0.isHeld })
    }

    @Test func `cues that overlap stand below each other`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try "1\n00:00:00,000 --> 00:00:02,000\nfirst\n\n2\n00:00:01,000 --> 00:00:03,000\nsecond\n".write(
                toFile: folder + "/a.srt", atomically: true, encoding: .utf8)
            let states = try await states(edit(CaptionsClip("a.srt")), in: folder)
            #expect(
                [0, 20, 40, 59, 60].map { text(states, $0) } == ["first", "first\nsecond", "second", "second", nil])
        }
    }

    @Test func `what a file says of a cue's looks and place is shown`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try "1\n00:00:00,000 --> 00:00:02,000\n{\\an8}up <b>bold</b> <font color=\"#00ff00\">green</font>\n".write(
                toFile: folder + "/a.srt", atomically: true, encoding: .utf8)
            let edit = edit(CaptionsClip("a.srt", style: TextStyle(size: 20, weight: 400)))
            let states = try await states(edit, in: folder)
            let runs = try #require(states.block(at: 0)).runs
            #expect(runs.first { $0.text == "bold" }?.face.weight == 700)
            #expect(runs.last?.paint == .color(TextColor(red: 0, green: 255, blue: 0)))
            let planes = try composed(edit, frame: 0, in: folder)
            let rows = (0..<240).filter { y in (0..<320).contains { planes.luma($0, y) > 150 } }
            #expect(rows.allSatisfy { $0 < 60 } && rows.count > 8, "\(rows)")
        }
    }

    @Test func `speakers have looks of their own`() async throws {
        var clip = CaptionsClip(words: [
            Word("Hi", start: .zero, end: .seconds(1), speaker: "A"),
            Word("Hello", start: .seconds(1), end: .seconds(2), speaker: "B"),
        ])
        clip.speakers = [CaptionsClip.SpeakerStyle("B", SpanStyle(color: yellow))]
        let states = try await states(edit(clip))
        #expect(painted(states, 0, yellow) == [] && painted(states, 20, yellow) == ["Hello"])
    }

    @Test func `an edit of one cue changes the segments that show it, wherever they have moved to`() async throws {
        func plan(_ text: String, shift: Double = 0) async throws -> Plan {
            let clip = CaptionsClip(
                words: words(["same", "words."], from: 1 + shift) + words([text], from: 8 + shift)
                    + words(["the", "end."], from: 14 + shift))
            return try await Edit(size: size, frameRate: 20) {
                Track {
                    if shift > 0 { ColorClip(.white, duration: .milliseconds(Int(shift * 1000))) }
                    for index in 0..<4 {
                        ColorClip(Color(red: UInt8(index), green: 9, blue: 9), duration: .seconds(5))
                    }
                }
                Track { clip }
            }.plan()
        }
        let before = try await plan("old")
        let after = try await plan("new")
        let shared = try after.segmentsShared(with: before)
        #expect(shared.filter { $0 == nil }.count == 1 && shared.count >= 4, "\(shared)")
        let later = try await plan("old", shift: 5)
        let kept = try later.segmentsShared(with: before).compactMap { $0 }
        #expect(kept.count == before.segments.count)
    }

    @Test func `the same bytes come from any number of workers`() async throws {
        var clip = CaptionsClip(
            words: (0..<40).map { Word("w\($0)", start: .milliseconds($0 * 300), end: .milliseconds($0 * 300 + 300)) })
        clip.active = ActiveWord(SpanStyle(color: yellow), scale: 1.3, pop: .milliseconds(150))
        let edit = edit(clip, seconds: 13)
        try await Fixtures.withTemporaryFolder { folder in
            var files: Set<Data> = []
            for workers in [1, 3] {
                let path = "\(folder)/\(workers).mp4"
                _ = try await Renderer(segmentWorkers: workers).render(edit, to: path).result
                files.insert(try Data(contentsOf: URL(fileURLWithPath: path)))
            }
            #expect(files.count == 1)
        }
    }

    @Test func `a caption file that is none is refused with its place in it`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try "1\nno time\nx\n".write(toFile: folder + "/a.srt", atomically: true, encoding: .utf8)
            try "".write(toFile: folder + "/b.srt", atomically: true, encoding: .utf8)
            for (src, words) in [("a.srt", "line "), ("b.srt", "is empty"), ("c.srt", "does not exist")] {
                let problems = await edit(CaptionsClip(src)).problems(in: folder)
                #expect(problems.count == 1)
                #expect(
                    problems[0].path == "tracks[1].clips[0].src" && problems[0].message.contains(words), "\(problems)")
            }
        }
    }

    @Test func `a character of a caption that no font has is refused with its cue`() async throws {
        let clip = CaptionsClip(words: words(["fine", "b\u{0F40}d"]))
        let problems = await edit(clip).problems()
        #expect(problems.count == 1)
        #expect(
            problems[0].description
                == "tracks[1].clips[0].words: no font has “\u{0F40}” (U+0F40), character 7 of the caption at 0 s; add a font that has it to the timeline's fonts"
        )
    }
}

/// Numbers that run.
@Suite struct CounterTests {
    private func text(_ format: NumberFormat, _ value: Double, frame: Int = 0, rate: FrameRate = 30, down: Bool = false)
        -> String
    {
        // CLDR's spaces are no-break ones.
        format.text(of: value, frame: frame, rate: rate, runsDown: down).replacing("\u{A0}", with: " ").replacing(
            "\u{202F}", with: " ")
    }

    @Test(
        arguments: [
            (NumberFormat(locale: "en"), 1234567.4, "1,234,567"),
            (NumberFormat(decimals: 2, locale: "de"), 1234.5, "1.234,50"),
            (NumberFormat(locale: "en_IN"), 1234567, "12,34,567"), (NumberFormat(locale: "fr"), 12345, "12 345"),
            (NumberFormat(.percent, decimals: 1, locale: "en"), 0.1234, "12.3%"),
            (NumberFormat(.currency, decimals: 2, locale: "en_US", currency: "USD"), 1234.5, "$1,234.50"),
            (NumberFormat(.currency, decimals: 0, locale: "de_DE", currency: "EUR"), 99.6, "100 €"),
            (NumberFormat(.clock), 61.9, "1:01"), (NumberFormat(.clock), 3661, "1:01:01"),
            (NumberFormat(.clock, decimals: 1), 9.96, "0:09.9"),
            (NumberFormat(prefix: "№ ", suffix: "!"), 7, "№ 7!"), (NumberFormat(), -3, "-3"),
        ] as [(NumberFormat, Double, String)])
    func `a number is written as its language has it`(format: NumberFormat, value: Double, expected: String) {
        #expect(text(format, value) == expected)
    }

    @Test func `a countdown shows the time that is left`() {
        let clock = NumberFormat(.clock)
        #expect(
            [10, 9.99, 9, 0.01, 0].map { text(clock, $0, down: true) } == ["0:10", "0:10", "0:09", "0:01", "0:00"])
    }

    /// SMPTE ST 12-1: numbers 0 and 1 of each minute are left out, but not of every tenth.
    @Test(arguments: [
        (0, "00:00:00;00"), (29, "00:00:00;29"), (1799, "00:00:59;29"), (1800, "00:01:00;02"), (3597, "00:01:59;29"),
        (3598, "00:02:00;02"), (17981, "00:09:59;29"), (17982, "00:10:00;00"), (107892, "01:00:00;00"),
    ])
    func `a timecode at 29,97 frames a second drops numbers`(frame: Int, expected: String) {
        #expect(text(NumberFormat(.timecode), 0, frame: frame, rate: FrameRate(30000, 1001)) == expected)
    }

    @Test func `a timecode at a whole rate counts frames`() {
        #expect(text(NumberFormat(.timecode), 0, frame: 25 * 3661 + 7, rate: 25) == "01:01:01:07")
        #expect(text(NumberFormat(.timecode), 3600, frame: 3, rate: 25) == "01:00:00:03")
        #expect(text(NumberFormat(.frame), 100, frame: 3) == "103")
    }

    @Test func `a counter begins and ends with its values, and is held while it stays`() async throws {
        let edit = Edit(size: PixelSize(width: 320, height: 180), frameRate: 20) {
            Track { CounterClip(from: 3, to: 0, duration: .seconds(3), format: NumberFormat(.clock)) }
        }
        let plan = try await edit.plan()
        let states = try #require((plan.sources[0].source as? TextSource<CounterStates>)?.states)
        #expect([0, 59].map { states.text(at: $0) } == ["0:03", "0:00"])
        #expect(
            plan.spans.count == 4 && plan.spans.filter { $0.frames.count > 1 }.allSatisfy { $0.isHeld },
            "\(plan.spans.map(\.frames))")
        // Parts are the same wherever they lie.
        #expect((0..<10).map { states.part(20..<30).text(at: $0) } == (20..<30).map { states.text(at: $0) })
    }

    @Test func `a counter that cannot run is refused`() {
        func problems(_ change: (inout CounterClip) -> Void) -> [String] {
            var clip = CounterClip(to: 5, duration: .seconds(1))
            change(&clip)
            return Edit(size: .hd720) { Track { clip } }.valueProblems().map(\.description)
        }
        let path = "tracks[0].clips[0]"
        #expect(problems { _ in } == [])
        #expect(problems { $0.to = nil } == ["\(path).to: missing; say which value the number runs to"])
        #expect(problems { $0.format.kind = .timecode } == ["\(path).to: a timecode counts frames; remove to"])
        #expect(
            problems { $0.format.kind = .currency } == [
                #"\#(path).format.currency: missing; name the currency, as in "EUR""#
            ])
        #expect(
            problems { $0.format.locale = "12" } == [
                #"\#(path).format.locale: "12" is not a language; write it as in "de" or "en_IN""#
            ])
        #expect(
            problems { $0.to = .infinity } == [
                "\(path).to: infinity is not a finite number; use -1000000000000…1000000000000"
            ])
    }
}
