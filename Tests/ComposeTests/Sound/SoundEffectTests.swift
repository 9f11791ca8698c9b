// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Effects change the tone and the dynamics as they say, and are the same however the timeline is cut.
struct SoundEffectTests {
    private static let size = PixelSize(width: 16, height: 16)

    private func mixed(_ samples: [Float], _ edit: Edit) throws -> [Double] {
        var result: [Double] = []
        try FloatFile.withFile(samples) { folder in
            let plan = try edit.makePlan(in: folder)
            let all = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            result = stride(from: 0, to: all.count, by: 2).map { Double(all[$0]) }
        }
        return result
    }

    private func onClip(_ effects: SoundEffect...) -> Edit {
        Edit(size: Self.size, frameRate: 30) { Track { changed(AudioClip("sound.wav")) { $0.effects = effects } } }
    }

    private func sine(_ hertz: Double, seconds: Int = 6, level: Double = 0.5) -> [Float] {
        (0..<seconds * 48_000).map { Float(level * sin(2 * .pi * hertz * Double($0) / 48_000)) }
    }

    /// Returns the level of a part in decibels of full scale, as that of a sine.
    private func level(_ samples: [Double], _ range: Range<Int>) -> Double {
        let power = samples[range].reduce(0) { $0 + $1 * $1 } / Double(range.count)
        return 10 * log10(max(power, 1e-20) * 2)
    }

    /// Returns the response of a filter of two poles, by the bilinear transform as in the Audio EQ Cookbook.
    private func response(_ b: [Double], _ a: [Double], at hertz: Double) -> Double {
        let angle = 2 * Double.pi * hertz / 48_000
        func magnitude(_ c: [Double]) -> Double {
            let re = c[0] + c[1] * cos(angle) + c[2] * cos(2 * angle)
            let im = -c[1] * sin(angle) - c[2] * sin(2 * angle)
            return (re * re + im * im).squareRoot()
        }
        return 20 * log10(magnitude(b) / magnitude(a))
    }

    @Test(arguments: [100.0, 500, 1000, 4000])
    func `a high pass takes from a sine what its formula says`(_ hertz: Double) throws {
        let samples = try mixed(sine(hertz), onClip(.highPass(PassFilter(frequency: 1000))))
        let w = 2 * Double.pi * 1000 / 48_000
        let alpha = sin(w) / (2 * 0.707)
        let expected = response(
            [(1 + cos(w)) / 2, -(1 + cos(w)), (1 + cos(w)) / 2], [1 + alpha, -2 * cos(w), 1 - alpha], at: hertz)
        #expect(abs(level(samples, 96_000..<144_000) - (20 * log10(0.5) + expected)) < 0.05)
    }

    @Test(arguments: [500.0, 1000, 2000])
    func `a band of the equalizer gives a sine what its formula says`(_ hertz: Double) throws {
        let band = EqualizerBand(frequency: 1000, gain: 9, q: 1.5)
        let samples = try mixed(sine(hertz, level: 0.2), onClip(.equalizer(band)))
        let (w, a) = (2 * Double.pi * 1000 / 48_000, pow(10, 9.0 / 40))
        let alpha = sin(w) / (2 * 1.5)
        let expected = response(
            [1 + alpha * a, -2 * cos(w), 1 - alpha * a], [1 + alpha / a, -2 * cos(w), 1 - alpha / a], at: hertz)
        #expect(abs(level(samples, 96_000..<144_000) - (20 * log10(0.2) + expected)) < 0.05)
    }

    @Test func `shelves and a low pass leave their other side alone`() throws {
        let cases: [(SoundEffect, Double, Double)] = [
            (.equalizer(EqualizerBand(frequency: 200, gain: 6, shape: .lowShelf)), 40.0, 6.0),
            (.equalizer(EqualizerBand(frequency: 200, gain: 6, shape: .lowShelf)), 4000, 0),
            (.equalizer(EqualizerBand(frequency: 4000, gain: -6, shape: .highShelf)), 16_000, -6),
            (.equalizer(EqualizerBand(frequency: 4000, gain: -6, shape: .highShelf)), 200, 0),
            (.lowPass(PassFilter(frequency: 4000)), 100, 0),
        ]
        for (effect, hertz, change) in cases {
            let samples = try mixed(sine(hertz, level: 0.2), onClip(effect))
            #expect(abs(level(samples, 96_000..<144_000) - (20 * log10(0.2) + change)) < 0.3, "\(effect) at \(hertz)")
        }
    }

