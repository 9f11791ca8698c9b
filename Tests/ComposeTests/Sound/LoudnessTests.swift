// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// A sound is brought to its loudness, and its true peaks stay below their limit after the codec.
struct LoudnessTests {
    /// What ffmpeg's ebur128 says of a file.
    private struct Measured {
        var integrated = 0.0
        var truePeak = 0.0

        init(_ path: String) throws {
            let text = String(
                decoding: try run(
                    "ffmpeg",
                    [
                        "-v", "error", "-i", path, "-af", "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-",
                        "-f",
                        "null", "-",
                    ]), as: UTF8.self)
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: "=")
                guard parts.count == 2, let value = Double(parts[1]) else { continue }
                if parts[0] == "lavfi.r128.I" { integrated = value }
                if parts[0].hasPrefix("lavfi.r128.true_peaks_ch") { truePeak = max(truePeak, value) }
            }
        }

        /// In dBTP.
        var truePeakLevel: Double { 20 * log10(truePeak) }
    }

    /// Sounds in which peaks and loudness are far apart, at some level, of 8 s.
    private static func sounds() -> [(name: String, samples: [Float])] {
        var random = RepeatableRandom(31)
        let count = 8 * 48_000
        func tone(_ hertz: Double, _ index: Int) -> Double { sin(2 * .pi * hertz * Double(index) / 48_000) }
        return [
            ("noise", (0..<count).map { _ in random.sample() * 0.1 }),
            (
                "drums",
                (0..<count).map { index in
                    Float(exp(-Double(index % 24_000) / 2000)) * (random.sample() + Float(tone(60, index))) * 0.4
                }
            ),
            (
                "speech-like bursts",
                (0..<count).map { index in
                    let open = max(0, tone(2.7, index)) * max(0, tone(0.31, index) + 0.6)
                    return Float(open * (tone(150, index) + tone(450, index) + 0.5 * tone(2400, index)) * 0.1)
                }
            ),
            ("high notes", (0..<count).map { Float(0.3 * tone(9973, $0) * (1 + tone(1.3, $0))) }),
            ("a square wave", (0..<count).map { $0 / 109 % 2 == 0 ? 0.05 : -0.05 }),
        ]
    }

    @Test(arguments: 0..<5, [Loudness.streaming, .podcast])
    func `a sound comes out of AAC with its loudness, and below its true peak`(_ index: Int, _ loudness: Loudness)
        async throws
    {
        let (name, samples) = Self.sounds()[index]
        try await Fixtures.withTemporaryFolder { folder in
            try FloatFile.wave(samples).write(to: URL(fileURLWithPath: folder + "/sound.wav"))
            var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("sound.wav") } }
            edit.timeline.loudness = loudness
            let report = try await Renderer().render(edit, in: folder, to: folder + "/out.m4a").result
            let found = try Measured(folder + "/out.m4a")
            let target = try #require(loudness.target)
            #expect(abs(found.integrated - target) <= 0.2, "\(name): \(found)")
            #expect(found.truePeakLevel <= loudness.truePeak + 0.1, "\(name): \(found.truePeakLevel)")
            let said = try #require(report.audio?.loudness)
            #expect(abs((said.integrated ?? 0) - found.integrated) <= 0.1 && said.target == target)
            #expect(abs((said.truePeak ?? 0) - found.truePeakLevel) <= 0.15)
        }
    }

    @Test(arguments: [
        (Output.Format.wav, 48_000, AudioSettings.Channels.mono), (.flac, 44_100, .stereo), (.flac, 96_000, .mono),
        (.m4a, 44_100, .stereo), (.m4a, 48_000, .mono), (.mp3, 44_100, .mono),
    ])
    func `a sound has its loudness and its true peak at any rate, and as mono`(
        _ format: Output.Format, _ rate: Int, _ channels: AudioSettings.Channels
    ) async throws {
        // Drums, whose peaks have to be turned down.
        try await Fixtures.withTemporaryFolder { folder in
            try FloatFile.wave(Self.sounds()[1].samples).write(to: URL(fileURLWithPath: folder + "/sound.wav"))
            var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("sound.wav") } }
            edit.timeline.loudness = Loudness(target: channels == .mono ? -17 : -14, truePeak: -1)
            edit.output = Output(format: format)
            edit.output.audio.sampleRate = rate
            edit.output.audio.channels = channels
            let path = folder + "/out." + format.rawValue
            let report = try await Renderer().render(edit, in: folder, to: path).result
            let found = try Measured(path)
            #expect(abs(found.integrated - (report.audio?.loudness?.target ?? 0)) <= 0.2, "\(found)")
            #expect(found.truePeakLevel <= -0.9, "\(found.truePeakLevel)")
            #expect(abs((report.audio?.loudness?.truePeak ?? 0) - found.truePeakLevel) <= 0.15)
        }
    }

    @Test func `silence is not turned up`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try FloatFile.wave([Float](repeating: 0, count: 96_000)).write(
                to: URL(fileURLWithPath: folder + "/sound.wav"))
            var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("sound.wav") } }
            edit.timeline.loudness = .streaming
            let report = try await Renderer().render(edit, in: folder, to: folder + "/out.wav").result
            #expect(report.audio?.loudness?.integrated == nil && report.audio?.loudness?.gain == 0)
            #expect(try decodedSound(folder + "/out.wav").allSatisfy { $0 == 0 })
        }
    }

    @Test func `the loudness from blocks is that of libebur128`() throws {
        for (name, samples) in Self.sounds() {
            try FloatFile.withFile(samples) { folder in
                var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
                    Track { AudioClip("sound.wav") }
                }
                edit.timeline.loudness = .streaming
                let plan = try edit.makePlan(in: folder)
                let blocks = try LoudnessPass(plan).measured()
                let meter = try LoudnessMeter()
                try meter.add(samples.flatMap { [$0, $0] }, count: samples.count)
                #expect(blocks.powers.count == 80)
                #expect(abs(try #require(blocks.integrated) - (try #require(meter.integrated))) < 0.01, "\(name)")
            }
        }
    }

    @Test func `what is mastered is the same however the timeline is cut`() throws {
        var random = RepeatableRandom(41)
        try FloatFile.withFile(Self.sounds()[1].samples) { folder in
            var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("sound.wav") } }
            edit.timeline.loudness = .streaming
            let plan = try edit.makePlan(in: folder)
            let level = MasterLevel(gain: 12, ceiling: -1)
            let whole = try AudioMixer(plan.audio, path: plan.path, level: level).samples(0..<plan.sampleCount)
            #expect((whole.map(abs).max() ?? 0) <= Float(level.ceilingFactor))
            let mixer = AudioMixer(plan.audio, path: plan.path, level: level)
            for _ in 0..<40 {
                let start = random.next(below: plan.sampleCount - 1)
                let count = 1 + random.next(below: min(30_000, plan.sampleCount - start))
                #expect(try mixer.samples(start..<start + count) == Array(whole[2 * start..<2 * (start + count)]))
            }
        }
    }

    @Test func `what a codec adds to a few peaks is turned down there, and nowhere else`() throws {
        var random = RepeatableRandom(77)
        // Chords, every fourth of which is hit hard.
        let samples = (0..<20 * 48_000).map { index -> Float in
            let time = Double(index % 12_000) / 48_000
            let chord = [262.0, 330, 392].reduce(0) { sum, note in
                sum + sin(2 * .pi * note * time) + 0.5 * sin(6 * .pi * note * time)
            }
            let hit = index % 48_000 < 12_000 ? exp(-time * 90) * Double(random.sample()) * 2 : 0
            return Float((chord * exp(-time * 6) + hit) * 0.05)
        }
        try FloatFile.withFile(samples) { folder in
            var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("sound.wav") } }
            edit.timeline.loudness = Loudness(target: -12, truePeak: -1)
            edit.output = Output(format: .m4a)
            edit.output.audio.bitrate = 64_000
            let plan = try edit.makePlan(in: folder)
            let encoder = try #require(try plan.soundEncoder(plan.soundTracks[0]))
            let found = try #require(try Mastering(encoder, workers: 2, nil)?.result { false })
            #expect(found.level.ceiling >= -1.5, "the whole sound has a lower ceiling")
            #expect((1...80).contains(found.level.dips.places.count), "\(found.level)")
            #expect(try #require(found.measured.truePeakLevel) <= -0.94)
            #expect(abs(try #require(found.measured.integrated) + 12) <= 0.1)
        }
    }

    @Test func `a dip is the same however the sound is cut, and takes back nothing outside of it`() {
        var dips = LevelDips()
        dips.add(6, in: 50_000..<50_100)
        dips.add(3, in: 51_000..<51_001)
        let ones = [Float](repeating: 1, count: 2 * 100_000)
        var whole = ones
        let most = dips.apply(to: &whole, 0..<100_000)
        #expect(abs(most - (1 - pow(10, -0.3))) < 1e-9)
        let lowest = whole.min()
        #expect(lowest == Float(pow(10, -0.3)))
        // The place is number 48, from 49,152 on; it is turned down one place around it, and over two.
        #expect(whole[2 * 48_128..<2 * 51_200].allSatisfy { $0 == lowest })
        #expect(whole[0..<2 * 47_104].allSatisfy { $0 == 1 } && whole[(2 * 53_248)...].allSatisfy { $0 == 1 })
        #expect((zip(whole.dropFirst(2), whole).map { abs($0 - $1) }.max() ?? 1) < 0.001)
        var random = RepeatableRandom(5)
        var cut: [Float] = []
        while cut.count < ones.count {
            let start = cut.count / 2
            let end = min(100_000, start + 1 + random.next(below: 3000))
            var part = Array(ones[2 * start..<2 * end])
            _ = dips.apply(to: &part, start..<end)
            cut += part
        }
        #expect(cut == whole)
        dips.add(30, in: 0..<1)
        #expect(dips.places[0] == LevelDips.deepest)
    }

    @Test func `machines that share a store measure a sound once`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try FloatFile.wave((0..<20 * 48_000).map { Float(MixTests.sine(at: $0)) })
                .write(to: URL(fileURLWithPath: folder + "/sound.wav"))
            var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("sound.wav") } }
            edit.timeline.loudness = .podcast
            edit.output = Output(format: .m4a)
            let plan = try edit.makePlan(in: folder)
            let store = MemoryStore()
            func machine() -> Renderer { Renderer(cache: store, mediaIdentity: .contents) }
            let keys = try await machine().soundKeys(of: plan)
            let measured = store.count
            #expect(keys.count == plan.soundChunks.count && measured > 0)
            _ = store.takeHits()
            _ = try await machine().renderSound(0, of: plan)
            // The level is found, and nothing else is made.
            #expect(store.takeHits() == 1 && store.count == measured)
        }
    }

    @Test func `an edit measures only what it changed`() throws {
        try FloatFile.withFile((0..<25 * 48_000).map { Float(MixTests.sine(at: $0)) }) { folder in
            func keys(_ second: Double) throws -> [String] {
                let plan = try Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
                    Track { AudioClip("sound.wav") }
                    Track { AudioClip("sound.wav", duration: .seconds(1)).starting(at: .seconds(second)) }
                }.makePlan(in: folder)
                return try LoudnessPass(plan).cells.map {
                    try LoudnessPass.key(of: $0, plan, .contents).description
                }
            }
            // Of 0…10, 10…20 and 20…25 s only the second is another one.
            let (first, moved) = (try keys(12), try keys(13))
            #expect(first.count == 3 && Set(first).count == 3)
            #expect(try keys(12) == first)
            #expect(moved[0] == first[0] && moved[1] != first[1] && moved[2] == first[2])
        }
    }
}
