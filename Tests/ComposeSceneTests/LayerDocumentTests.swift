// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// The looks of layers, keyframes and groups in documents and as values: what is refused, and where.
struct LayerDocumentTests {
    private static let clip = "tracks[0].clips[0]"

    /// Returns the problems of a clip with some fields, without the clip's path.
    private func lines(_ fields: String) -> [String] {
        let json =
            #"{"version": 1, "timeline": {"size": {"width": 64, "height": 64}, "tracks": [{"clips": [{"type": "color", "#
            + ##""color": "#ffffff", "duration": 2, \##(fields)}]}]}}"##
        return strip(RefusedDocumentTests.lines(Data(json.utf8)))
    }

    private func lines(_ change: (inout ColorClip) -> Void) -> [String] {
        var clip = ColorClip(.white, duration: .seconds(2))
        change(&clip)
        return strip(
            Edit(timeline: Timeline(size: .hd720, tracks: [Track { clip }])).valueProblems().map(\.description))
    }

    private func strip(_ lines: [String]) -> [String] {
        lines.map { line in
            guard let range = line.range(of: Self.clip + ".") else { return line }
            return String(line[range.upperBound...])
        }
    }

    @Test func `keyframes out of order or at equal times are refused with their place`() {
        for (first, second) in [
            ("1", "0.5"), ("1", "1"), (#""50%""#, #""50%""#), (#""50%""#, #""20.5%""#),
            (#"{"fromEnd": 1}"#, #"{"fromEnd": 1}"#), (#"{"fromEnd": 1}"#, #"{"fromEnd": 1.5}"#),
        ] {
            let found = lines(
                #""rotation": {"keyframes": [{"time": \#(first), "value": 0}, {"time": \#(second), "value": 1}]}"#)
            #expect(found.count == 1, "\(first), \(second): \(found)")
            #expect(found.first?.hasPrefix("rotation.keyframes[1].time: ") == true, "\(found)")
            #expect(found.first?.contains("order keyframes by time") == true, "\(found)")
        }
        // Whether these are in order depends on the clip's length.
        #expect(lines(#""rotation": {"keyframes": [{"time": 1, "value": 0}, {"time": "50%", "value": 1}]}"#) == [])
    }

    @Test func `keyframes of the wrong kind are refused by name`() {
        for (fields, place) in [
            (#""scale": {"keyframes": []}"#, "scale"),
            (#""scale": {"keyframes": [{"time": "101%", "value": 1}]}"#, "scale.keyframes[0].time"),
            (#""scale": {"keyframes": [{"time": "-1%", "value": 1}]}"#, "scale.keyframes[0].time"),
            (#""scale": {"keyframes": [{"time": -1, "value": 1}]}"#, "scale.keyframes[0].time"),
            (#""scale": {"keyframes": [{"time": {"fromEnd": -1}, "value": 1}]}"#, "scale.keyframes[0].time.fromEnd"),
            (#""scale": {"keyframes": [{"time": 0, "value": -1}]}"#, "scale.keyframes[0].value"),
            (
                #""rotation": {"keyframes": [{"time": 0, "value": 1, "easing": "easeOutCubik"}]}"#,
                "rotation.keyframes[0].easing"
            ),
            (
                #""rotation": {"keyframes": [{"time": 0, "value": 1, "easing": {"steps": 0}}]}"#,
                "rotation.keyframes[0].easing.steps"
            ),
            (#""rotation": {"keyframes": [{"time": 0, "value": 1, "easing": {}}]}"#, "rotation.keyframes[0].easing"),
            (
                #""rotation": {"keyframes": [{"time": 0, "value": 1, "easing": {"steps": 2, "spring": {}}}]}"#,
                "rotation.keyframes[0].easing: an easing is either steps or a spring"
            ),
            (
                #""rotation": {"keyframes": [{"time": 0, "value": 1, "easing": {"spring": {"mass": 0}}}]}"#,
                "rotation.keyframes[0].easing.spring.mass"
            ),
            (#""position": {"keyframes": [{"time": 0, "value": {"x": 1, "y": 1}}], "path": "round"}"#, "position.path"),
        ] {
            let found = lines(fields)
            #expect(found.count == 1 && found[0].contains(place), "\(fields): \(found)")
        }
    }

    @Test func `values out of range are refused, and extreme ones within it are not`() {
        for (fields, place) in [
            (#""scale": -1"#, "scale"), (#""scale": 101"#, "scale"), (#""scale": {"x": -0.1, "y": 1}"#, "scale.x"),
            (#""rotation": 1000000000"#, "rotation"), (#""rotation": -360001"#, "rotation"),
            (#""cornerRadius": -1"#, "cornerRadius"), (#""cornerRadius": {"topLeft": 40000}"#, "cornerRadius.topLeft"),
            (#""border": {"width": -1}"#, "border.width"), (#""border": {"width": 1001}"#, "border.width"),
            (#""border": {}"#, "border"), (#""shadow": {"blur": 10000}"#, "shadow.blur"),
            (#""shadow": {"spread": 201}"#, "shadow.spread"), (#""shadow": {"x": 10001}"#, "shadow.x"),
            (#""crop": {"left": "60%", "right": "40%"}"#, "crop.right"), (#""crop": {"top": -1}"#, "crop.top"),
            (#""anchor": {"x": 11, "y": 0}"#, "anchor.x"), (#""opacity": 1.5"#, "opacity"),
            (#""flip": "sideways""#, "flip"), (#""blend": "burn""#, "blend"),
            (#""enter": {"name": "popp"}"#, "enter.name"),
            (#""enter": {"name": "pop", "duration": 0}"#, "enter.duration"),
            (#""exit": {"name": "pop", "delay": -1}"#, "exit.delay"),
        ] {
            let found = lines(fields)
            #expect(found.count == 1 && found[0].contains(place), "\(fields): \(found)")
        }
        #expect(lines(#""scale": 0, "rotation": 360000, "cornerRadius": 32768, "border": {"width": 1000}"#) == [])
        #expect(
            lines(#""size": {"width": "10000%", "height": "10000%"}, "scale": 100, "anchor": {"x": -10, "y": 10}"#)
                == [])
        #expect(lines(#""shadow": {"blur": 1000, "x": -10000, "y": 10000, "spread": -200}"#) == [])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func `no number is missing or endless`(bad: Double) {
        let keyframes: Animated<Double> = .keyframes([Keyframe(.zero, bad)])
        let length: Animated<Length> = .constant(.pixels(bad))
        let percent: Animated<Length> = .keyframes([Keyframe(.zero, .percent(bad))])
        let changes: [(String, (inout ColorClip) -> Void)] = [
            ("scale", { $0.visual.scale = .constant(Scale(bad)) }),
            ("scale.x", { $0.visual.scale = .constant(Scale(x: bad, y: 1)) }),
            ("scale.y", { $0.visual.scale = .constant(Scale(x: 1, y: bad)) }),
            ("scale.keyframes[0].value", { $0.visual.scale = .keyframes([Keyframe(.zero, Scale(bad))]) }),
            ("rotation", { $0.visual.rotation = .constant(bad) }),
            ("rotation.keyframes[0].value", { $0.visual.rotation = keyframes }),
            ("rotation.keyframes[0].time", { $0.visual.rotation = .keyframes([Keyframe(at: .percent(bad), 1)]) }),
            ("opacity", { $0.visual.opacity = .constant(bad) }), ("crop.left", { $0.visual.crop.left = length }),
            ("crop.top.keyframes[0].value", { $0.visual.crop.top = percent }),
            ("cornerRadius", { $0.visual.cornerRadius = Corners(length) }),
            ("cornerRadius.topRight", { $0.visual.cornerRadius = Corners(topRight: length) }),
            ("border.width", { $0.visual.border = Border(width: length) }),
            ("shadow.blur", { $0.visual.shadow = Shadow(blur: length) }),
            ("shadow.x", { $0.visual.shadow = Shadow(x: length) }),
            ("shadow.y", { $0.visual.shadow = Shadow(y: length) }),
            ("shadow.spread.keyframes[0].value", { $0.visual.shadow = Shadow(spread: percent) }),
            ("anchor.x", { $0.visual.anchor = Anchor(x: bad, y: 0) }),
            (
                "position.keyframes[0].value.x",
                { $0.visual.position = .keyframes([Keyframe(.zero, Position(x: .pixels(bad), y: 0))]) }
            ),
            (
                "rotation.keyframes[0].easing[1]",
                { $0.visual.rotation = .keyframes([Keyframe(.zero, 1, easing: .cubicBezier(0, bad, 1, 1))]) }
            ),
            (
                "rotation.keyframes[0].easing.spring.velocity",
                { $0.visual.rotation = .keyframes([Keyframe(.zero, 1, easing: .spring(Spring(velocity: bad)))]) }
            ),
            (
                "enter.easing.spring.stiffness",
                { $0.visual.enter = Entrance(.pop, easing: .spring(Spring(stiffness: bad))) }
            ),
        ]
        for (place, change) in changes {
            let found = lines(change)
            #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix(place) }, "\(place): \(found)")
        }
    }

    /// Returns an edit of groups within groups.
    private static func nested(_ levels: Int) -> Edit {
        var clip = ColorClip(.white, duration: .seconds(1)).clip
        for _ in 0..<levels { clip = .group(GroupClip(tracks: [Track(clips: [clip])])) }
        return Edit(timeline: Timeline(size: .hd720, tracks: [Track(clips: [clip])]))
    }

    @Test func `groups are nested as deep as it is said, and not deeper`() throws {
        #expect(Self.nested(7).valueProblems() == [])
        #expect(try Edit(json: Self.nested(7).json()) == Self.nested(7))
        for levels in [8, 12] {
            let found = Self.nested(levels).valueProblems().map(\.description)
            #expect(!found.isEmpty && found[0].contains("nested in clips more than 8 deep"), "\(found)")
        }
    }

    @Test func `a thousand groups in one another are refused, in a document and as a value`() {
        let found = Self.nested(1000).valueProblems().map(\.description)
        #expect(found.count >= 1 && found[0].contains("nested in clips more than 8 deep") && found[0].utf8.count < 1000)
        let open = String(repeating: #"{"type": "group", "tracks": [{"clips": ["#, count: 1000)
        let close = String(repeating: "]}]}", count: 1000)
        let json =
            #"{"version": 1, "timeline": {"size": {"width": 64, "height": 64}, "tracks": [{"clips": [\#(open)\#(close)]}]}}"#
        let lines = RefusedDocumentTests.lines(Data(json.utf8))
        #expect(lines.count == 1 && lines[0].contains("nested more than"), "\(lines.first ?? "")")
    }

    @Test func `a group without length, without tracks or with bad clips says so at its place`() {
        func lines(_ group: GroupClip) -> [String] {
            Edit(timeline: Timeline(size: .hd720, tracks: [Track { group }])).valueProblems().map(\.description)
        }
        let endless = lines(GroupClip { Track { ColorClip(.white) } })
        #expect(endless.count == 1 && endless[0].hasPrefix("tracks[0].clips[0].tracks: the group has no length"))
        #expect(!lines(GroupClip(tracks: [])).isEmpty)
        #expect(lines(GroupClip(duration: .seconds(1)) { Track { ColorClip(.white) } }) == [])
        let inner = lines(GroupClip { Track { ColorClip(.white, duration: .seconds(1)).rotation(.constant(.nan)) } })
        #expect(inner.count == 1 && inner[0].hasPrefix("tracks[0].clips[0].tracks[0].clips[0].rotation: "), "\(inner)")
    }
}
