// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Returns the problems of an edit document; empty if it can be read.
func documentProblems(_ text: String) -> [String] {
    do {
        _ = try Edit(json: text)
        return []
    } catch {
        #expect(error.code == .invalidEdit)
        return error.problems.map(\.description)
    }
}

/// Returns a document with the given clips on one track.
func document(clips: String) -> String {
    """
    {"version": 1, "timeline": {"size": {"width": 320, "height": 240}, "tracks": [{"clips": [\(clips)]}]}}
    """
}

@Suite struct DocumentStrictTests {
    let clip = "tracks[0].clips[0]"

    func problems(clip: String) -> [String] { documentProblems(document(clips: clip)) }

    @Test func `a misspelt field is refused with the nearest known name`() {
        #expect(
            problems(clip: #"{"type": "gap", "duration": 1, "metdata": 1}"#)
                == [#"tracks[0].clips[0].metdata: unknown field "metdata" (did you mean "metadata"?)"#])
        #expect(
            problems(clip: #"{"type": "image", "src": "a.png", "durration": 1}"#) == [
                "\(clip).duration: missing; expected a number of seconds or a fraction such as \"1001/30000\"",
                #"tracks[0].clips[0].durration: unknown field "durration" (did you mean "duration"?)"#,
            ])
    }

    @Test func `a field that is nothing like a known one is refused with a list`() {
        #expect(
            problems(clip: #"{"type": "gap", "duration": 1, "wobble": 1}"#)
                == [#"tracks[0].clips[0].wobble: unknown field "wobble"; known fields: type, duration, id, metadata"#])
    }

    @Test(arguments: [
        (
            #"{"type": "img"}"#,
            #"type: unknown clip type "img" (did you mean "image"?); use one of image, video, color, gradient, text, captions, counter, progress, group, grid, splitScreen, pictureInPicture, gap, audio, transition"#
        ),
        (
            #"{"type": "film", "src": "a"}"#,
            #"type: unknown clip type "film"; use one of image, video, color, gradient, text, captions, counter, progress, group, grid, splitScreen, pictureInPicture, gap, audio, transition"#
        ),
        (
            #"{"type": "image", "src": "a", "duration": 1, "fit": "covr"}"#,
            #"fit: unknown fit "covr" (did you mean "cover"?); use one of contain, cover, fill, none, containBlur"#
        ),
        (
            #"{"type": "image", "src": "a", "duration": 1, "anchor": "Top"}"#,
            #"anchor: unknown anchor "Top" (did you mean "top"?); use one of "#
                + "topLeft, top, topRight, left, center, right, bottomLeft, bottom, bottomRight"
        ),
    ])
    func `an unknown word is refused with the nearest and all known ones`(clip: String, line: String) {
        #expect(problems(clip: clip) == ["tracks[0].clips[0].\(line)"])
    }

    @Test func `unknown transitions and easings are refused with the nearest name`() throws {
        let lines = problems(
            clip: #"{"type": "transition", "name": "wipeLeftt", "duration": 1, "easing": "easeOutCubik"}"#)
        try #require(lines.count == 2)
        #expect(
            lines[0].hasPrefix(
                #"\#(clip).name: unknown transition "wipeLeftt" (did you mean "wipeLeft"?); use one of fade, "#
            ))
        #expect(lines[0].hasSuffix(", map"))
        #expect(
            lines[1].hasPrefix(
                #"\#(clip).easing: unknown easing "easeOutCubik" (did you mean "easeOutCubic"?); use one of linear, "#
            ))
    }

    @Test(arguments: [
        (
            #"{"type": "gap", "duration": "2s"}"#,
            #"duration: expected a number of seconds or a fraction such as "1001/30000", found a string: "2s""#
        ),
        (
            #"{"type": "gap", "duration": true}"#,
            #"duration: expected a number of seconds or a fraction such as "1001/30000", found true"#
        ),
        (
            #"{"type": "gap", "duration": "1/0"}"#,
            #"duration: "1/0" divides by zero; expected a number of seconds or a fraction such as "1001/30000""#
        ),
        (#"{"type": "gap", "duration": 1e400}"#, "duration: the number 1e400 is too large for a time in seconds"),
        (#"{"type": "gap", "duration": -1e30}"#, "duration: the number -1e30 is too large for a time in seconds"),
        (
            #"{"type": "gap", "duration": "170141183460469231731687303715884105728/1"}"#,
            "duration: \"170141183460469231731687303715884105728/1\" is too large for a time in seconds"
        ),
        (#"{"type": "gap", "duration": 1, "id": null}"#, "id: expected text, found null"),
        (
            #"{"type": "color", "color": "red"}"#,
            ##"color: expected a colour such as "#ffcc00" or, with opacity, "#ffcc0080", found a string: "red""##
        ),
        (
            ##"{"type": "color", "color": "#000", "position": {"x": "80px", "y": 1}}"##,
            #"position.x: expected a number of pixels or a percentage such as "80%", found a string: "80px""#
        ),
        (
            ##"{"type": "color", "color": "#000", "position": {"x": 1}}"##,
            #"position.y: missing; expected a number of pixels or a percentage such as "80%""#
        ),
        (
            ##"{"type": "color", "color": "#000", "size": 5}"##,
            #"size: expected {"width", "height"}, found the number 5"#
        ),
        (
            ##"{"type": "color", "color": "#000", "opacity": "1"}"##,
            #"opacity: expected a number or {"keyframes": […]}, found a string: "1""#
        ),
        (
            ##"{"type": "color", "color": "#000", "opacity": 1e999}"##,
            #"opacity: the number 1e999 is too large; expected a number or {"keyframes": […]}"#
        ),
        (
            ##"{"type": "color", "color": "#000", "opacity": {"keyframes": [{"time": 0}]}}"##,
            "opacity.keyframes[0].value: missing; expected a number"
        ),
        (
            ##"{"type": "color", "color": "#000", "opacity": {"keyframes": ["##
                + #"{"time": 0, "value": 1, "easing": [0, 1, 2]}]}}"#,
            #"opacity.keyframes[0].easing: expected an easing's name such as "easeOutCubic" "#
                + "or four numbers [x1, y1, x2, y2], found an array"
        ),
        (#"{"type": "audio", "src": "a", "loop": "yes"}"#, #"loop: expected true or false, found a string: "yes""#),
        (#"{"type": "audio", "src": 4}"#, "src: expected the path of a file, found the number 4"),
        (#"{"type": "transition", "name": "map", "duration": 1}"#, "src: missing; expected the path of a file"),
        (
            #"{"type": "transition", "name": "fade", "duration": 1, "src": "a"}"#,
            #"src: only the transition "map" has a picture; remove src from "fade""#
        ),
        (
            #"{"duration": 1}"#,
            "type: missing; expected a word: image, video, color, gradient, text, captions, counter, progress, group, grid, splitScreen, pictureInPicture, gap, audio, transition"
        ),
        (
            #"{"type": "image", "src": "a", "duration": 1, "motion": {"to": {"zom": 2}}}"#,
            #"motion.to.zom: unknown field "zom" (did you mean "zoom"?)"#
        ),
    ])
    func `a wrong value is refused with what was expected and what was found`(clip: String, line: String) {
        #expect(problems(clip: clip) == ["tracks[0].clips[0].\(line)"])
    }

    @Test func `a clip that is no object is refused`() {
        #expect(problems(clip: "5") == [#"tracks[0].clips[0]: expected a clip {"type", …}, found the number 5"#])
    }

    @Test func `a long or hostile text is cut and escaped in messages`() {
        let lines = problems(
            clip: #"{"type": "gap", "duration": 1, "\u001b[31m\nx": 1, "id": \#(String(repeating: "9", count: 500))}"#)
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.count < 200 && !$0.contains("\u{1b}") && !$0.contains("\n") })
    }

    @Test func `all problems come at once and in document order`() {
        let text = ##"""
            {
              "output": {"video": {"quality": "goood"}, "audio": {"bitrat": 1}},
              "timeline": {
                "tracks": [
                  {"clips": [{"type": "gap"}, {"type": "gap", "duration": 1}, {"type": "color", "colour": "#fff"}]},
                  {"clips": 3}
                ],
                "background": 0, "frameRate": 29.97, "size": {"width": 1.5, "height": "x"}
              },
              "variables": {}
            }
            """##
        #expect(
            documentProblems(text).map { $0.prefix { $0 != ":" } } == [
                "version", "output.video.quality", "output.audio.bitrat", "tracks[0].clips[0].duration",
                "tracks[0].clips[2].color", "tracks[0].clips[2].colour", "tracks[1].clips", "background", "frameRate",
                "size.width", "size.height", "variables",
            ])
    }

    @Test func `the frame rate is a whole number or a fraction`() throws {
        func rate(_ text: String) throws -> FrameRate {
            try Edit(
                json:
                    #"{"version": 1, "timeline": {"size": {"width": 2, "height": 2}, "#
                    + #""tracks": [], "frameRate": \#(text)}}"#
            )
            .timeline.frameRate
        }
        #expect(try rate("25") == 25)
        #expect(try rate("25.0") == 25)
        #expect(try rate(#""30000/1001""#) == .ntsc)
        #expect(try rate(#""60/2""#) == FrameRate(60, 2))
        for wrong in [
            "29.97", #""30""#, #""30/0""#, #""1/2/3""#, #""/""#, "1e400", #""99999999999999999999/1""#, "null",
        ] {
            #expect(throws: ComposeError.self) { try rate(wrong) }
        }
    }

    @Test func `a newer version is refused by its name, and nothing else is said`() {
        #expect(
            documentProblems(#"{"version": 7, "scenes": []}"#)
                == ["version: version 7 is newer than 1, the newest known here; update compose"])
    }

    @Test func `a version that never was is refused`() {
        let timeline = #""timeline": {"size": {"width": 2, "height": 2}, "tracks": []}"#
        #expect(documentProblems(#"{"version": 0, \#(timeline)}"#) == ["version: there is no version 0; write 1"])
        #expect(documentProblems("{\(timeline)}") == ["version: missing; expected the format's version, 1"])
        #expect(
            documentProblems(#"{"version": "1", \#(timeline)}"#)
                == [#"version: expected the format's version, 1, found a string: "1""#])
    }

    @Test func `plain JSONDecoder is as strict`() throws {
        let text = document(
            clips: #"{"type": "gap", "duration": "x"}, {"type": "gp"}, {"type": "gap", "duration": 1, "x": 1}"#)
        let error = try #require(throws: ComposeError.self) {
            try JSONDecoder().decode(Edit.self, from: Data(text.utf8))
        }
        #expect(error.problems.map(\.description) == documentProblems(text))
        #expect(error.problems.count == 3)
    }
}

extension DocumentStrictTests {
    @Test func `the nearest name is one slip away, not a guess`() {
        let known = ["start", "duration", "x", "y", "volume"]
        #expect(nearest("strat", among: known) == "start")
        #expect(nearest("Duration", among: known) == "duration")
        #expect(nearest("z", among: known) == nil)
        #expect(nearest("speed", among: known) == nil)
        #expect(nearest("", among: known) == nil)
        #expect(nearest(String(repeating: "a", count: 100_000), among: known) == nil)
    }
}
