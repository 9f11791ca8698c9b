// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Sound in chunks is heard as sound in one piece is.
struct SoundSeamTests {
    private static func plan(_ signal: TestSignal, _ audio: AudioSettings, in folder: String) throws -> Plan {
        try FloatFile.wave(signal.samples, channels: 2).write(to: URL(fileURLWithPath: folder + "/in.wav"))
        var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("in.wav") } }
        edit.output = Output(format: .mkv, video: VideoSettings(codec: .h264), audio: audio)
        return try edit.makePlan(in: folder)
    }

    /// How much larger errors are than those of one piece, in decibels.
    private struct Excess {
        /// At the worst seam, beside the largest error of one piece within a second of it.
        var peak = -Double.infinity
        var energy = -Double.infinity
        /// Over the whole sound.
        var all = 0.0
        /// The number of packets that were encoded again because no seam held.
        var encodedAgain = 0
        /// How far the codec's own error is below the sound.
        var fidelity = 0.0
    }

    private static func excess(
        _ signal: TestSignal, _ audio: AudioSettings, _ change: (SoundCoding) -> SoundCoding = { $0 }
    ) async throws -> Excess {
        try await Fixtures.withTemporaryFolder { folder in
            try excess(try plan(signal, audio, in: folder), frames: 40, in: folder, change)
        }
    }

    /// Encodes a plan's sound in chunks of so many frames and in one piece, and compares both with what was encoded.
    private static func excess(
        _ plan: Plan, frames: Int, in folder: String, _ change: (SoundCoding) -> SoundCoding = { $0 }
    ) throws -> Excess {
        let whole = try ChunkedSound(plan, frames: nil, in: folder)
        let parts = try ChunkedSound(plan, frames: frames, in: folder, change)
        #expect(parts.packets.count == whole.packets.count && whole.encodedAgain == 0)
        #expect(parts.decoded.count == whole.decoded.count && !parts.borders.isEmpty)
        let original = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.audio.sampleCount)
        let frame = try #require(plan.soundCoding).frame
        let errors = parts.errors(from: original, frame: frame)
        let usual = whole.errors(from: original, frame: frame)
        func decibels(_ a: Double, _ b: Double) -> Double { 10 * log10(a / b) }
        var excess = Excess(encodedAgain: parts.encodedAgain)
        // Less than this is not heard: a thousandth of full scale.
        let quiet = 1e-3
        let floor = quiet * quiet * Double(frame) / 4
        for border in parts.borders {
            // The seam is in the overlap; errors of the frames before count because a window reaches back.
            for index in max(0, border / frame - 2)..<min(border / frame + 18, errors.count) {
                let near = usual[max(0, index - 48)..<min(usual.count, index + 49)]
                let (peak, energy) = (near.map(\.peak).max() ?? 0, near.map(\.energy).max() ?? 0)
                excess.peak = max(excess.peak, 2 * decibels(errors[index].peak + quiet, peak + quiet))
                excess.energy = max(excess.energy, decibels(errors[index].energy + floor, energy + floor))
            }
        }
        func sum(_ errors: [ChunkedSound.Error]) -> Double { errors.map(\.energy).reduce(1e-6, +) }
        excess.all = decibels(sum(errors), sum(usual))
        let silence = changed(whole) { $0.decoded = [Float](repeating: 0, count: $0.decoded.count) }
        excess.fidelity = decibels(sum(silence.errors(from: original, frame: frame)), sum(usual))
        return excess
    }

    /// Sounds of all kinds, cut, faded, moved and mixed at random.
    private static func randomEdit(_ random: inout RepeatableRandom) -> Edit {
        func milliseconds(_ range: ClosedRange<Int>, _ random: inout RepeatableRandom) -> Duration {
            .milliseconds(range.lowerBound + random.next(below: range.count))
        }
        func track(_ random: inout RepeatableRandom) -> Track {
            var clips: [Clip] = []
            var length = Duration.zero
            while length < .seconds(5) {
                let signal = TestSignal.allCases[random.next(below: TestSignal.allCases.count)]
                let duration = milliseconds(200...3000, &random)
                var clip = AudioClip(signal.rawValue + ".wav", duration: duration)
                    .trimmed(from: milliseconds(0...8000, &random))
                    .volume(.constant(Double(random.next(below: 100)) / 100))
                if random.next(below: 2) == 0 { clip.fadeIn = duration / (2 + random.next(below: 8)) }
                if random.next(below: 2) == 0 { clip.fadeOut = duration / (2 + random.next(below: 8)) }
                clips.append(.audio(clip))
                length += duration
            }
            return Track(clips: clips)
        }
        return Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
            track(&random)
            track(&random)
        }
    }

    /// A thousand edits take minutes: `COMPOSE_SEAM_EDITS=1000` asks for them.
    @Test func `no seam of any edit is heard`() async throws {
        let count = Int(ProcessInfo.processInfo.environment["COMPOSE_SEAM_EDITS"] ?? "") ?? 9
        try await Fixtures.withTemporaryFolder { folder in
            for signal in TestSignal.allCases {
                try FloatFile.wave(signal.samples, channels: 2)
                    .write(to: URL(fileURLWithPath: "\(folder)/\(signal.rawValue).wav"))
            }
            var random = RepeatableRandom(11)
            for number in 0..<count {
                var edit = Self.randomEdit(&random)
                let codec = [AudioSettings.Codec.aac, .mp3, .opus][number % 3]
                let bitrate = [96_000, 128_000, 192_000, 256_000][random.next(below: 4)]
                edit.output = Output(
                    format: .mkv, video: VideoSettings(codec: .h264),
                    audio: AudioSettings(codec: codec, bitrate: bitrate))
                let excess = try Self.excess(
                    try edit.makePlan(in: folder), frames: 30 + random.next(below: 90), in: folder)
                // Chunks this short are hardly more than what AAC's rate control takes to settle on loud noise.
                #expect(
                    excess.energy < 6 && excess.peak < 6 && excess.all < 6, "\(number) \(codec) \(bitrate): \(excess)")
            }
        }
    }

    @Test(arguments: [AudioSettings.Codec.aac, .mp3, .opus], TestSignal.allCases)
    func `no seam is heard: the error there is not above that of the codec`(
        codec: AudioSettings.Codec, signal: TestSignal
    ) async throws {
        let excess = try await Self.excess(signal, AudioSettings(codec: codec))
        // AAC's rate control takes seconds to find full-scale noise's place, in one piece too.
        #expect(excess.energy < 6 && excess.peak < 6 && excess.all < 4, "\(excess)")
        #expect(excess.encodedAgain == 0)
        // What is compared is the same place of the sound.
        #expect(signal == .silence || excess.fidelity > 2, "\(excess)")
    }

    @Test func `AAC is heard the same wherever a player begins`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try FloatFile.wave(TestSignal.noise.samples, channels: 2).write(
                to: URL(fileURLWithPath: folder + "/in.wav"))
            let edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) { Track { AudioClip("in.wav") } }
            _ = try await Renderer().render(edit, in: folder, to: folder + "/out.m4a").result
            let whole = try decodedSound(folder + "/out.m4a")
            let part = floats(
                try run("ffmpeg", ["-v", "error", "-ss", "2", "-i", folder + "/out.m4a", "-f", "f32le", "-"]))
            #expect(part.count > 2 * 48_000)
            // The first frames of a decoder that begins there lack what came before.
            #expect(part.dropFirst(2 * 4800).elementsEqual(whole.suffix(part.count).dropFirst(2 * 4800)))
        }
    }

    @Test(arguments: [AudioSettings.Codec.aac, .mp3, .opus])
    func `chunks put together without a lead-in and a rule are heard, and these tests notice`(
        codec: AudioSettings.Codec
    ) async throws {
        let excess = try await Self.excess(.speech, AudioSettings(codec: codec, bitrate: 256_000)) { $0.without }
        #expect(excess.energy > 10 || excess.peak > 10, "\(excess)")
    }

    @Test(arguments: [AudioSettings.Codec.flac, .pcm])
    func `without loss, sound in chunks has the bytes of sound in one piece`(codec: AudioSettings.Codec) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let plan = try Self.plan(.music, AudioSettings(codec: codec), in: folder)
            let whole = try ChunkedSound(plan, frames: nil, in: folder)
            let parts = try ChunkedSound(plan, frames: 20, in: folder)
            #expect(parts.borders.count > 2)
            #expect(parts.packets == whole.packets && parts.decoded == whole.decoded)
        }
    }

    @Test func `where no seam is known to hold, an encoder goes on until one does`() async throws {
        // At this bitrate Opus takes to SILK for speech, whose frames depend on more than can be compared.
        let excess = try await Self.excess(.speech, AudioSettings(codec: .opus, bitrate: 32_000))
        #expect(excess.encodedAgain > 0)
        #expect(excess.energy < 6 && excess.peak < 6, "\(excess)")
    }

    @Test(arguments: [AudioSettings.Codec.aac, .mp3, .opus], [64_000, 320_000])
    func `seams hold at low and high bitrates`(codec: AudioSettings.Codec, bitrate: Int) async throws {
        let excess = try await Self.excess(.speech, AudioSettings(codec: codec, bitrate: bitrate))
        #expect(excess.energy < 6 && excess.peak < 6, "\(excess)")
    }
}

extension SoundCoding {
    /// Chunks that are neither settled nor compared.
    fileprivate var without: SoundCoding {
        changed(self) {
            $0.settling = 0
            $0.overlap = 0
            $0.carry = nil
        }
    }
}
