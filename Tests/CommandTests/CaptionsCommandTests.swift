// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct CaptionsCommandTests {
    private static let subtitles = """
        1
        00:00:01,000 --> 00:00:03,000
        Hello there,
        <i>everyone</i> & all.

        2
        00:00:04,000 --> 00:00:05,500
        Bye.

        """

    @Test func `captions are converted by the extensions of the files`() async throws {
        let folder = try Scratch()
        try folder.write(Self.subtitles, to: "a.srt")
        let outcome = try await folder.run("captions", "a.srt", "-o", "a.vtt", "--language", "en")
        #expect(outcome.code == 0 && outcome.output == "")
        #expect(outcome.errors == "a.vtt: 2 cues of vtt, 1…5.5 s\n")
        #expect(
            String(decoding: try folder.read("a.vtt"), as: UTF8.self) == """
                WEBVTT
                Language: en

                00:00:01.000 --> 00:00:03.000
                Hello there,
                <i>everyone</i> &amp; all.

                00:00:04.000 --> 00:00:05.500
                Bye.

                """)
        for name in ["b.srt", "b.ass", "b.json", "b.txt"] {
            #expect(try await folder.run("captions", "a.vtt", "-qo", name).errors == "")
        }
        #expect(try folder.read("b.srt") == Data((Self.subtitles + "\n").utf8))
        #expect(String(decoding: try folder.read("b.txt"), as: UTF8.self) == "Hello there, everyone & all.\nBye.\n")
        #expect(try folder.names == ["a.srt", "a.vtt", "b.ass", "b.json", "b.srt", "b.txt"])
    }

    @Test func `words are made into cues, from standard input to standard output`() async throws {
        let folder = try Scratch()
        let words = ["One", "two", "three", "four", "five"].enumerated().map {
            #"{"word": "\#($1)", "start": \#($0), "end": \#($0 + 1)}"#
        }
        let input = "{\"words\": [\(words.joined(separator: ", "))]}"
        let outcome = try await folder.run(
            "captions", "-", "-o", "-", "--to", "srt", "--group", "phrases", "--most-words", "2", "--json", input: input
        )
        #expect(outcome.code == 0)
        #expect(
            outcome.output == """
                1
                00:00:00,000 --> 00:00:02,000
                One two

                2
                00:00:02,000 --> 00:00:04,000
                three four

                3
                00:00:04,000 --> 00:00:05,000
                five


                """)
        #expect(
            outcome.errors
                == #"{"cues":3,"cuesRead":1,"end":5,"format":"srt","input":"-","output":"-","start":0,"warnings":[],"words":5}"#
                + "\n")
    }

    @Test func `words are estimated where there are none, if that is asked for`() async throws {
        let folder = try Scratch()
        try folder.write("1\n00:00:01,000 --> 00:00:03,000\nab cd\n", to: "a.srt")
        #expect(try await folder.run("captions", "a.srt", "--words", "-qo", "a.vtt").code == 0)
        #expect(String(decoding: try folder.read("a.vtt"), as: UTF8.self).hasSuffix("\nab<00:00:02.000> cd\n"))
        #expect(try await folder.run("captions", "a.srt", "-qo", "b.vtt").code == 0)
        #expect(String(decoding: try folder.read("b.vtt"), as: UTF8.self).hasSuffix("\nab cd\n"))
        let outcome = try await folder.run("captions", "a.srt", "--to", "words", "-qo", "-")
        #expect(
            outcome.output == """
                {
                  "words": [
                    {"text": "ab", "start": 1, "end": 2},
                    {"text": "cd", "start": 2, "end": 3}
                  ]
                }

                """)
    }

    @Test func `what was left out is told with its line`() async throws {
        let folder = try Scratch()
        try folder.write(Self.subtitles + "\n3\n00:00:09,000 --> 00:00:08,000\nbackwards\n", to: "a.srt")
        let outcome = try await folder.run("captions", "a.srt", "-o", "a.vtt", "--group", "words")
        #expect(outcome.code == 0)
        #expect(
            outcome.errorLines == [
                "a.srt: line 11, column 1: a cue that ends before it starts was left out",
                "a.vtt: 6 cues of vtt with 6 words, 1…5.5 s, from 2 cues",
            ])
    }

    @Test func `what cannot be read ends with 2 and its line, and writes nothing`() async throws {
        let folder = try Scratch("odd.png")
        try folder.write("1\n00:00:01,000 --> 00:00:0x,000\nHello\n", to: "a.srt")
        let outcome = try await folder.run("captions", "a.srt", "-o", "a.vtt")
        #expect(outcome.code == 2)
        #expect(
            outcome.errors
                == "a.srt: line 2, column 18: \"00:00:0x,000\" is no time; write hours, minutes and seconds, as in 00:00:02,500\n"
        )
        for name in ["odd.png", "missing.srt", "."] {
            let outcome = try await folder.run("captions", name, "-o", "a.vtt")
            #expect(outcome.code == 2 && outcome.errorLines.count == 1, "\(outcome)")
        }
        #expect(try folder.names == ["a.srt", "odd.png"])
    }

    @Test func `the format of one file may be said, and has to be where nothing tells it`() async throws {
        let folder = try Scratch()
        try folder.write("00:01.000 --> 00:02.000\na &amp; b\n", to: "a")
        #expect(try await folder.run("captions", "a", "--from", "vtt", "--to", "srt", "-qo", "b").code == 0)
        #expect(String(decoding: try folder.read("b"), as: UTF8.self) == "1\n00:00:01,000 --> 00:00:02,000\na & b\n\n")
        for arguments in [
            ["captions", "a", "-o", "b.xyz"], ["captions", "a", "-o", "-"],
            ["captions", "a", "-o", "b.srt", "--from", "txt"],
            ["captions", "a", "-o", "b.srt", "--most-words", "0"],
            ["captions", "a", "-o", "b.srt", "--group", "lines"],
            ["captions", "a"], ["captions", "a", "-qo", "b.srt", "--json"],
        ] {
            let outcome = try await Running(arguments, in: folder, input: nil).outcome
            #expect(outcome.code == 2 && outcome.output == "" && outcome.errors != "", "\(arguments)")
        }
        let outcome = try await folder.run("captions", "a", "--from", "vtt", "-o", "missing/b.srt")
        #expect(outcome.code == 1 && outcome.errorLines.count == 1)
    }
}