    @Test func `a compressor turns down what is above its threshold, and a gate what is below`() throws {
        var compressor = Compressor(threshold: -20, ratio: 4)
        compressor.knee = 0
        // A sine at -6 dBFS, 13.98 dB above: what is measured of it lies between the mean of its squares and its peaks.
        let loud = try mixed(sine(1000), onClip(.compressor(compressor)))
        #expect((-6.02 - 13.98 * 0.75 ... -6.02 - 10.97 * 0.75).contains(level(loud, 96_000..<144_000)))
        let quiet = try mixed(sine(1000, level: 0.01), onClip(.compressor(compressor)))
        #expect(abs(level(quiet, 96_000..<144_000) + 40) < 0.1)
        let gate = SoundEffect.gate(Gate(threshold: -30, range: -24))
        #expect(abs(level(try mixed(sine(1000), onClip(gate)), 96_000..<144_000) + 6.02) < 0.1)
        #expect(level(try mixed(sine(1000, level: 0.003), onClip(gate)), 96_000..<144_000) < -50.46 - 15)
    }

    @Test func `noise becomes quieter, and a click stays where it is`() throws {
        var random = RepeatableRandom(5)
        var noise = (0..<6 * 48_000).map { _ in random.sample() * 0.01 }
        let effect = SoundEffect.noiseReduction(NoiseReduction(amount: 20, floor: -45))
        let before = level(noise.map(Double.init), 96_000..<192_000)
        #expect(level(try mixed(noise, onClip(effect)), 96_000..<192_000) < before - 8)
        noise[150_000] = 0.9
        let samples = try mixed(noise, onClip(effect))
        let loudest = samples.indices.max { abs(samples[$0]) < abs(samples[$1]) } ?? 0
        #expect(abs(loudest - 150_000) <= 1)
    }

    @Test func `whatever is changed in an effect, it has another key`() throws {
        var keys: Set<[UInt8]> = []
        var effects: [SoundEffect] = [
            .highPass(PassFilter(frequency: 80)), .highPass(PassFilter(frequency: 81)),
            .lowPass(PassFilter(frequency: 80)),
            .highPass(PassFilter(frequency: 80, slope: 6)), .gate(Gate()), .gate(Gate(threshold: -51)),
            .noiseReduction(NoiseReduction()), .noiseReduction(NoiseReduction(amount: 13)),
            .equalizer(EqualizerBand(frequency: 90, gain: 3)), .equalizer(EqualizerBand(frequency: 90, gain: 4)),
            .compressor(Compressor()), .compressor(Compressor(ratio: 4)), .reverb(Reverb()),
        ]
        effects += [
            changed(Reverb()) { $0.decay = .seconds(2) }, changed(Reverb()) { $0.level = -11 },
            changed(Reverb()) { $0.preDelay = .milliseconds(21) }, changed(Reverb()) { $0.damping = 0.6 },
        ].map { .reverb($0) }
        for effect in effects {
            var bytes = CanonicalBytes()
            bytes.add([effect])
            keys.insert(bytes.bytes)
        }
        #expect(keys.count == effects.count)
    }

