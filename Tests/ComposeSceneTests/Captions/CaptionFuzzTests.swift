// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Files with damage, which are refused or read, and whose captions can be written and read again.
///
/// FUZZ_SECONDS=600 goes on for longer, with other damage.
@Suite struct CaptionFuzzTests {
    private static let seeds: [(name: String, text: String)] = [
        (
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,500\n{\\an8}<b>Hello</b> <font color=\"#ff0000\">world</font>\n\n2\n00:00:03,000 --> 00:00:04,000\nline\n\n7\n\n"
        ),
        (
            "a.vtt",
            "WEBVTT\nLanguage: en\n\nSTYLE\n::cue {}\n\nid\n00:01.000 --> 00:02.500 line:10%,end align:start\n<v Bob><c.red>Hi</c> <00:01.500>there &amp; <lang de>da</lang>\n\nNOTE x\n"
        ),
        (
            "a.ass",
            "[Script Info]\nPlayResX: 640\nPlayResY: 480\n[V4+ Styles]\nFormat: Name, Alignment\nStyle: Top,8\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.00,Top,Anna,0,0,0,,{\\k20\\b1}Ka{\\k30}ra{\\pos(1,2)\\c&HFF&}o\\Nke \\{x\\}\n"
        ),
        (
            "a.json",
            "{\"text\":\" Hi you\",\"segments\":[{\"id\":0,\"start\":0.5,\"end\":1.75,\"text\":\" Hi you\",\"speaker\":\"A\",\"words\":[{\"word\":\" Hi\",\"start\":0.5,\"end\":1,\"probability\":0.9},{\"word\":\" you\"}]}],\"language\":\"en\"}"
        ),
        (
            "a.json",
            "{\"result\":{\"language\":\"en\"},\"transcription\":[{\"timestamps\":{\"from\":\"00:00:00,000\",\"to\":\"00:00:01,000\"},\"offsets\":{\"from\":0,\"to\":1000},\"text\":\" caf\\u00e9 \\ud83d\\ude00\",\"tokens\":[{\"text\":\"[_BEG_]\"},{\"text\":\" caf\",\"offsets\":{\"from\":0,\"to\":500}},{\"text\":\"\\u00e9\"}]}]}"
        ),
        (
            "a.json",
            "[{\"word\":\"a\",\"start\":0,\"end\":1},{\"word\":\"b\",\"start\":1.5e0,\"end\":2},[0,100,2,3,\" c d\",[1],-0.2,[[2,2.5,\" c\",0.9],[2.5,3,\" d\",0.9]]]]"
        ),
    ]

    /// Pieces that readers look for.
    private static let pieces = [
        "\n", "\r", "\r\n", "\n\n", " --> ", "<", ">", "</", "{", "}", "\\", "&", ";", "\"", ",", ":", "[", "]",
        "00:00:01,000", "1\n",
        "{\\k10}", "<00:00:01.000>", "-", "\u{2060}", "\u{0}", "\u{FEFF}", "\\ud800", "null", "NaN", "1e999", "-1",
        "WEBVTT",
        "[Events]\n", "Dialogue: ", "NOTE", "\"words\":[", "é", "你", "\t",
    ].map { Array($0.utf8) }

    private func damaged(_ bytes: [UInt8], _ random: inout CaptionGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<(1 + random.next(below: 5)) {
            let index = random.next(below: bytes.count + 1)
            switch random.next(below: 7) {
            case 0 where index < bytes.count: bytes[index] = UInt8(random.next(below: 256))
            case 1 where index < bytes.count:
                bytes.removeSubrange(index..<min(bytes.count, index + 1 + random.next(below: 20)))
            case 2: bytes.insert(UInt8(random.next(below: 128)), at: index)
            case 3:
                let from = random.next(below: bytes.count + 1)
                bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + random.next(below: 60))], at: index)
            case 4 where random.next(below: 8) == 0: bytes.removeSubrange(index...)
            case 5 where random.next(below: 30) == 0: bytes = bytes.flatMap { [$0, 0] }
            default: bytes.insert(contentsOf: random.pick(Self.pieces), at: index)
            }
        }
        return bytes
    }

    private func check(_ captions: Captions, _ what: @autoclosure () -> String) {
        for (cue, next) in zip(captions.cues, captions.cues.dropFirst()) {
            #expect(cue.start <= next.start, "\(what())")
        }
        for cue in captions.cues {
            #expect(cue.start >= .zero && cue.start < cue.end && cue.end <= .seconds(24 * 3600), "\(what())")
            #expect(cue.isVisible && cue.text.utf8.count <= Captions.longestText, "\(what())")
            #expect(cue.words.isEmpty || cue.hasWords, "\(what())")
            for word in cue.words { #expect(word.start <= word.end, "\(what())") }
            for (word, next) in zip(cue.words, cue.words.dropFirst()) { #expect(word.end <= next.start, "\(what())") }
        }
    }

    @Test func `thousands of damaged files are refused or read, and what is read can be written`() throws {
        let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap(Double.init)
        let start = ContinuousClock.now
        var random = CaptionGenerator(seconds == nil ? 0x5EED : UInt64(ProcessInfo.processInfo.processIdentifier))
        var (read, refused, longest) = (0, 0, Duration.zero)
        while seconds.map({ start.duration(to: .now) < .seconds($0) }) ?? (read + refused < 4_000) {
            let seed = random.pick(Self.seeds)
            let bytes = damaged(Array(seed.text.utf8), &random)
            let begin = ContinuousClock.now
            do throws(ComposeError) {
                let captions = try Captions(reading: bytes, name: seed.name)
                read += 1
                check(captions, "\(bytes)")
                for format in [Captions.Format.srt, .webVTT, .ass, .json] where !captions.cues.isEmpty {
                    let again = try Captions(
                        reading: Array(captions.written(as: format).utf8), name: "b.\(format.rawValue)")
                    #expect(again.cues.map(\.text.trimmed) == captions.cues.map(\.text.trimmed), "\(bytes)")
                }
                check(captions.grouped(by: .subtitles), "grouped: \(bytes)")
            } catch {
                refused += 1
                #expect(error.code == .invalidCaptions && error.problems.count == 1, "\(bytes)")
                #expect(error.description.utf8.count < 1000, "\(bytes)")
            }
            longest = max(longest, begin.duration(to: .now))
        }
        #expect(read > 100 && refused > 100)
        if seconds != nil { print("read \(read), refused \(refused), longest \(longest)") }
        // Far more than needed, so that a busy machine does not fail the test but endless work does.
        #expect(longest < .seconds(30))
    }

    @Test(arguments: [Captions.Format.srt, .webVTT, .ass, .json])
    func `captions made by chance are written and read as the same`(format: Captions.Format) throws {
        var random = CaptionGenerator(UInt64(format.rawValue.utf8.reduce(0) { $0 * 31 + Int($1) }))
        for round in 0..<800 {
            let captions = random.captions()
            let written = captions.written(as: format)
            let found = try Captions(reading: Array(written.utf8), name: "a.\(format.rawValue)")
            let expected = captions.cues.map { CaptionRoundTripTests.kept($0, by: format) }
            #expect(found.cues == expected, "\(round)\n\(written)")
            if format == .webVTT || format == .json { #expect(found.language == captions.language) }
            // What was read is written as the same bytes.
            #expect(found.written(as: format) == written || format == .webVTT, "\(round)")
            if found.cues != expected { return }
        }
    }
}
