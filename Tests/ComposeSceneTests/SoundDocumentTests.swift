// SPDX-License-Identifier: Apache-2.0

import ComposeScene
import Foundation
import Testing

/// How clips sound, in documents.
struct SoundDocumentTests {
    private func edit(_ clip: String) -> Data {
        Data(
            #"{"version": 1, "timeline": {"size": {"width": 16, "height": 16}, "tracks": [{"clips": [\#(clip)]}]}}"#
                .utf8)
    }

    private func problems(_ clip: String) -> [String] {
        do throws(ComposeError) {
            return try Edit(json: edit(clip)).valueProblems(for: nil).map(\.description)
        } catch {
            return error.problems.map(\.description)
        }
    }

    private func audio(_ fields: String) -> String { #"{"type": "audio", "src": "a.wav", "duration": 2, \#(fields)}"# }

    @Test func `all that a sound has survives a round trip`() throws {
        let clip = VideoClip("a.mp4", duration: .seconds(4)).volume(0.5).pan(.keyframes([Keyframe(.zero, -1)]))
            .fadeIn(.seconds(1)).fadeCurve(.sCurve).speed(2).pitch(kept: true)
            .audioOffset(start: .milliseconds(-500), end: .milliseconds(250))
        var other = AudioClip("b.wav", duration: .seconds(9)).looping(crossfade: .milliseconds(50)).speed(0.5)
            .fadeCurve(.logarithmic).pan(0.25)
        other.declick = false
        let edit = Edit(size: .hd720) {
            Track { clip }
            Track { other }
        }
        #expect(try Edit(json: edit.json()) == edit)
    }

    @Test func `gains may be decibels`() throws {
        for (text, gain) in [
            ("-6 dB", 0.501187), ("+6dB", 1.995262), ("0 dB", 1), ("-0.5 dB", 0.944061), ("40 dB", 100),
        ] {
            let edit = try Edit(json: edit(audio(#""volume": "\#(text)""#)))
            guard case .audio(let clip) = edit.timeline.tracks[0].clips[0], case .constant(let value) = clip.volume
            else {
                Issue.record("no volume of \(text)")
                continue
            }
            #expect(abs(value - gain) < 1e-6)
        }
        let keyed = try Edit(json: edit(audio(#""volume": {"keyframes": [{"time": 0, "value": "-20 dB"}]}"#)))
        guard case .audio(let clip) = keyed.timeline.tracks[0].clips[0] else { return }
        #expect(abs(clip.volume.value(at: .zero) - 0.1) < 1e-9)
    }

    @Test func `what cannot be is refused in words`() {
        let clip = "tracks[0].clips[0]"
        let cases = [
            (#""volume": "200 dB""#, "\(clip).volume: 200 dB is too loud; use at most 40 dB"),
            (
                #""volume": "loud""#,
                "\(clip).volume: \"loud\" is no gain; expected a number or decibels such as \"-6 dB\""
            ),
            (
                #""volume": "0x10 dB""#,
                "\(clip).volume: \"0x10 dB\" is no gain; expected a number or decibels such as \"-6 dB\""
            ),
            (#""pan": 1.5"#, "\(clip).pan: 1.5 is out of range; use -1…1"),
            (#""speed": 0.01"#, "\(clip).speed: 0.01 is out of range; use 0.05…100"),
            (
                #""speed": 100, "pitch": true"#,
                "\(clip).pitch: the pitch cannot be kept at speed 100; use a speed of 0.25…4, or false"
            ),
            (
                #""loopCrossfade": 0.1"#,
                "\(clip).loopCrossfade: there are no repeats to cross-fade between; set loop, or remove this"
            ),
            (
                #""loop": true, "source": {"start": 0, "duration": 1}, "loopCrossfade": 0.6"#,
                "\(clip).loopCrossfade: 0.6 s is more than half of the part that repeats (1 s); shorten it"
            ),
            (
                #""fadeIn": 1.5, "fadeOut": 1"#,
                "\(clip).fadeOut: the fades (1.5 s + 1 s) are longer than the clip (2 s); shorten them"
            ),
            (
                #""fadeCurve": "equalpower""#,
                "\(clip).fadeCurve: unknown fade curve \"equalpower\" (did you mean \"equalPower\"?); use one of linear, equalPower, logarithmic, sCurve"
            ),
        ]
        for (fields, message) in cases {
            #expect(problems(audio(fields)).map { $0.hasSuffix(message) } == [true], "\(problems(audio(fields)))")
        }
    }
}
