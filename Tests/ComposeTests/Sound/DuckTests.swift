// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// A track becomes quieter while another one is heard.
struct DuckTests {
    /// Two seconds of silence, half a second of a tone, and three seconds of silence.
    private static let voice = (0..<264_000).map { (96_000..<120_000).contains($0) ? Float(MixTests.sine(at: $0)) : 0 }

    private func edit(_ duck: Duck, onClip: Bool = false) -> Edit {
        Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
            Track("voice") { AudioClip("sound.wav").volume(onClip ? 1 : 0.5) }
            Track { AudioClip("level.wav").looping().ducked(onClip ? duck : nil) }.ducked(onClip ? nil : duck)
        }
    }

    /// Runs `body` with a folder of the voice, and of a constant level to be turned down.
    private func withFiles(_ body: (String) throws -> Void) throws {
        try FloatFile.withFile(Self.voice) { folder in
            try FloatFile.wave([Float](repeating: 0.25, count: 48_000))
                .write(to: URL(fileURLWithPath: folder + "/level.wav"))
            try body(folder)
        }
    }

    /// Returns the level of the music, without the voice.
    private func music(_ edit: Edit, in folder: String) throws -> [Double] {
        let plan = try edit.makePlan(in: folder)
        let whole = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
        let voice = changed(plan.audio) { plan in plan.mute(1) }
        let alone = try AudioMixer(voice, path: plan.path).samples(0..<plan.sampleCount)
        return stride(from: 0, to: whole.count, by: 2).map { Double(whole[$0] - alone[$0]) / 0.25 }
    }

    @Test(arguments: [false, true])
    func `the level falls before the voice, stays, and rises after it`(_ onClip: Bool) throws {
        var duck = Duck(under: "voice", by: -12)
        (duck.attack, duck.release) = (.milliseconds(100), .milliseconds(500))
        (duck.hold, duck.lookAhead) = (.milliseconds(300), .milliseconds(150))
        try withFiles { folder in
            let levels = try music(edit(duck, onClip: onClip), in: folder)
            func decibels(_ milliseconds: Int) -> Double { 20 * log10(max(1e-9, levels[48 * milliseconds])) }
            #expect(abs(decibels(1840)) < 0.01)
            // Half of the way down after half of the attack, in decibels.
            #expect(abs(decibels(1900) + 6) < 1.3)
            for time in [1960, 2000, 2250, 2500, 2790] { #expect(abs(decibels(time) + 12) < 0.01, "\(time)") }
            #expect(abs(decibels(3055) + 6) < 0.5)
            for time in [3320, 4000] { #expect(abs(decibels(time)) < 0.01, "\(time)") }
        }
    }

    @Test func `what is ducked is the same however the timeline is cut`() throws {
        var random = RepeatableRandom(11)
        try withFiles { folder in
            let plan = try edit(Duck(under: "voice")).makePlan(in: folder)
            let whole = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            let mixer = AudioMixer(plan.audio, path: plan.path)
            for _ in 0..<40 {
                let start = random.next(below: plan.sampleCount - 1)
                let count = 1 + random.next(below: min(30_000, plan.sampleCount - start))
                #expect(try mixer.samples(start..<start + count) == Array(whole[2 * start..<2 * (start + count)]))
            }
        }
    }

    @Test func `a voice below the threshold turns nothing down`() throws {
        var duck = Duck(under: "voice")
        duck.threshold = -5
        try withFiles { folder in
            let levels = try music(edit(duck), in: folder)
            // The end of the repeats is a cut.
            #expect(levels.dropLast(96).allSatisfy { abs($0 - 1) < 1e-3 })
        }
    }

    @Test func `two tracks may be ducked under each other, by what they are before`() throws {
        try withFiles { folder in
            var edit = edit(Duck(under: "voice"))
            edit.timeline.tracks[1].id = "music"
            edit.timeline.tracks[0].duck = Duck(under: "music", by: -20)
            let plan = try edit.makePlan(in: folder)
            let samples = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
            // The music is always heard, so that the voice is a tenth: 0.5 × 0.5 × 0.1 over the quieter music.
            let part = stride(from: 2 * 100_000, to: 2 * 110_000, by: 2).map { Double(samples[$0]) }
            let mean = part.reduce(0, +) / Double(part.count)
            #expect(abs((part.max() ?? 0) - mean - 0.025) < 0.001)
        }
    }
}

extension AudioPlan {
    /// Makes a bus silent.
    mutating func mute(_ bus: Int) {
        self = AudioPlan(
            buses: buses.enumerated().map { index, other in
                index == bus ? changed(other) { $0.sounds = [] } : other
            }, sampleCount: sampleCount)
    }
}
