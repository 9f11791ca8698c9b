// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Synchronization
import Testing

@testable import Compose

/// Kinds of sound that encoders treat differently, computed alike in every run.
enum TestSignal: String, CaseIterable {
    case music, speech, clicks, silence, noise

    private static let computed = Mutex<[Self: [Float]]>([:])

    /// Interleaved stereo samples at 48 kHz, twelve seconds of them.
    var samples: [Float] {
        Self.computed.withLock { known in
            if let samples = known[self] { return samples }
            let samples = compute(seconds: 12)
            known[self] = samples
            return samples
        }
    }

    private func compute(seconds: Int) -> [Float] {
        var random = RepeatableRandom(1)
        func unit() -> Double { Double(random.next(below: 1 << 20)) / Double(1 << 20) }
        let count = seconds * 48_000
        var samples = [Float](repeating: 0, count: 2 * count)
        func add(_ value: Double, _ position: Int, _ side: Double = 0.5) {
            guard position < count else { return }
            samples[2 * position] += Float(value * side)
            samples[2 * position + 1] += Float(value * (1 - side))
        }
        switch self {
        case .silence: break
        case .noise:
            for index in samples.indices { samples[index] = Float(2 * unit() - 1) }
        case .clicks:
            for start in stride(from: 0, to: count, by: 1024 * 7) { add(1.8, start + 3 * (start / 7168 % 200)) }
        case .music:
            for (beat, start) in stride(from: 0, to: count, by: 12_000).enumerated() {
                let root = 55 * pow(2, Double([0, 5, 7, 3][beat / 4 % 4]) / 12)
                for (number, harmonic) in [1, 2, 2.5, 3, 4, 6, 9].enumerated() {
                    let (side, phase) = (unit(), 6 * unit())
                    for index in 0..<24_000 {
                        let time = Double(index) / 48_000
                        let level = 0.4 * exp(-3 * time) / Double(number + 2)
                        add(level * sin(2 * .pi * root * harmonic * time + phase), start + index, side)
                    }
                }
                for index in 0..<4000 { add((2 * unit() - 1) * 0.4 * exp(-Double(index) / 800), start + index) }
            }
        case .speech:
            var start = 0
            while start < count {
                let length = 4000 + random.next(below: 10_000)
                let (pitch, formant) = (220 + random.next(below: 260), 300 + 900 * unit())
                for index in 0..<length {
                    let shape = sin(.pi * Double(index) / Double(length))
                    let pulse =
                        exp(-Double(index % pitch) / 60) * sin(2 * .pi * formant * Double(index % pitch) / 48_000)
                    add(shape * pulse + 0.02 * (2 * unit() - 1), start + index)
                }
                start += length + (random.next(below: 3) == 0 ? 5000 + random.next(below: 24_000) : 0)
            }
        }
        return samples
    }
}

/// Sound encoded in chunks of a test's own choice and decoded again.
struct ChunkedSound {
    let packets: [[UInt8]]
    /// The first samples of chunks.
    let borders: [Int]
    let encodedAgain: Int
    var decoded: [Float]

    /// Encodes a plan's sound in chunks of so many frames, or in one piece.
    init(_ plan: Plan, frames: Int?, in folder: String, _ change: (SoundCoding) -> SoundCoding = { $0 }) throws {
        let codec = try #require(plan.output.audio.codec)
        let coding = change(try #require(plan.soundCoding))
        let opened = try SoundEncoder.open(plan.output.audio, codec)
        var encoder = SoundEncoder(plan, plan.soundTracks[0], codec, coding, like: opened)
        let step = (frames ?? plan.outputSamples) * coding.frame
        // The last chunk is long enough for the overlap.
        let least = 40 * coding.frame
        let starts = stride(from: 0, to: plan.outputSamples, by: step).filter {
            $0 == 0 || plan.outputSamples - $0 >= least
        }
        encoder.chunks = starts.enumerated().map { index, start in
            SoundChunk(
                index: index, track: 0,
                samples: start..<(index + 1 < starts.count ? starts[index + 1] : plan.outputSamples))
        }
        let sound = try encoder.mixed()
        var next = 0
        let joiner = SoundJoiner(encoder) { () throws(ComposeError) in
            defer { next += 1 }
            guard let chunk = try encoder.encode(encoder.chunks[next], sound, isCancelled: { false }) else {
                throw ComposeError(.cancelled, "")
            }
            return chunk
        }
        let path = "\(folder)/\(UUID().uuidString).mka"
        let muxer = try Muxer("matroska", path: path)
        let stream = try muxer.add(opened)
        try muxer.writeHeader()
        var packets: [[UInt8]] = []
        while let packet = try joiner.next() {
            if codec == .flac, packet.size > 0 { try packet.numberFLAC(packets.count) }
            packets.append(packet.bytes)
            if packet.size > 0 { try muxer.write(packet, stream: stream) }
        }
        try muxer.finish()
        self.packets = packets
        borders = Array(starts.dropFirst())
        encodedAgain = joiner.encodedAgain
        // FFmpeg leaves out what Opus puts before the sound, and from 9 on that of AAC and MP3 in Matroska.
        let all = try decodedSound(path)
        let missing = packets.count { !$0.isEmpty } * coding.frame - all.count / 2
        let isWhole = (codec == .aac || codec == .mp3) && missing < opened.padding
        decoded = Array(all.dropFirst(isWhole ? 2 * opened.padding : 0))
    }

    /// What the decoded samples differ by from those that were encoded, for each so many of them.
    struct Error {
        var peak = 0.0
        var energy = 0.0
    }

    /// Returns the error of each frame.
    func errors(from original: [Float], frame: Int) -> [Error] {
        stride(from: 0, to: min(original.count, decoded.count), by: 2 * frame).map { start in
            var (peak, energy): (Float, Float) = (0, 0)
            var index = start
            let end = min(start + 2 * frame, original.count, decoded.count)
            while index < end {
                let error = abs(decoded[index] - original[index])
                if error > peak { peak = error }
                energy += error * error
                index += 1
            }
            return Error(peak: Double(peak), energy: Double(energy))
        }
    }
}
