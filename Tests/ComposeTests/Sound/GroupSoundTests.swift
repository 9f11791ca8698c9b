// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Clips with sounds inside of them play into buses of their own.
struct GroupSoundTests {
    private static let size = PixelSize(width: 16, height: 16)

    /// Runs `body` with a folder of half a second of a voice after a second, of a tone, and of a constant level.
    private func withFiles(_ body: (String) throws -> Void) throws {
        let voice = (0..<144_000).map { (48_000..<72_000).contains($0) ? Float(MixTests.sine(at: $0)) : 0 }
        try FloatFile.withFile(voice) { folder in
            for (name, samples) in [
                ("tone", (0..<144_000).map { Float(MixTests.sine(at: $0)) }),
                ("level", [Float](repeating: 0.25, count: 144_000)),
            ] {
                try FloatFile.wave(samples).write(to: URL(fileURLWithPath: "\(folder)/\(name).wav"))
            }
            try body(folder)
        }
    }

    private func mixed(_ edit: Edit, in folder: String) throws -> [Float] {
        let plan = try edit.makePlan(in: folder)
        return try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
    }

    private func edit(inGroup: Bool, _ track: Track, beside: Track? = nil) -> Edit {
        Edit(size: Self.size, frameRate: 30) {
            Track("voice") { AudioClip("sound.wav") }
            if inGroup {
                Track { GroupClip(duration: .seconds(3), tracks: [track] + (beside.map { [$0] } ?? [])) }
            } else {
                track
                if let beside { beside }
            }
        }
    }

    @Test func `a track inside of a clip has effects, as one of the timeline has`() throws {
        try withFiles { folder in
            let track = Track { AudioClip("tone.wav").starting(at: .milliseconds(400)) }
                .effects(.highPass(PassFilter(frequency: 3000)), .compressor(Compressor(threshold: -30)))
            let plain = try mixed(edit(inGroup: false, Track { AudioClip("tone.wav") }), in: folder)
            let outside = try mixed(edit(inGroup: false, track), in: folder)
            #expect(outside != plain)
            // The group ends earlier, with a ramp.
            let samples = 2 * 140_000
            #expect(try mixed(edit(inGroup: true, track), in: folder).prefix(samples) == outside.prefix(samples))
        }
    }

    @Test(arguments: [false, true], ["voice", "near"])
    func `a track and a clip inside of a clip are ducked under a track beside or around them`(
        onClip: Bool, under: String
    ) throws {
        try withFiles { folder in
            let duck = Duck(under: under, by: -20)
            let track = Track { AudioClip("level.wav").ducked(onClip ? duck : nil) }.ducked(onClip ? nil : duck)
            let near = Track("near") { AudioClip("sound.wav").starting(at: .milliseconds(700)) }
            let outside = try mixed(edit(inGroup: false, track, beside: near), in: folder)
            let inside = try mixed(edit(inGroup: true, track, beside: near), in: folder)
            #expect(zip(inside, outside).allSatisfy { abs($0 - $1) < 1e-6 })
            let place = (under == "voice" ? 60_000 : 94_000) * 2
            let voices = try mixed(
                edit(inGroup: false, Track { ColorClip(.white, duration: .seconds(3)) }, beside: near), in: folder)
            #expect(abs(inside[place] - voices[place] - 0.025) < 1e-4, "\(inside[place] - voices[place])")
        }
    }

    @Test func `a transition between groups fades their sound at equal power, and what rings on ends with the group`()
        throws
    {
        try withFiles { folder in
            func group(_ effects: [SoundEffect] = []) -> GroupClip {
                GroupClip(
                    duration: .seconds(2),
                    tracks: [
                        Track { ColorClip(.white, duration: .seconds(2)) },
                        changed(Track { changed(AudioClip("level.wav", duration: .seconds(2))) { $0.declick = false } })
                        { $0.effects = effects },
                    ])
            }
            func edit(_ effects: [SoundEffect] = []) -> Edit {
                Edit(size: Self.size, frameRate: 30) {
                    Track {
                        group(effects)
                        Transition(.fade, .seconds(1))
                        group(effects)
                    }
                }
            }
            let samples = try mixed(edit(), in: folder)
            #expect(samples.count == 3 * 48_000 * 2)
            for index in [0, 47_999, 48_000, 60_000, 72_000, 95_000, 96_000, 143_999] {
                let place = min(max(Double(index - 48_000) / 48_000, 0), 1) * .pi / 2
                let right = 0.25 * (cos(place) + sin(place))
                #expect(abs(Double(samples[index * 2]) - right) < 1e-4, "\(index): \(samples[index * 2]), \(right)")
            }
            // The echo of the first group's end is not heard over the second one.
            let ringing = try mixed(edit([.reverb(Reverb(decay: .seconds(2), level: 0))]), in: folder)
            let plan = try edit([.reverb(Reverb(decay: .seconds(2), level: 0))]).makePlan(in: folder)
            let second = changed(plan.audio) { audio in
                for (index, bus) in audio.buses.enumerated() where bus.path.hasPrefix("tracks[0].clips[0]") {
                    audio.mute(index)
                }
            }
            let alone = try AudioMixer(second, path: plan.path).samples(0..<plan.sampleCount)
            #expect(ringing[(96_000 * 2)...] == alone[(96_000 * 2)...])
            #expect(ringing[(48_000 * 2)...] != alone[(48_000 * 2)...])
        }
    }

