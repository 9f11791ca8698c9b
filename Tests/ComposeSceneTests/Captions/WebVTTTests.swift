// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct CaptionWebVTTTests {
    @Test func `a file with all kinds of blocks is read`() throws {
        let found = try captions(
            """
            WEBVTT - a title
            Kind: captions
            Language: en
            X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

            STYLE
            ::cue { color: red }

            REGION
            id:fred

            NOTE a comment
            of two lines

            intro
            00:01.000 --> 00:02.500 line:0 position:10%,line-left size:35% align:start
            <v Roger Bingham>We are in <b>New <i>York</i></b>
            City &amp; state &lt;here&gt;&nbsp;&#x263A;&bogus;

            01:00:00.000 --> 01:00:01.000 line:84.5%,end vertical:rl
            <c.yellow.bg_blue>Yellow</c> <lang de>Straße</lang><u>u</u>
            NOTE is text here
            """, "a.vtt")
        #expect(found.language == "en")
        #expect(
            found.cues == [
                Captions.Cue(
                    start: .seconds(1), end: .milliseconds(2500),
                    runs: [
                        CaptionRun("We are in "), CaptionRun("New ", isBold: true),
                        CaptionRun("York", isBold: true, isItalic: true),
                        CaptionRun("\nCity & state <here>\u{A0}☺&bogus;"),
                    ], speaker: "Roger Bingham",
                    placement: CaptionPlacement(
                        line: .row(0), position: 10, positionEdge: .start, size: 35, alignment: .start),
                    id: "intro"),
                Captions.Cue(
                    start: .seconds(3600), end: .seconds(3601),
                    runs: [
                        CaptionRun("Yellow", color: Color(red: 255, green: 255, blue: 0)),
                        CaptionRun(" Straße"), CaptionRun("u", isUnderlined: true),
                        CaptionRun("\nNOTE is text here"),
                    ], placement: CaptionPlacement(line: .percent(84.5), lineEdge: .end, vertical: .rightToLeft),
                    language: "de"),
            ])
        #expect(
            found.warnings.map(\.description) == [
                "line 4, column 1: X-TIMESTAMP-MAP is ignored: times are taken as those of the video",
                "line 6, column 1: the style sheet is ignored", "line 9, column 1: regions are ignored",
            ])
    }

    @Test func `times in a text become words, with the spaces before them`() throws {
        let found = try captions(
            """
            WEBVTT

            00:01.000 --> 00:05.000
            <00:01.500>Never <00:02.000><c>gonna </c><00:02.250>give
            <00:03.000>you<00:03.500><00:04.000> up<00:04.500>

            00:05.000 --> 00:06.000
            we<00:00:05.400><c> know</c>
            """)
        #expect(found.cues.map(\.text) == ["Never gonna give\nyou up", "we know"])
        #expect(
            found.cues[0].wordLines == [
                "1500-2000 Never", "2000-2250  gonna", "2250-3000  give", "3000-3500 \nyou", "4000-4500  up",
            ])
        #expect(found.cues[1].wordLines == ["5000-5400 we", "5400-6000  know"])
        #expect(found.cues.allSatisfy { $0.hasWords })
    }

    @Test func `times of words that go backwards or leave the cue are held within it`() throws {
        let found = try captions("WEBVTT\n\n00:01.000 --> 00:02.000\n<00:09.000>a <00:00.100>b <00:01.500>c")
        #expect(found.cues[0].wordLines == ["2000-2000 a", "2000-2000  b", "2000-2000  c"])
    }

    @Test func `what is no tag is text, and what players leave out is warned about`() throws {
        let found = try captions(
            """
            WEBVTT

            00:01.000 --> 00:02.000 region:fred align:middle
            I <3 you, 1 < 2, a<b <blink>off</blink> </i>x<ruby>漢<rt>kan</rt></ruby>

            stray text
            00:03.000 --> 00:04.000
            <v Mary>Hi <v Fred>Ho
            """)
        #expect(found.cues.map(\.text) == ["I <3 you, 1 < 2, a<b off x漢", "Hi Ho"])
        #expect(found.cues[0].placement == nil)
        #expect(found.cues[1].speaker == "Mary" && found.cues[1].id == "stray text")
        #expect(
            found.warnings.map(\.description) == [
                "line 3, column 25: the setting \"region:fred\" is ignored",
                "line 4, column 3: a < that begins no tag is text; write it as &lt;",
                "line 4, column 13: a < that begins no tag is text; write it as &lt;",
                "line 4, column 19: a < that begins no tag is text; write it as &lt;",
                "line 4, column 23: the tag \"<blink>\" is left out; write &lt; for a < that is text",
                "line 4, column 54: ruby text is left out",
                "line 8, column 13: a second speaker in a cue is left out; give each a cue",
            ])
    }

    @Test(arguments: [
        ("WEBVTT", [String](), "line 1, column 1: there are no captions in the file"),
        ("WEBVTT\n\nNOTE only 00:01 --> this\n", [], "line 1, column 1: there are no captions in the file"),
        ("WEBVTT\n00:01.000 --> 00:02.000\na\n", ["1000-2000 a"], ""),
        ("WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\na\r\nb\r\n\r\n", ["1000-2000 a\nb"], ""),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb", ["1000-2000 a", "3000-4000 b"], ""),
        (
            "1\n00:01.000 --> 00:02.000\na\n", ["1000-2000 a"],
            "line 1, column 1: the first line has to be WEBVTT; the file was read without it"
        ),
        (
            "WEBVTT\n\nstray\nlines\n\n00:01.000 --> 00:02.000\na", ["1000-2000 a"],
            "line 3, column 1: text without times is ignored"
        ),
    ])
    func `blocks end where the specification ends them`(text: String, lines: [String], warning: String) throws {
        let found = try captions(text, "a.vtt")
        #expect(found.lines == lines)
        #expect(found.warnings.map(\.description).joined() == warning)
    }

    @Test func `captions that roll up show each line once`() throws {
        let text = """
            WEBVTT
            Kind: captions
            Language: en

            00:00:00.160 --> 00:00:03.429 align:start position:0%
             
            Well,<00:00:00.960><c> do</c><00:00:01.520><c> you</c><00:00:02.159><c> think</c>

            00:00:03.429 --> 00:00:03.439 align:start position:0%
            Well, do you think
             

            00:00:03.439 --> 00:00:05.749 align:start position:0%
            Well, do you think
            so<00:00:03.760><c> or</c><00:00:04.000><c> not</c>

            00:00:05.749 --> 00:00:05.759 align:start position:0%
            so or not
             

            00:00:05.759 --> 00:00:07.000 align:start position:0%
            so or not
            so or

            """
        let found = try captions(text, "a.vtt")
        #expect(found.lines == ["160-3429 Well, do you think", "3439-5749 so or not", "5759-7000 so or"])
        #expect(found.cues[1].wordLines == ["3439-3760 so", "3760-4000  or", "4000-5749  not"])
        #expect(found.cues.allSatisfy { $0.placement == nil })
        #expect(
            found.warnings.map(\.description) == [
                "line 1, column 1: the captions roll up; lines that were shown before are left out"
            ])
        // Without the short cues between, repetition is what somebody wrote.
        let spoken = text.replacing("00:00:03.429 --> 00:00:03.439", with: "00:00:03.429 --> 00:00:03.639")
        #expect(try captions(spoken, "a.vtt").cues.count == 5)
    }

    @Test func `times that are none are refused`() {
        #expect(
            refusal("WEBVTT\n\nid\n00:01.000 --> soon\na", "a.vtt")
                == "line 4, column 15: \"soon\" is no time; write hours, minutes and seconds, as in 00:00:02,500")
    }
}