    @Test func `echoes begin after their delay, become 60 dB quieter in their time, and are as loud as asked`() throws {
        var impulse = [Float](repeating: 0, count: 8 * 48_000)
        // In the second cell, so that its echoes reach into the next one.
        let place = 6 * 48_000
        impulse[place] = 0.8
        var reverb = Reverb(decay: .seconds(1), level: -6)
        reverb.preDelay = .milliseconds(50)
        reverb.damping = 0
        let samples = try mixed(impulse, onClip(.reverb(reverb)))
        func energy(_ range: Range<Int>) -> Double { range.reduce(0) { $0 + samples[$1] * samples[$1] } }
        #expect(abs(samples[place] - 0.8) < 1e-5)
        #expect(energy(0..<place) < 1e-8 && energy(place + 1..<place + 2400) < 1e-8)
        let echoes = energy(place + 2400..<place + 50_400)
        #expect(abs(10 * log10(echoes / 0.64) + 6) < 0.1)
        // Of evenly falling energy: 30 dB in half of the time.
        let (early, late) = (energy(place + 2400..<place + 4800), energy(place + 26_400..<place + 28_800))
        #expect(abs(10 * log10(early / late) - 30) < 1.5)
        #expect(energy(place + 50_500..<samples.count) < 1e-8)
    }

    @Test func `a reverb rings on behind the last sound of a track, and is the same in any part`() throws {
        try FloatFile.withFile(sine(440, seconds: 2)) { folder in
            let edit = Edit(size: Self.size, frameRate: 30) {
                Track { ColorClip(.black, duration: .seconds(5)) }
                Track { AudioClip("sound.wav") }.effects(.reverb(Reverb(decay: .seconds(3), level: 0)))
            }
            let plan = try edit.makePlan(in: folder)
            let whole = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            #expect(level(whole.map(Double.init), 2 * 110_000..<2 * 130_000) > -40)
            #expect(level(whole.map(Double.init), 2 * 200_000..<2 * 230_000) < -50)
            let part = try AudioMixer(plan.audio, path: plan.path).samples(100_000..<120_000)
            #expect(part == Array(whole[200_000..<240_000]))
        }
    }

    @Test func `a filter begun anew at a cell leaves no step`() throws {
        // The response to a sine is a sine: what differs is what was begun anew.
        let count = 14 * 48_000
        let samples = try mixed(
            sine(100, seconds: 14),
            onClip(.highPass(PassFilter(frequency: 80)), .equalizer(EqualizerBand(frequency: 60, gain: 6, q: 3))))
        var (re, im) = (0.0, 0.0)
        for index in 96_000..<192_000 {
            let angle = 2 * Double.pi * 100 * Double(index) / 48_000
            re += samples[index] * sin(angle) / 48_000
            im += samples[index] * cos(angle) / 48_000
        }
        var worst = 0.0
        for index in 96_000..<count - 4800 {
            let angle = 2 * Double.pi * 100 * Double(index) / 48_000
            worst = max(worst, abs(samples[index] - re * sin(angle) - im * cos(angle)))
        }
        #expect(20 * log10(worst) < -90)
    }

    @Test func `what has effects is the same however the timeline is cut`() throws {
        var random = RepeatableRandom(17)
        let noise = (0..<12 * 48_000).map { _ in random.sample() }
        try FloatFile.withFile(noise) { folder in
            var edit = Edit(size: Self.size, frameRate: 30) {
                Track {
                    AudioClip("sound.wav").trimmed(from: .seconds(1), duration: .milliseconds(5100))
                        .effects(.noiseReduction(NoiseReduction()), .gate(Gate()))
                }.effects(.compressor(Compressor()), .lowPass(PassFilter(frequency: 5000, slope: 6)))
                Track { AudioClip("sound.wav").volume(0.2).effects(.equalizer(EqualizerBand(frequency: 90, gain: -6))) }
            }
            edit.timeline.effects = [.highPass(PassFilter(frequency: 30))]
            let plan = try edit.makePlan(in: folder)
            let whole = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            #expect(whole.allSatisfy(\.isFinite) && whole.contains { abs($0) > 0.01 })
            let mixer = AudioMixer(plan.audio, path: plan.path)
            for _ in 0..<12 {
                let start = random.next(below: plan.sampleCount - 1)
                let count = 1 + random.next(below: min(30_000, plan.sampleCount - start))
                #expect(try mixer.samples(start..<start + count) == Array(whole[2 * start..<2 * (start + count)]))
            }
        }
    }
}
