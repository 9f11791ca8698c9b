// SPDX-License-Identifier: Apache-2.0

import ComposeScene
import Foundation
import Testing

/// Ducking, effects and loudness in documents.
struct DuckDocumentTests {
    private func problems(_ timeline: String) -> [String] {
        let json = #"{"version": 1, "timeline": {"size": {"width": 16, "height": 16}, \#(timeline)}}"#
        do throws(ComposeError) {
            return try Edit(json: Data(json.utf8)).valueProblems(for: nil).map(\.description)
        } catch {
            return error.problems.map(\.description)
        }
    }

    private let voice = #"{"id": "voice", "clips": [{"type": "audio", "src": "a.wav", "duration": 2}]}"#

    private func music(_ duck: String, _ fields: String = "") -> String {
        #"{"id": "music", "clips": [{"type": "audio", "src": "b.wav", "duration": 2}], "duck": {\#(duck)}\#(fields)}"#
    }

    @Test func `ducking, effects and loudness survive a round trip`() throws {
        var edit = Edit(size: .hd720) {
            Track("voice") {
                AudioClip("a.wav").effects(
                    .highPass(PassFilter(frequency: 80, slope: 6)), .gate(Gate()),
                    .noiseReduction(NoiseReduction(amount: 9)), .reverb(Reverb(decay: .seconds(2), level: -20)))
            }
            Track("music") { AudioClip("b.wav").ducked(Duck(under: "voice", by: -9)) }
                .effects(
                    .equalizer(EqualizerBand(frequency: 3000, gain: -3, q: 2, shape: .highShelf)),
                    .lowPass(PassFilter(frequency: 9000)), .compressor(Compressor(threshold: -18, ratio: 2, makeup: 3))
                )
                .ducked(Duck(under: "voice"))
        }
        for loudness in [Loudness.none, .streaming, .podcast, .broadcast, Loudness(target: -18.5, truePeak: -2)] {
            edit.timeline.loudness = loudness
            edit.timeline.effects = [.highPass(PassFilter(frequency: 20))]
            #expect(try Edit(json: edit.json()) == edit)
        }
        edit.timeline.loudness = .podcast
        #expect(try String(decoding: edit.json(), as: UTF8.self).contains("\"podcast\""))
    }

    @Test func `tracks inside of a clip are ducked and have effects, and find tracks beside them before those around`()
    {
        func inside(_ track: String, _ others: String..., id: String = "group") -> [String] {
            let tracks = ([track] + others).joined(separator: ", ")
            return problems(
                #""tracks": [\#(voice), {"id": "\#(id)", "clips": [{"type": "group", "duration": 2, "tracks": [\#(tracks)]}]}]"#
            )
        }
        let clip = #"{"type": "audio", "src": "b.wav", "duration": 2"#
        let place = "tracks[1].clips[0].tracks[0]"
        let effects = #""effects": [{"type": "highPass", "frequency": 80}]"#
        #expect(inside(#"{"clips": [\#(clip), \#(effects)}]}"#) == [])
        #expect(inside(#"{"clips": [\#(clip)}], \#(effects)}"#) == [])
        func ducked(_ under: String) -> (clip: String, track: String) {
            (
                #"{"id": "inner", "clips": [\#(clip), "duck": {"under": "\#(under)"}}]}"#,
                #"{"id": "inner", "clips": [\#(clip)}], "duck": {"under": "\#(under)"}}"#
            )
        }
        #expect(inside(ducked("voice").clip) == [])
        #expect(inside(ducked("voice").track) == [])
        let silent = #"{"id": "voice", "clips": [{"type": "image", "src": "a.png", "duration": 1}]}"#
        #expect(inside(ducked("voice").track, silent).first?.contains("has no sound to duck under") == true)
        #expect(
            inside(ducked("inner").track) == [
                "\(place).duck.under: \"inner\" is this track itself; name another one"
            ])
        #expect(
            inside(ducked("group").clip) == [
                "\(place).clips[0].duck.under: \"group\" is a track that this one is part of; name another one"
            ])
        #expect(
            inside(ducked("vice").clip) == [
                "\(place).clips[0].duck.under: no track has the id \"vice\" (did you mean \"voice\"?); use one of voice"
            ])
        let grid = problems(
            #""tracks": [\#(voice), {"clips": [{"type": "grid", "columns": 1, "rows": 1, "duration": 2, "clips": [{"type": "video", "src": "a.mp4", "duck": {"under": "voice"}}]}]}]"#
        )
        #expect(grid == [])
    }

    @Test func `a track to duck under has to be another one with sound`() {
        func under(_ id: String, _ others: String) -> [String] {
            let track = music("\"under\": \"\(id)\"")
            return problems(#""tracks": [\#(track), \#(others)]"#)
        }
        #expect(under("voice", voice) == [])
        #expect(under("music", voice).first?.hasSuffix("\"music\" is this track itself; name another one") == true)
        #expect(
            under("vioce", voice).first?.hasSuffix(
                "no track has the id \"vioce\" (did you mean \"voice\"?); use one of voice") == true)
        #expect(under("voice", voice + ", " + voice).first?.contains("2 tracks have the id") == true)
        let silent = #"{"id": "voice", "clips": [{"type": "image", "src": "a.png", "duration": 1}]}"#
        #expect(under("voice", silent).first?.contains("has no sound to duck under") == true)
        #expect(under("voice", voice).isEmpty)
    }

    @Test func `values out of their range are refused in words`() {
        for (fields, message) in [
            (#""by": 3"#, "3 is out of range; use -60…0"), (#""hold": -1"#, "-1 is out of range; use 0…10"),
            (#""lookAhead": 9"#, "9 is out of range; use 0…2"),
        ] {
            let track = music("\"under\": \"voice\", " + fields)
            let found = problems(#""tracks": [\#(track), \#(voice)]"#)
            #expect(found.count == 1 && found[0].hasSuffix(message), "\(found)")
        }
        for (effect, message) in [
            (#"{"type": "highPass"}"#, "missing"),
            (#"{"type": "highpass", "frequency": 9}"#, "did you mean \"highPass\"?"),
            (#"{"type": "lowPass", "frequency": 9}"#, "9 is out of range; use 10…20000"),
            (#"{"type": "lowPass", "frequency": 900, "slope": 9}"#, "9 is between the slopes there are; use 6 or 12"),
            (#"{"type": "compressor", "ratio": 0.5}"#, "0.5 is out of range; use 1…20"),
            (#"{"type": "gate", "range": 6}"#, "6 is out of range; use -80…0"),
        ] {
            let track = music(#""under": "voice""#, #", "effects": [\#(effect)]"#)
            let found = problems(#""tracks": [\#(track), \#(voice)]"#)
            #expect(found.count == 1 && found[0].contains(message), "\(found)")
        }
        for (value, message) in [
            (#""loud""#, "unknown loudness"), (#"{"target": -3}"#, "-3 is out of range; use -50…-5"),
            (#"{"target": -14, "truePeak": 1}"#, "1 is out of range; use -20…0"), ("{}", "missing"),
        ] {
            let found = problems(#""tracks": [\#(voice)], "loudness": \#(value)"#)
            #expect(found.count == 1 && found[0].contains(message), "\(found)")
        }
    }
}
