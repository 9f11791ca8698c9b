// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Sound in chunks is heard as sound in one piece is.
struct SoundSeamTests {
    private static func plan(_ file: String, seconds: Int, _ audio: AudioSettings, in folder: String) throws -> Plan {
        var edit = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
            Track { AudioClip(file, duration: .seconds(seconds)) }
        }
        edit.output = Output(format: .mkv, video: VideoSettings(codec: .h264), audio: audio)
        return try edit.makePlan(in: folder)
    }

    /// The worst seam: how much larger the error around it is than the largest of one piece near it, in decibels.
    private static func worst(
        _ signal: TestSignal, _ audio: AudioSettings, _ change: (SoundCoding) -> SoundCoding = { $0 }
    ) async throws -> (peak: Double, energy: Double, all: Double, again: Int) {
        try await Fixtures.withTemporaryFolder { folder in
            let original = signal.samples(seconds: 20)
            try WaveFile.write(original, to: folder + "/in.wav")
            let plan = try plan("in.wav", seconds: 20, audio, in: folder)
            let whole = try ChunkedSound(plan, frames: nil, in: folder)
            let parts = try ChunkedSound(plan, frames: 60, in: folder, change)
            #expect(parts.packets.count == whole.packets.count && whole.encodedAgain == 0)
            #expect(parts.decoded.count == whole.decoded.count && parts.borders.count > 10)
            let frame = try #require(plan.soundCoding).frame
            func decibels(_ a: Double, _ b: Double) -> Double { 10 * log10(a / b) }
            var (peak, energy) = (-Double.infinity, -Double.infinity)
            // Less than this is not heard: a thousandth of full scale.
            let quiet = 1e-3
            for border in parts.borders {
                // The seam is in the overlap; errors of the frames before count because a window reaches back.
                for start in stride(from: border - 2 * frame, to: border + 18 * frame, by: frame) {
                    let part = parts.error(from: original, start..<start + frame)
                    let near = (-6...6).map {
                        whole.error(from: original, start + $0 * frame..<start + ($0 + 1) * frame)
                    }
                    let largest = (near.map(\.peak).max() ?? 0, near.map(\.energy).max() ?? 0)
                    peak = max(peak, 2 * decibels(part.peak + quiet, largest.0 + quiet))
                    let floor = quiet * quiet * Double(frame) / 4
                    energy = max(energy, decibels(part.energy + floor, largest.1 + floor))
                }
            }
            let all = 0..<plan.sampleCount
            let floor = 1e-6
            return (
                peak, energy,
                decibels(
                    parts.error(from: original, all).energy + floor, whole.error(from: original, all).energy + floor),
                parts.encodedAgain
            )
        }
    }

    @Test(arguments: [AudioSettings.Codec.aac, .mp3, .opus], TestSignal.allCases)
    func `no seam is heard: the error there is not above that of the codec`(
        codec: AudioSettings.Codec, signal: TestSignal
    ) async throws {
        let worst = try await Self.worst(signal, AudioSettings(codec: codec))
        // AAC's rate control takes seconds to find full-scale noise's place, in one piece too.
        #expect(worst.energy < 6 && worst.peak < 6 && worst.all < 4, "\(codec) \(signal): \(worst)")
        #expect(worst.again == 0)
    }

    @Test(arguments: [AudioSettings.Codec.aac, .mp3, .opus])
    func `chunks put together without a lead-in and a rule are heard, and these tests notice`(
        codec: AudioSettings.Codec
    ) async throws {
        let worst = try await Self.worst(.music, AudioSettings(codec: codec)) { $0.without }
        #expect(worst.energy > 10 || worst.peak > 10, "\(codec): \(worst)")
    }

    @Test(arguments: [AudioSettings.Codec.flac, .pcm])
    func `without loss, sound in chunks has the bytes of sound in one piece`(codec: AudioSettings.Codec) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try WaveFile.write(TestSignal.music.samples(seconds: 10), to: folder + "/in.wav")
            let plan = try Self.plan("in.wav", seconds: 10, AudioSettings(codec: codec), in: folder)
            let whole = try ChunkedSound(plan, frames: nil, in: folder)
            let parts = try ChunkedSound(plan, frames: 20, in: folder)
            #expect(parts.borders.count > 2)
            #expect(parts.packets == whole.packets && parts.decoded == whole.decoded)
        }
    }

    @Test func `where no seam is known to hold, an encoder goes on until one does`() async throws {
        // At this bitrate Opus takes to SILK for speech, whose frames depend on more than can be compared.
        let worst = try await Self.worst(.speech, AudioSettings(codec: .opus, bitrate: 32_000))
        #expect(worst.again > 0)
        #expect(worst.energy < 6 && worst.peak < 6, "\(worst)")
    }

    @Test(arguments: [AudioSettings.Codec.aac, .mp3, .opus], [64_000, 320_000])
    func `seams hold at low and high bitrates`(codec: AudioSettings.Codec, bitrate: Int) async throws {
        let worst = try await Self.worst(.speech, AudioSettings(codec: codec, bitrate: bitrate))
        #expect(worst.energy < 6 && worst.peak < 6, "\(codec): \(worst)")
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
