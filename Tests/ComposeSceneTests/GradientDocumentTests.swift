// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct GradientDocumentTests {
    private func problems(_ fields: String) -> [String] {
        do {
            return try Edit(json: document(clips: #"{"type": "gradient", "duration": 1, \#(fields)}"#)).valueProblems()
                .map(\.description)
        } catch {
            return error.problems.map(\.description)
        }
    }

    private let clip = "tracks[0].clips[0]"

    @Test func `a gradient survives a round trip, linear and radial`() throws {
        let clips: [GradientClip] = [
            GradientClip([Color.black, .white, .black]),
            GradientClip(
                [.init(0.25, .white), .init(0.25, .black)], shape: .linear(angle: -45.5), duration: .seconds(2)),
            GradientClip([Color.black, .white], shape: .radial(.init())),
            GradientClip([Color.black, .white], shape: .radial(.init(x: 0, y: 1, radius: .percent(75)))),
            GradientClip([Color.black, .white]).position(x: 1, y: 2).opacity(0.5).id("sky"),
        ]
        let edit = Edit(size: .hd720) { Track { for clip in clips { clip } } }
        #expect(try Edit(json: try edit.json()) == edit)
    }

    @Test(arguments: [
        (#""stops": []"#, "stops: a gradient has 2…16 stops, and there are 0"),
        (##""stops": [{"at": 0, "color": "#fff"}]"##, "stops: a gradient has 2…16 stops, and there is 1"),
        (
            ##""stops": [{"at": 1, "color": "#fff"}, {"at": 0, "color": "#fff"}]"##,
            "stops[1].at: 0 is before the stop before it (1); order stops by their place"
        ),
        (
            ##""stops": [{"at": -0.5, "color": "#fff"}, {"at": 1.5, "color": "#fff"}]"##,
            "stops[0].at: -0.5 is out of range; use 0…1"
        ),
        (
            ##""stops": [{"at": 0, "color": "#fff"}, {"at": 1, "color": "#fff"}], "angle": 361"##,
            "angle: 361 is out of range; use -360…360"
        ),
        (
            ##""stops": [{"at": 0, "color": "#fff"}, {"at": 1, "color": "#fff"}], "angle": 3, "radial": {}"##,
            "angle: a radial gradient has no angle; remove angle or radial"
        ),
        (
            ##""stops": [{"at": 0, "color": "#fff"}, {"at": 1, "color": "#fff"}], "radial": {"radius": 0}"##,
            "radial.radius: 0 is not a radius; use more than 0"
        ),
        (
            ##""stops": [{"at": 0, "color": "#fff"}, {"at": 1, "color": "white"}]"##,
            ##"stops[1].color: expected a colour such as "#ffcc00" or, with opacity, "#ffcc0080", found a string: "white""##
        ),
        (#""angle": 3"#, "stops: missing; expected an array of stops"),
    ])
    func `a gradient that is none is refused with its place`(fields: String, line: String) {
        #expect(problems(fields).first == "\(clip).\(line)")
    }

    @Test func `more than sixteen stops are refused`() {
        let stops = (0...16).map { ##"{"at": \##(Double($0) / 16), "color": "#fff"}"## }.joined(separator: ", ")
        #expect(problems(#""stops": [\#(stops)]"#) == ["\(clip).stops: a gradient has 2…16 stops, and there are 17"])
    }
}
