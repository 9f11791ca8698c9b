// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Mixed samples are those that follow from the edit by calculation.
struct MixTests {
    /// A sine of 997 Hz at half of full scale, in 32-bit floats, as a file of a number of seconds.
    static func sine(at position: Int, hertz: Double = 997) -> Double {
        0.5 * sin(2 * .pi * hertz * Double(position) / 48_000)
    }

    private func mixed(_ clip: some ClipValue, seconds: Int = 3, in folder: String) throws -> [Float] {
        let edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
            Track { ColorClip(.black, duration: .seconds(seconds)) }
            Track(clips: [clip.clip])
        }
        let plan = try edit.makePlan(in: folder)
        return try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
    }

    /// Expects every sample to be the calculated one to −90 dB of full scale.
    private func expect(
        _ samples: [Float], _ calculated: (Int) -> (left: Double, right: Double),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var worst = 0.0
        for index in 0..<samples.count / 2 {
            let wanted = calculated(index)
            worst = max(
                worst, abs(Double(samples[2 * index]) - wanted.left), abs(Double(samples[2 * index + 1]) - wanted.right)
            )
        }
        #expect(20 * log10(max(worst, 1e-12)) < -90, sourceLocation: sourceLocation)
    }

    private func withSine(_ seconds: Int = 3, _ body: (String) throws -> Void) throws {
        try FloatFile.withFile((0..<seconds * 48_000).map { Float(Self.sine(at: $0)) }, body)
    }

    @Test(arguments: FadeCurve.allCases)
    func `a sine through fades is what the curve says`(_ curve: FadeCurve) throws {
        func gain(_ x: Double) -> Double {
            switch curve {
            case .linear: x
            case .equalPower: sin(x * .pi / 2)
            case .logarithmic: (pow(1000, x) - 1) / 999
            case .sCurve: 0.5 - 0.5 * cos(.pi * x)
            }
        }
        try withSine { folder in
            let clip = AudioClip("sound.wav").fadeIn(.seconds(1)).fadeOut(.milliseconds(700)).fadeCurve(curve)
            expect(try mixed(clip, in: folder)) { index in
                let start = gain(min(1, Double(index) / 48_000))
                let end = gain(min(1, Double(144_000 - index) / 33_600))
                let value = Self.sine(at: index) * start * end
                return (value, value)
            }
        }
    }

    @Test func `volume and pan follow their keyframes`() throws {
        try withSine { folder in
            let clip = AudioClip("sound.wav")
                .volume(.keyframes([Keyframe(.zero, 0), Keyframe(.milliseconds(333), 1), Keyframe(.seconds(2), 0.25)]))
                .pan(.keyframes([Keyframe(.seconds(1), -1), Keyframe(.milliseconds(2500), 1, easing: .easeInOut)]))
            expect(try mixed(clip, in: folder)) { index in
                let time = Duration.seconds(index) / 48_000
                let seconds = Double(index) / 48_000
                let volume =
                    seconds < 0.333
                    ? seconds / 0.333 : seconds < 2 ? 1 - 0.75 * (seconds - 0.333) / (2 - 0.333) : 0.25
                let eased = Easing.easeInOut(min(1, max(0, (time - .seconds(1)) / .milliseconds(1500))))
                let pan = -1 + 2 * eased
                let value = Self.sine(at: index) * volume
                return (value * cos(max(0, pan) * .pi / 2), value * cos(max(0, -pan) * .pi / 2))
            }
        }
    }

    @Test func `a gain in decibels is that factor`() throws {
        let edit = try Edit(
            json: Data(
                #"{"version": 1, "timeline": {"size": {"width": 16, "height": 16}, "tracks": [{"clips": [{"type": "audio", "src": "sound.wav", "volume": "-6 dB"}]}]}}"#
                    .utf8))
        try withSine { folder in
            let plan = try edit.makePlan(in: folder)
            let samples = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            expect(samples) { index in
                let value = Self.sine(at: index) * pow(10, -6.0 / 20)
                return (value, value)
            }
        }
    }

    @Test func `a cut into a file has ramps of 2 ms, and none where the file begins, goes on or is to be left alone`()
        throws
    {
        try FloatFile.withFile([Float](repeating: 0.5, count: 3 * 48_000)) { folder in
            func mixed(_ clips: [AudioClip]) throws -> [Float] {
                let edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
                    Track { ColorClip(.black, duration: .seconds(2)) }
                    Track(clips: clips.map(\.clip))
                }
                let plan = try edit.makePlan(in: folder)
                let all = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
                return stride(from: 0, to: all.count, by: 2).map { all[$0] }
            }
            let part = AudioClip("sound.wav").trimmed(from: .milliseconds(500), duration: .seconds(1))
            let cut = try mixed([part])
            #expect(cut[0] == 0 && abs(cut[48] - 0.25) < 0.001 && cut[96] == 0.5 && cut[47_903] == 0.5)
            #expect(abs(cut[47_952] - 0.25) < 0.001 && cut[47_999] < 0.01 && cut[48_000] == 0)
            #expect(try mixed([changed(part) { $0.declick = false }])[0..<48_000].allSatisfy { $0 == 0.5 })
            let whole = AudioClip("sound.wav", duration: .seconds(1))
            #expect(try mixed([whole])[0..<47_900].allSatisfy { $0 == 0.5 })
            let split = [
                AudioClip("sound.wav", duration: .seconds(1)),
                AudioClip("sound.wav").trimmed(from: .seconds(1), duration: .seconds(1)),
            ]
            #expect(try mixed(split)[0..<95_900].allSatisfy { $0 == 0.5 })
        }
    }

    @Test func `a loop with a cross-fade is shorter by it at each repeat and keeps its power`() throws {
        var random = RepeatableRandom(7)
        let noise = (0..<48_000).map { _ in random.sample() }
        try FloatFile.withFile(noise) { folder in
            let clip = AudioClip("sound.wav", duration: .seconds(3)).looping(crossfade: .milliseconds(250))
            let samples = try mixed(clip, in: folder)
            let period = 36_000
            expect(Array(samples[0..<(2 * 143_000)])) { index in
                let (turn, rest) = (index / period, index % period)
                var value = Double(noise[rest])
                if turn > 0, rest < 12_000 {
                    let x = Double(rest) / 12_000
                    value = value * sin(x * .pi / 2) + Double(noise[period + rest]) * cos(x * .pi / 2)
                }
                return (value, value)
            }
        }
    }

    @Test(arguments: [0.5, 0.999, 1.25, 4])
    func `a sine at another speed is that of another pitch, to the sample`(_ speed: Double) throws {
        try withSine(8) { folder in
            let clip = AudioClip("sound.wav", duration: .seconds(1)).speed(.constant(speed)).pitch(kept: false)
            let samples = try mixed(clip, seconds: 1, in: folder)
            expect(Array(samples[0..<2 * 47_000]).enumerated().map { $0.offset < 200 ? 0 : $0.element }) { index in
                guard index >= 100 else { return (0, 0) }
                let value = 0.5 * sin(2 * .pi * 997 * speed * Double(index) / 48_000)
                return (value, value)
            }
        }
    }

    @Test func `an animated speed is heard, and ends where the pictures do`() throws {
        try withSine(8) { folder in
            let clip = AudioClip("sound.wav", duration: .seconds(2))
                .speed(.keyframes([Keyframe(.zero, 1), Keyframe(.seconds(2), 3)]))
            let samples = try mixed(clip, seconds: 2, in: folder)
            // The place in the file is the integral of the speed: t + t² / 2.
            var worst = 0.0
            for index in 200..<95_000 {
                let time = Double(index) / 48_000
                let wanted = 0.5 * sin(2 * .pi * 997 * (time + time * time / 2))
                worst = max(worst, abs(Double(samples[2 * index]) - wanted))
            }
            #expect(worst < 0.001)
        }
    }

    @Test(.enabled(if: TimeStretcher.isAvailable), arguments: [0.5, 1.5, 2])
    func `sound at another speed keeps its pitch and its time`(_ speed: Double) throws {
        // A tone from 1 s to 3 s of 4 s.
        let tone = (0..<4 * 48_000).map { (48_000..<144_000).contains($0) ? Float(Self.sine(at: $0)) : 0 }
        try FloatFile.withFile(tone) { folder in
            let clip = AudioClip("sound.wav").speed(.constant(speed))
            let samples = try mixed(clip, seconds: 1, in: folder)
            #expect(abs(samples.count / 2 - Int(4 * 48_000 / speed)) <= 1600)
            let heard = stride(from: 0, to: samples.count, by: 2).filter { abs(samples[$0]) > 0.1 }.map { $0 / 2 }
            #expect(abs(Double(heard.first ?? 0) - 48_000 / speed) < 2000)
            #expect(abs(Double(heard.last ?? 0) - 144_000 / speed) < 2000)
            // Crossings of zero in the middle tell the pitch.
            let middle = Int(96_000 / speed) - 12_000..<Int(96_000 / speed) + 12_000
            let crossings = middle.filter { samples[2 * $0] < 0 && samples[2 * $0 + 2] >= 0 }.count
            #expect(abs(crossings - 498) <= 1)
        }
    }

    @Test func `any cut of the timeline gives the same samples`() throws {
        var random = RepeatableRandom(3)
        let noise = (0..<4 * 48_000).map { _ in random.sample() }
        try FloatFile.withFile(noise, rate: 44_100) { folder in
            let edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
                Track {
                    AudioClip("sound.wav").trimmed(from: .milliseconds(100), duration: .seconds(2))
                        .volume(
                            .keyframes([Keyframe(.milliseconds(123), 1), Keyframe(.seconds(1), 0.1, easing: .easeOut)])
                        )
                        .pan(.keyframes([Keyframe(.zero, -0.5), Keyframe(.milliseconds(777), 0.75)]))
                    Transition(.fade, .milliseconds(500))
                    AudioClip("sound.wav").speed(1.37).pitch(kept: false).fadeOut(.milliseconds(300))
                }
                Track {
                    AudioClip("sound.wav", duration: .seconds(4)).looping(crossfade: .milliseconds(100)).volume(0.3)
                        .trimmed(from: .zero, duration: .milliseconds(900))
                    AudioClip("sound.wav", duration: .milliseconds(900))
                        .speed(.keyframes([Keyframe(.zero, 0.5), Keyframe(.milliseconds(700), 2)]))
                }
                if TimeStretcher.isAvailable { Track { AudioClip("sound.wav").speed(1.5) } }
            }
            let plan = try edit.makePlan(in: folder)
            let whole = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            let mixer = AudioMixer(plan.audio, path: plan.path)
            for _ in 0..<60 {
                let start = random.next(below: plan.sampleCount - 1)
                let count = 1 + random.next(below: min(20_000, plan.sampleCount - start))
                #expect(try mixer.samples(start..<start + count) == Array(whole[2 * start..<2 * (start + count)]))
            }
        }
    }

    @Test func `where one track ends changes no other`() throws {
        try withSine { folder in
            func mixed(_ milliseconds: Int) throws -> [Float] {
                let edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
                    Track { AudioClip("sound.wav") }
                    Track { AudioClip("sound.wav", duration: .milliseconds(milliseconds)).volume(0.25) }
                }
                let plan = try edit.makePlan(in: folder)
                return try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            }
            let (short, long) = (try mixed(500), try mixed(2500))
            #expect(short[(2 * 24_000)...].elementsEqual(try mixed(400)[(2 * 24_000)...]))
            #expect(long[0..<2 * 23_000] == short[0..<2 * 23_000])
        }
    }

    @Test func `numbers that are none, or far beyond full scale, are silence and damage`() throws {
        var samples = (0..<48_000).map { Float(Self.sine(at: $0)) }
        samples[1000] = .nan
        samples[2000] = .infinity
        samples[3000] = -1e30
        samples[4000] = 3
        try FloatFile.withFile(samples) { folder in
            let edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("sound.wav") } }
            let plan = try edit.makePlan(in: folder)
            let mixer = AudioMixer(plan.audio, path: plan.path)
            let mixed = try mixer.samples(0..<plan.sampleCount)
            #expect(mixed.allSatisfy(\.isFinite) && mixed[2 * 1000] == 0 && mixed[2 * 4000] == 3)
            #expect(mixer.summary.losses.first?.count == 3)
        }
    }
}
