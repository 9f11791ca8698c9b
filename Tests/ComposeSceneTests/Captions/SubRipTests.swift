// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct CaptionSubRipTests {
    @Test func `a usual file is read`() throws {
        let found = try captions(
            "1\n00:00:01,000 --> 00:00:02,500\nHello\nworld\n\n2\n01:00:00,250 --> 01:00:01,000\nBye\n")
        #expect(found.lines == ["1000-2500 Hello\nworld", "3600250-3601000 Bye"])
        #expect(found.warnings == [])
    }

    @Test(arguments: [
        "00:00:01,000 --> 00:00:02,000\nHello\n\n00:00:03,000 --> 00:00:04,000\nBye",
        "1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nBye\r\n",
        "1\r\r\n00:00:01,000 --> 00:00:02,000\r\r\nHello\r\r\n\r\r\n2\r\r\n00:00:03,000 --> 00:00:04,000\r\r\nBye",
        "1\r00:00:01,000 --> 00:00:02,000\rHello\r\r2\r00:00:03,000 --> 00:00:04,000\rBye\r",
        "\u{FEFF}1\n00:00:01.000 --> 00:00:02.000\nHello\n\n2\n00:00:03.000 --> 00:00:04.000\nBye\n",
        "1\n00:01,000 --> 00:02,000\nHello\n\n2\n00:03,000-->00:04,000\nBye\n",
        "1\n0:0:1 --> 0:0:2\nHello\n\n2\n0:0:3,0 --> 0:0:4,0\nBye\n",
        "\n\n7\n00:00:01,000 --> 00:00:02,000\n\nHello\n\n\n\n9\n\n00:00:03,000 --> 00:00:04,000\nBye\n\n\n",
        "1\n00:00:01,000 --> 00:00:02,000\nHello\n2\n00:00:03,000 --> 00:00:04,000\nBye",
        "1\n\t00:00:01,000  -->  00:00:02,000 \nHello\n \t\n2 \n00:00:03,000 --> 00:00:04,000\nBye\n   ",
    ])
    func `files that look different in allowed ways are read as the same cues`(text: String) throws {
        let found = try captions(text)
        #expect(found.lines == ["1000-2000 Hello", "3000-4000 Bye"])
        #expect(found.warnings == [])
    }

    @Test func `empty lines inside a text are kept, and numbers that are text too`() throws {
        let found = try captions(
            "1\n00:00:01,000 --> 00:00:02,000\nIn\n\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\n7\n\n3\n00:00:05,000 --> 00:00:06,000\na --> b\n"
        )
        #expect(found.lines == ["1000-2000 In\n\n1984", "3000-4000 7", "5000-6000 a --> b"])
    }

    @Test func `tags are read as looks, and what is no tag is text`() throws {
        let found = try captions(
            """
            1
            00:00:01,000 --> 00:00:02,000
            <b>bold <i>both</b> italic</i> <font color="#ff0000">red <font color='lime'>lime</font> red</font>
            <u>1 < 2 <3 <laughs> << a></u><span class="x">span</span>{\\an8}{\\i1}slanted{\\i0}<br/>end
            """)
        let cue = try #require(found.cues.first)
        #expect(
            cue.runs == [
                CaptionRun("bold ", isBold: true), CaptionRun("both", isBold: true, isItalic: true),
                CaptionRun(" italic", isItalic: true), CaptionRun(" "),
                CaptionRun("red ", color: Color(red: 255, green: 0, blue: 0)),
                CaptionRun("lime", color: Color(red: 0, green: 255, blue: 0)),
                CaptionRun(" red", color: Color(red: 255, green: 0, blue: 0)), CaptionRun("\n"),
                CaptionRun("1 < 2 <3 <laughs> << a>", isUnderlined: true), CaptionRun("span"),
                CaptionRun("slanted", isItalic: true), CaptionRun("\nend"),
            ])
        #expect(cue.placement == CaptionPlacement(line: .row(0)))
    }

    @Test func `cues out of order are sorted, and overlaps are kept`() throws {
        let found = try captions(
            "1\n00:00:05,000 --> 00:00:09,000\nlate\n\n2\n00:00:01,000 --> 00:00:06,000\nearly\n\n3\n00:00:05,000 --> 00:00:06,000\nlast\n"
        )
        #expect(found.lines == ["1000-6000 early", "5000-9000 late", "5000-6000 last"])
        #expect(
            found.warnings.map(\.description) == [
                "line 6, column 1: cues are not ordered by their start times; they were sorted"
            ])
    }

    @Test func `cues that no player shows are left out with a warning`() throws {
        let found = try captions(
            """
            WARNING: made by hand
            1
            00:00:05,000 --> 00:00:04,000
            backwards

            2
            00:00:05,000 --> 00:00:05,000
            no time

            3
            00:00:05,000 --> 00:00:06,000

            4
            -00:00:02,000 --> -00:00:01,000
            before

            5
            -00:00:01,000 --> 00:00:01,000
            across

            6
            00:00:07,000 --> 00:00:08,000 X1:10 X2:20 Y1:1 Y2:2
            good
            """)
        #expect(found.lines == ["0-1000 across", "7000-8000 good"])
        #expect(
            found.warnings.map(\.description) == [
                "line 1, column 1: text before the first times is ignored",
                "line 3, column 1: a cue that ends before it starts was left out",
                "line 7, column 1: a cue that ends where it starts was left out",
                "line 11, column 1: a cue without text was left out",
                "line 14, column 1: a cue before the time 0 was left out",
                "line 18, column 1: a cue that starts before the time 0 starts there now",
                "line 22, column 31: what follows the times is ignored",
            ])
    }

    @Test(arguments: [
        ("", "line 1, column 1: the file is empty; captions are read from SubRip, WebVTT, ASS and JSON"),
        (
            "Hello\nworld\n",
            "line 1, column 1: there are no times such as 00:00:01,000 --> 00:00:02,500; each cue needs a line of them"
        ),
        (
            "1\n00:00:1x,000 --> 00:00:02,000\nHello",
            "line 2, column 1: \"00:00:1x,000\" is no time; write hours, minutes and seconds, as in 00:00:02,500"
        ),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHé\n\n2\n00:00:03,000 --> 00;00;04\nBye",
            "line 6, column 18: \"00;00;04\" is no time; write hours, minutes and seconds, as in 00:00:02,500"
        ),
        (
            "1\n00:00:01,000 --> 24:00:00,001\nHello",
            "line 2, column 18: \"24:00:00,001\" is later than 24 h, the longest that a video may be"
        ),
        (
            "1\n00:00:01,000 --> 99999999999999999999999:00:00,001\nHello",
            "line 2, column 18: \"99999999999999999999999:00:00,001\" is later than 24 h, the longest that a video may be"
        ),
        (
            "1\n00:00:01,000 -->\nHello",
            "line 2, column 17: \"\" is no time; write hours, minutes and seconds, as in 00:00:02,500"
        ),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHe\u{0}llo",
            "line 3, column 3: a NUL character; captions are text, so remove it, or check that this is the right file"
        ),
    ])
    func `what cannot be read is refused with line and column`(text: String, message: String) {
        #expect(refusal(text) == message)
    }

    @Test func `the last time that a video may have is read`() throws {
        #expect(try captions("1\n23:59:59,999 --> 24:00:00,000\nHello").lines == ["86399999-86400000 Hello"])
    }
}
