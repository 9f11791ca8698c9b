// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct TextDocumentTests {
    private func problems(_ fields: String) -> [String] {
        do {
            return try Edit(json: document(clips: #"{"type": "text", "duration": 1, \#(fields)}"#)).valueProblems()
                .map(\.description)
        } catch {
            return error.problems.map(\.description)
        }
    }

    private let clip = "tracks[0].clips[0]"

    @Test func `a text survives a round trip, plain and in parts`() throws {
        var style = TextStyle(font: "Inter", size: 72, weight: 800, color: .black, align: .end, maxWidth: .percent(80))
        style.gradient = TextGradient([ColorStop(0, .white), ColorStop(1, .black)], angle: 90)
        style.stroke = TextStroke(.white, width: 3)
        style.shadows = [TextShadow(), TextShadow(.white, x: -2, y: 0.5, blur: 0)]
        style.background = TextBackground(.white, padding: 12, cornerRadius: 8, perLine: true)
        style.letterCase = .upper
        style.features = ["tnum", "ss01=2"]
        style.lineHeight = 1.2
        style.maxLines = 3
        style.overflow = .shrink
        style.verticalAlign = .bottom
        var padded = TextStyle()
        padded.background = TextBackground(.black)
        padded.background?.paddingX = 20
        let clips = [
            TextClip("Hello"),
            TextClip("it's 50% off\nC:\\new %{pts} {\\an8} </span>", duration: .seconds(2), style: style),
            TextClip(spans: [
                "plain ", TextSpan("red", SpanStyle(color: Color(red: 255, green: 0, blue: 0), weight: 900)),
                TextSpan(" boxed", SpanStyle(background: TextBackground(.black, padding: 4))),
            ]),
            TextClip(spans: [TextSpan("one", SpanStyle(color: .black))]),
            TextClip("padded", style: padded).position(x: 1, y: .percent(90), anchor: .bottom).opacity(0.5).id("t"),
        ]
        var edit = Edit(size: .hd720) { Track { for clip in clips { clip } } }
        edit.timeline.fonts = [FontFile("a.ttf"), FontFile("b.otf", family: "Brand")]
        edit.timeline.systemFonts = true
        #expect(try Edit(json: try edit.json()) == edit)
    }

    @Test(arguments: [
        (#""text": """#, "text: there is nothing to be seen of it; give the clip a text, or remove it"),
        (#""text": " \n""#, "text: there is nothing to be seen of it; give the clip a text, or remove it"),
        (#""spans": []"#, "text: missing; give the clip a text"),
        (#""style": {}"#, "text: missing; give the clip a text"),
        (
            #""text": "a", "spans": [{"text": "b"}]"#,
            "spans: a text is given by text or by spans; remove one of them"
        ),
        (#""text": "a\u0007b""#, "text: the control character U+0007 cannot be shown; remove it"),
        (#""text": "a\u0000b""#, "text: the control character U+0000 cannot be shown; remove it"),
        (#""text": "a", "style": {"size": 0}"#, "style.size: 0 is not the side of a box; use more than 0"),
        (#""text": "a", "style": {"weight": 1001}"#, "style.weight: 1001 is out of range; use 1…1000"),
        (#""text": "a", "style": {"font": " "}"#, "style.font: empty; name a family of fonts, or leave it out"),
        (
            #""text": "a", "style": {"features": ["tnum", "x"]}"#,
            #"style.features[1]: "x" is not a feature; write its tag of four letters, as in "tnum" or "ss01=2""#
        ),
        (
            #""text": "a", "style": {"features": ["a\" b"]}"#,
            #"style.features[0]: "a\" b" is not a feature; write its tag of four letters, as in "tnum" or "ss01=2""#
        ),
        (
            ##""text": "a", "style": {"background": {"color": "#fff", "padding": -1}}"##,
            "style.background.padding: -1 is out of range; use 0…1000"
        ),
        (
            ##""text": "a", "style": {"background": {"color": "#fff", "padding": {"x": 2000}}}"##,
            "style.background.padding.x: 2000 is out of range; use 0…1000"
        ),
        (
            #""spans": [{"text": "a", "style": {"size": -1}}]"#,
            "spans[0].style.size: -1 is not the side of a box; use more than 0"
        ),
        (
            #""text": "a", "style": {"colour": "red"}"#,
            #"style.colour: unknown field "colour" (did you mean "color"?)"#
        ),
    ])
    func `a text that cannot be shown is refused with its place`(fields: String, line: String) {
        #expect(problems(fields).first == "\(clip).\(line)")
    }

    @Test func `what looks like a command is only text`() throws {
        let texts = [
            "50% off", "it's", #"C:\new"#, "%{pts}", "hi,metadata=mode=print:file=x", #"{\an8}"#, "</span>",
            "\u{202E}right to left", "👨‍👩‍👧‍👦", "{{name}}", "[in]scale=1:1[out]", "$(rm)", "a\tb",
        ]
        let edit = Edit(size: .hd720) { Track { for text in texts { TextClip(text, duration: .seconds(1)) } } }
        #expect(edit.valueProblems() == [])
        #expect(try Edit(json: try edit.json()) == edit)
    }

    @Test func `half of a surrogate pair is refused where it stands`() {
        let problems = problems(#""text": "a\ud83d""#)
        #expect(problems.count == 1)
        #expect(problems[0].contains("surrogate"), "\(problems)")
    }

    @Test func `more text than can be laid out is refused`() {
        let long = String(repeating: "long ", count: 13_108)
        #expect(problems(#""text": "\#(long)""#) == ["\(clip).text: is longer than 65536 bytes; shorten it"])
        let half = String(repeating: "x", count: 40_000)
        #expect(
            problems(#""spans": [{"text": "\#(half)"}, {"text": "\#(half)"}]"#)
                == ["\(clip).spans: is longer than 65536 bytes in all; shorten it"])
    }

    @Test func `a span takes what it does not say from the text around it`() {
        let outer = CharacterStyle(font: "A", size: 10, weight: 300, color: .black)
        let inner = CharacterStyle(size: 20, italic: true).inheriting(outer)
        #expect(inner.font == "A" && inner.size == 20 && inner.weight == 300 && inner.italic == true)
        var golden = outer
        golden.gradient = TextGradient([ColorStop(0, .white), ColorStop(1, .black)])
        #expect(CharacterStyle(color: .white).inheriting(golden).gradient == nil)
        #expect(CharacterStyle(size: 5).inheriting(golden).gradient != nil)
    }

    @Test func `fonts are files of the edit`() throws {
        var edit = Edit(size: .hd720) { Track { TextClip("a", duration: .seconds(1)) } }
        edit.timeline.fonts = [FontFile("fonts/a.ttf", family: "Brand")]
        #expect(edit.media == [MediaReference(path: "fonts[0].src", src: "fonts/a.ttf", use: .font)])
        #expect(edit.mapMedia { "other/" + $0.src }.timeline.fonts == [FontFile("other/fonts/a.ttf", family: "Brand")])
    }
}
