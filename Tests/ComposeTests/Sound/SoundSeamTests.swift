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
            let plan = try plan(signal, audio, in: folder)
            let whole = try ChunkedSound(plan, frames: nil, in: folder)
            let parts = try ChunkedSound(plan, frames: 40, in: folder, change)
            #expect(parts.packets.count == whole.packets.count && whole.encodedAgain == 0)
            #expect(parts.decoded.count == whole.decoded.count && parts.borders.count > 8)
            let frame = try #require(plan.soundCoding).frame
            let errors = parts.errors(from: signal.samples, frame: frame)
            let usual = whole.errors(from: signal.samples, frame: frame)
            func decibels(_ a: Double, _ b: Double) -> Double { 10 * log10(a / b) }
            var excess = Excess(encodedAgain: parts.encodedAgain)
            // Less than this is not heard: a thousandth of full scale.
            let quiet = 1e-3
            let floor = quiet * quiet * Double(frame) / 4
            for border in parts.borders {
                // The seam is in the overlap; errors of the frames before count because a window reaches back.
                for index in border / frame - 2..<min(border / frame + 18, errors.count) {
                    let near = usual[max(0, index - 48)..<min(usual.count, index + 49)]
                    let (peak, energy) = (near.map(\.peak).max() ?? 0, near.map(\.energy).max() ?? 0)
                    excess.peak = max(excess.peak, 2 * decibels(errors[index].peak + quiet, peak + quiet))
                    excess.energy = max(excess.energy, decibels(errors[index].energy + floor, energy + floor))
                }
            }
            func sum(_ errors: [ChunkedSound.Error]) -> Double { errors.map(\.energy).reduce(1e-6, +) }
            excess.all = decibels(sum(errors), sum(usual))
            let silence = changed(whole) { $0.decoded = [Float](repeating: 0, count: $0.decoded.count) }
            excess.fidelity = decibels(sum(silence.errors(from: signal.samples, frame: frame)), sum(usual))
            return excess
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