    @Test func `samples are the same however a timeline with buses inside of buses is cut`() throws {
        try withFiles { folder in
            let inner = Track("inner") { AudioClip("tone.wav") }
                .effects(.compressor(Compressor(threshold: -30))).ducked(Duck(under: "voice", by: -9))
            let group = GroupClip(duration: .milliseconds(2500), tracks: [inner, Track { AudioClip("level.wav") }])
            let edit = Edit(size: Self.size, frameRate: 30) {
                Track("voice") { AudioClip("sound.wav") }
                Track {
                    ColorClip(.black, duration: .seconds(1))
                    Transition(.fade, .milliseconds(500))
                    group
                }.effects(.lowPass(PassFilter(frequency: 900)))
            }
            let plan = try edit.makePlan(in: folder)
            #expect(plan.audio.buses.map(\.into) == [nil, nil, 1, 2])
            #expect(
                plan.audio.buses.map(\.path) == [
                    "tracks[0]", "tracks[1]", "tracks[1].clips[2]", "tracks[1].clips[2].tracks[0]",
                ])
            let whole = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            let mixer = AudioMixer(plan.audio, path: plan.path)
            for range in [90_000..<91_234, 91_234..<130_000, 3..<7, 20_000..<60_001, 59_000..<144_000] {
                #expect(
                    try mixer.samples(range) == Array(whole[range.lowerBound * 2..<range.upperBound * 2]), "\(range)")
            }
        }
    }

    @Test func `a track of the output has what plays into its tracks, and a stem too`() throws {
        try withFiles { folder in
            var edit = edit(inGroup: true, Track("inner") { AudioClip("level.wav") })
            edit.timeline.tracks[1].id = "music"
            edit.output = Output(format: .mp4)
            edit.output.audio.tracks = [SoundTrack(["music"]), SoundTrack(["voice"])]
            edit.output.audio.stems = true
            let plan = try edit.makePlan(in: folder)
            #expect(plan.audio.buses.count == 3)
            let tracks = plan.soundTracks
            #expect(tracks.map(\.name) == [nil, nil, "voice", "music"])
            for (track, expected) in zip(tracks, [Float(0.25), 0, 0, 0.25]) {
                let samples = try AudioMixer(track.audio, path: plan.path).samples(1000..<1001)
                #expect(samples == [expected, expected])
            }
        }
    }

    @Test func `what is inside changes the keys of the sound, and what is far from it does not`() async throws {
        func keys(_ change: (inout Edit) -> Void) async throws -> [String] {
            let group = GroupClip(
                duration: .seconds(4),
                tracks: [
                    Track("inner") { AudioClip("inputs/tone.wav").looping() }.effects(
                        .lowPass(PassFilter(frequency: 900)))
                ])
            var edit = Edit(size: Self.size, frameRate: 30) {
                Track("voice") { AudioClip("inputs/tone.wav", duration: .seconds(90)).looping() }
                Track {
                    ColorClip(.black, duration: .seconds(1))
                    Transition(.fade, .milliseconds(500))
                    group
                    ColorClip(.black, duration: .seconds(80))
                }
            }
            edit.output = Output(format: .m4a)
            change(&edit)
            return try await Renderer().soundKeys(of: try await edit.plan(in: Fixtures.folder))
        }
        func inside(_ edit: inout Edit, _ change: (inout GroupClip) -> Void) {
            guard case .group(var group) = edit.timeline.tracks[1].clips[2] else { return }
            change(&group)
            edit.timeline.tracks[1].clips[2] = .group(group)
        }
        let plain = try await keys { _ in }
        #expect(Set(plain).count == plain.count && plain.count > 3)
        let changes: [(inout Edit) -> Void] = [
            { edit in inside(&edit) { $0.tracks[0].effects = [] } },
            { edit in inside(&edit) { $0.tracks[0].effects = [.lowPass(PassFilter(frequency: 901))] } },
            { edit in inside(&edit) { $0.tracks[0].duck = Duck(under: "voice") } },
            { edit in edit.timeline.tracks[1].clips[1] = .transition(Transition(.fade, .milliseconds(400))) },
            { edit in edit.timeline.tracks[1].clips[1] = .gap(Gap(.milliseconds(1))) },
        ]
        for (index, change) in changes.enumerated() {
            let other = try await keys(change)
            #expect(other[0] != plain[0], "\(index)")
            #expect(other.last == plain.last, "\(index)")
        }
    }
}
