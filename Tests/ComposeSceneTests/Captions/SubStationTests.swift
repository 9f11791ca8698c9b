// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct CaptionSubStationTests {
    /// A script with events of the usual fields.
    private func script(_ events: String..., info: String = "", styles: String = "") -> String {
        "[Script Info]\n; made by a test\nScriptType: v4.00+\nPlayResX: 640\nPlayResY: 480\n\(info)\n[V4+ Styles]\n"
            + "Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Alignment\nStyle: Default,Arial,20,&H00FFFFFF,0,2\n"
            + "\(styles)\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
            + events.joined(separator: "\n") + "\n"
    }

    @Test func `events are cues, with speakers and the names of their styles`() throws {
        let found = try captions(
            script(
                "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown",
                "Dialogue: 0,0:00:03.50,0:00:04.25,Sign,Anna,0,0,0,,one, two,\\Nthree\\nfour\\hfive",
                "Dialogue: 1,0:00:01.00,1:00:02.00,*Default,,0000,0000,0000,,  spaces kept",
                styles: "Style: Sign,Arial,20,&H00FFFFFF,0,8"), "a.ass")
        #expect(found.lines == ["1000-3602000   spaces kept", "3500-4250 one, two,\nthree four\u{A0}five"])
        #expect(found.cues.map(\.speaker) == [nil, "Anna"])
        #expect(found.cues.map(\.style) == [nil, "Sign"])
        // The style's place is the cue's.
        #expect(found.cues.map(\.placement) == [nil, CaptionPlacement(line: .row(0))])
    }

    @Test func `override tags are looks and places, and the others are passed over`() throws {
        let found = try captions(
            script(
                #"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\an7\b1\fad(100,200)}B{\b0\i1\t(0,500,\b1\c&HFF&)}I{\u1}{\i0}U{\r}plain {\c&H00CCFF&}gold{\1c}x{a comment}{\b700}heavy"#,
                #"Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,{\pos(320,120)}{\an5\clip(0,0,10,10)}there"#,
                #"Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\a6}old {\p1}m 0 0 l 10 10{\p0}drawing"#,
                #"Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\p1}m 0 0 l 10 10"#,
                #"Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,braces \{ and \} and {\b1 open"#),
            "a.ass")
        #expect(found.cues.count == 4 && found.warnings == [])
        #expect(
            found.cues[0].runs == [
                CaptionRun("B", isBold: true), CaptionRun("I", isItalic: true), CaptionRun("U", isUnderlined: true),
                CaptionRun("plain "), CaptionRun("gold", color: Color(red: 255, green: 204, blue: 0)), CaptionRun("x"),
                CaptionRun("heavy", isBold: true),
            ])
        #expect(found.cues[0].placement == CaptionPlacement(line: .row(0), alignment: .left))
        #expect(
            found.cues[1].placement
                == CaptionPlacement(line: .percent(25), lineEdge: .center, position: 50, positionEdge: .center))
        #expect(found.cues[2].placement == CaptionPlacement(line: .row(0)) && found.cues[2].text == "old drawing")
        #expect(found.cues[3].text == #"braces { and } and {\b1 open"#)
    }

    @Test func `syllables become words`() throws {
        let found = try captions(
            script(
                #"Dialogue: 0,0:00:01.00,0:00:05.00,Default,,0,0,0,,{\k50}Ne{\kf25}ver {\K25\b1}gon{\ko50}na {\k100}{\k10}give"#,
                #"Dialogue: 0,0:00:06.00,0:00:08.00,Default,,0,0,0,,{\k50}a {\kt100\k50}b"#),
            "a.ass")
        #expect(found.cues[0].text == "Never gonna give" && found.cues[0].hasWords)
        #expect(
            found.cues[0].wordLines == [
                "1000-1500 Ne", "1500-1750 ver", "1750-2000  gon", "2000-2500 na", "3500-3600  give",
            ])
        #expect(found.cues[1].wordLines == ["6000-7000 a", "7000-7500  b"])
    }

    @Test func `SSA and scripts without formats are read`() throws {
        let found = try captions(
            """
            [Script Info]
            ScriptType: v4.00
            [V4 Styles]
            Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, BackColour, Bold, Italic, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, AlphaLevel, Encoding
            Style: Top,Arial,20,65535,65535,65535,-2147483640,-1,0,1,3,0,6,30,30,30,0,0
            [Fonts]
            fontname: a.ttf
            Dialogue: this is no event
            [Events]
            Dialogue: Marked=0,0:00:01.00,0:00:02.00,Top,NTP,0000,0000,0000,!Effect,Hello
            """, "a.ssa")
        #expect(found.lines == ["1000-2000 Hello"])
        #expect(found.cues[0].placement == CaptionPlacement(line: .row(0)))
        #expect(found.cues[0].style == "Top" && found.cues[0].speaker == "NTP")
    }

    @Test func `small n breaks lines only where the script says so`() throws {
        let event = #"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,a\nb"#
        #expect(try captions(script(event), "a.ass").cues[0].text == "a b")
        #expect(try captions(script(event, info: "WrapStyle: 2"), "a.ass").cues[0].text == "a\nb")
    }

    @Test(arguments: [
        (
            "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0",
            "line 2, column 1: this line has 6 of the 10 fields that the events' format names; write them all, separated by commas"
        ),
        (
            "[Events]\nDialogue: 0,0:00:01.00,later,Default,,0,0,0,,x",
            "line 2, column 24: \"later\" is no time; write hours, minutes and seconds, as in 00:00:02,500"
        ),
        (
            "[Events]\nFormat: Start, Text, End\nDialogue: 0:00:01.00,x,0:00:02.00",
            "line 3, column 1: the events' format has to name Start and End, and Text as the last field"
        ),
    ])
    func `broken events are refused with line and column`(text: String, message: String) {
        #expect(refusal(text, "a.ass") == message)
    }

    @Test func `what is written is a script with its styles, and a comma in a name becomes a semicolon`() throws {
        var cue = Captions.Cue(
            start: .milliseconds(1004), end: .milliseconds(2006), text: "a,b", speaker: "Doe,\u{301} Jane")
        cue.style = "Sign"
        let written = Captions(cues: [cue]).written(as: .ass)
        #expect(written.hasPrefix("[Script Info]\nScriptType: v4.00+\n"))
        #expect(written.contains("\nStyle: Default,") && written.contains("\nStyle: Sign,"))
        #expect(written.hasSuffix("\nDialogue: 0,0:00:01.00,0:00:02.01,Sign,Doe;\u{301} Jane,0,0,0,,a,b\n"))
    }
}
