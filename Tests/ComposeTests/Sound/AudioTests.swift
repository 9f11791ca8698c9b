// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

struct AudioTests {
    /// Returns the mixed audio of an edit before it is encoded, as interleaved stereo.
    private func mixed(_ edit: Edit, block: Int = 1024) throws -> [Float] {
        let plan = try edit.makePlan(in: Fixtures.folder)
        let mixer = AudioMixer(plan.audio, path: plan.path)
        var samples: [Float] = []
        while mixer.position < plan.sampleCount {
            let (part, count) = try mixer.next(block)
            samples += part[0..<count * 2]
        }
        return samples
    }

    private func edit(seconds: Int = 3, @ClipBuilder _ clips: () -> [Clip]) -> Edit {
        Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
            Track { ColorClip(.black, duration: .seconds(seconds)) }
            Track(clips: clips)
        }
    }

    private func left(_ samples: [Float], _ position: Int) -> Float { samples[position * 2] }
    private func right(_ samples: [Float], _ position: Int) -> Float { samples[position * 2 + 1] }

    @Test func `sounds play into the bus of their track, and buses keep the track's name`() throws {
        let plan = try Edit(size: PixelSize(width: 16, height: 16)) {
            Track { ColorClip(.white, duration: .seconds(3)) }
            Track("voice") {
                AudioClip("inputs/tone.wav", duration: .milliseconds(300))
                AudioClip("inputs/tone44.wav", duration: .milliseconds(300))
            }
            Track { AudioClip("inputs/tone.wav").looping() }
        }.makePlan(in: Fixtures.folder)
        #expect(plan.audio.buses.map(\.path) == ["tracks[1]", "tracks[2]"])
        #expect(plan.audio.buses.map(\.id) == ["voice", nil])
        #expect(
            plan.audio.buses.map { $0.sounds.map(\.path) } == [
                ["tracks[1].clips[0]", "tracks[1].clips[1]"], ["tracks[2].clips[0]"],
            ])
        // The master is the sum of its buses.
        func mixed(_ buses: [AudioPlan.Bus]) throws -> [Float] {
            let mixer = AudioMixer(AudioPlan(buses: buses, sampleCount: 48_000), path: plan.path)
            return try mixer.next(48_000).samples
        }
        let (voice, music) = (try mixed([plan.audio.buses[0]]), try mixed([plan.audio.buses[1]]))
        #expect(voice.contains { $0 != 0 } && music.contains { $0 != 0 })
        #expect(try mixed(plan.audio.buses) == zip(voice, music).map(+))
    }

    @Test func `a sound begins at its exact sample, equally loud on both sides`() throws {
        let samples = try mixed(edit { AudioClip("inputs/click.wav").starting(at: .milliseconds(500)) })
        #expect(samples.count == 3 * 48_000 * 2)
        let clicks = stride(from: 0, to: samples.count, by: 2).filter { abs(samples[$0]) > 0.1 }.map { $0 / 2 }
        #expect(clicks == [24_000, 48_000, 24_000 + 47_999])
        for click in clicks {
            #expect(abs(left(samples, click) - 0.5) < 0.001 && left(samples, click) == right(samples, click))
        }
    }

    @Test func `a loop joins at the exact sample`() throws {
        let samples = try mixed(edit { AudioClip("inputs/click.wav").looping() })
        let clicks = stride(from: 0, to: samples.count, by: 2).filter { abs(samples[$0]) > 0.1 }.map { $0 / 2 }
        #expect(clicks == [0, 24_000, 47_999, 48_000, 72_000, 95_999, 96_000, 120_000, 143_999])
    }

    @Test func `a trimmed part is exact, also when looped`() throws {
        let samples = try mixed(
            edit {
                AudioClip("inputs/click.wav").trimmed(from: .milliseconds(400), duration: .milliseconds(200)).looping()
            }
        )
        let clicks = stride(from: 0, to: samples.count, by: 2).filter { abs(samples[$0]) > 0.1 }.map { $0 / 2 }
        #expect(clicks == (0..<15).map { 4800 + 9600 * $0 })
    }

    @Test func `the mix does not depend on how it is cut into blocks`() throws {
        let edit = edit {
            AudioClip("inputs/tone.wav").volume(.keyframes([Keyframe(.zero, 1), Keyframe(.seconds(1), 0.25)]))
                .fadeIn(.milliseconds(333))
        }
        let (whole, odd) = (try mixed(edit, block: 1024), try mixed(edit, block: 777))
        #expect(whole.count == odd.count && zip(whole, odd).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `sounds add up as they are`() throws {
        let one = try mixed(edit { AudioClip("inputs/tone.wav") })
        let two = try mixed(
            Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
                Track { ColorClip(.black, duration: .seconds(3)) }
                Track { AudioClip("inputs/tone.wav") }
                Track { AudioClip("inputs/tone.wav").volume(0.5) }
            })
        #expect(zip(one, two).allSatisfy { abs($0 * 1.5 - $1) < 1e-5 })
    }

    @Test func `fades are straight ramps from and to silence`() throws {
        let samples = try mixed(
            edit(seconds: 2) { AudioClip("inputs/tone.wav").fadeIn(.milliseconds(500)).fadeOut(.seconds(1)) })
        func loudness(_ from: Int) -> Float { samples[(from * 2)..<((from + 480) * 2)].map(abs).max() ?? 0 }
        let full: Float = 0.2512  // −12 dBFS
        #expect(abs(loudness(12_000 - 240) - full / 2) < 0.01)
        #expect(abs(loudness(30_000) - full) < 0.005)
        #expect(abs(loudness(72_000 - 240) - full / 2) < 0.01)
        #expect(loudness(96_000 - 480) < 0.004)
    }

    @Test func `a cross-fade keeps the power of two unlike sounds`() throws {
        let samples = try mixed(
            edit(seconds: 3) {
                AudioClip("inputs/tone.wav")
                Transition(.fade, .seconds(1))
                AudioClip("inputs/tone44.wav", duration: .seconds(1))
            })
        let middle = samples[(72_000 * 2)..<(72_480 * 2)]
        #expect((middle.map(abs).max() ?? 0) > 0.2)
    }

    @Test func `other sample rates and channel counts are brought to 48 kHz stereo`() throws {
        let samples = try mixed(edit { AudioClip("inputs/tone44.wav") })
        let last = samples.indices.last { abs(samples[$0]) > 0.001 } ?? 0
        #expect(abs(last / 2 - 48_000) < 100)
        #expect(stride(from: 0, to: samples.count, by: 2).allSatisfy { samples[$0] == samples[$0 + 1] })
    }

    @Test func `sound that is encoded is heard at the same place by another decoder`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var edit = edit { AudioClip("inputs/click.wav").starting(at: .seconds(1)) }
            edit.output.audio.bitrate = 256_000
            _ = try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/out.mp4").result
            let heard = try decodedSound(folder + "/out.mp4")
            let loudest = stride(from: 0, to: 60_000 * 2, by: 2).max { abs(heard[$0]) < abs(heard[$1]) } ?? 0
            #expect(abs(loudest / 2 - 48_000) <= 1)
        }
    }

    @Test func `a sound without a duration lasts as long as its file`() throws {
        let edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
            Track { AudioClip("inputs/tone.wav") }
        }
        #expect(try edit.makePlan(in: Fixtures.folder).frameCount == 60)
    }

    @Test(arguments: [333, 501, 1001, 1234, 1999])
    func `a sound that ends within a stretch of gain is a sound to its last sample`(_ milliseconds: Int) throws {
        let samples = try mixed(
            edit {
                AudioClip("inputs/tone.wav", duration: .milliseconds(milliseconds))
                Transition(.fade, .milliseconds(100))
                AudioClip("inputs/tone.wav", duration: .milliseconds(501)).fadeOut(.milliseconds(33))
            })
        #expect(samples.allSatisfy { $0.isFinite && abs($0) <= 1 })
    }

    @Test func `a loop of one sample is mixed as quickly as any`() throws {
        let samples = try mixed(
            edit { AudioClip("inputs/click.wav").trimmed(from: .zero, duration: .microseconds(21)).looping() })
        // The end is a cut, with its ramp.
        #expect(samples.dropLast(2 * 96).allSatisfy { abs($0 - 0.5) < 0.001 })
    }
}
