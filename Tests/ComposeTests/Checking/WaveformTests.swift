// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

import Libav

@testable import Compose

@Suite struct WaveformTests {
    /// The JSON as waveform-data.js reads it.
    private struct Written: Decodable {
        let version, channels, sample_rate, samples_per_pixel, bits, length: Int
        let data, rms: [Int]
    }

    /// Writes stereo samples to a file of floats.
    private func write(_ samples: [Float], to path: String) throws {
        let raw = samples.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
        try Data(raw).write(to: URL(fileURLWithPath: path + ".raw"))
        try run(
            "ffmpeg",
            ["-v", "error", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", path + ".raw", "-c:a", "pcm_f32le", path])
    }

    @Test func `bins hold the least, the greatest and the mean square of their samples`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.wav"
            // 10,500 samples: a ramp on the left, a half with changing signs on the right.
            let samples = (0..<10_500).flatMap { index -> [Float] in
                let side: Float = index % 2 == 0 ? 0.5 : -0.5
                return [Float(index) / 10_500, side]
            }
            try write(samples, to: path)
            let wave = try await Waveform.read(path, .samplesPerBin(1000), channels: 2)
            #expect(
                wave.count == 11 && wave.samples == 10_500 && wave.samplesPerBin == 1000 && wave.sampleRate == 48_000)
            for bin in 0..<11 {
                let end = min(10_500, bin * 1000 + 1000)
                let part = (bin * 1000..<end).map { Double($0) / 10_500 }
                #expect(wave.channels[0].lows[bin] == Float(bin * 1000) / 10_500)
                #expect(wave.channels[0].highs[bin] == Float(end - 1) / 10_500)
                let rms = (part.reduce(0) { $0 + $1 * $1 } / Double(part.count)).squareRoot()
                #expect(abs(Double(wave.channels[0].rms[bin]) - rms) < 1e-5)
                #expect(wave.channels[1].lows[bin] == -0.5 && wave.channels[1].rms[bin] == 0.5)
            }
            let mixed = try await Waveform.read(path, .bins(3))
            #expect(mixed.channels.count == 1 && mixed.count == 3 && mixed.samplesPerBin == 3500)
            #expect(abs(mixed.channels[0].highs[2] - (10_498.0 / 10_500 + 0.5) / 2) < 1e-5)
        }
    }

    @Test func `the JSON is that of audiowaveform`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.wav"
            try write((0..<4800).flatMap { _ in [Float(1.5), Float(-0.25)] }, to: path)
            let wave = try await Waveform.read(path, .samplesPerBin(512), channels: 2)
            let eight = try JSONDecoder().decode(Written.self, from: Data(wave.json().utf8))
            #expect(eight.version == 2 && eight.channels == 2 && eight.sample_rate == 48_000 && eight.bits == 8)
            #expect(
                eight.samples_per_pixel == 512 && eight.length == 10 && eight.data.count == 40 && eight.rms.count == 20)
            #expect(eight.data.prefix(4) == [127, 127, -32, -32] && eight.rms.prefix(2) == [127, 32])
            let sixteen = try JSONDecoder().decode(Written.self, from: Data(wave.json(bits: .sixteen).utf8))
            #expect(sixteen.data.prefix(4) == [32767, 32767, -8192, -8192] && sixteen.bits == 16)
        }
    }

    @Test func `the picture shows sound where it is, in its colours`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.wav"
            // Silence in the first half; full scale in the second.
            try write(
                (0..<48_000).flatMap { index -> [Float] in
                    let value: Float = index < 24_000 ? 0 : index % 2 == 0 ? 0.99 : -0.99
                    return [value, value]
                }, to: path)
            let wave = try await Waveform.read(path, .bins(800))
            let red = Color(red: 255, green: 0, blue: 0)
            let look = Waveform.Look(width: 100, height: 40, peaks: .white, loudness: red, background: .black)
            let data = try wave.png(look)
            try data.write(to: URL(fileURLWithPath: folder + "/a.png"))
            let pixels = [UInt8](
                try run(
                    "ffmpeg", ["-v", "error", "-i", folder + "/a.png", "-f", "rawvideo", "-pix_fmt", "rgba", "-"]))
            #expect(pixels.count == 100 * 40 * 4)
            func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(pixels[(y * 100 + x) * 4..<(y * 100 + x) * 4 + 4]) }
            #expect(pixel(20, 5) == [0, 0, 0, 255] && pixel(20, 35) == [0, 0, 0, 255])
            #expect(pixel(20, 20) != [0, 0, 0, 255])
            #expect(pixel(49, 5) == [0, 0, 0, 255] && pixel(51, 5) == [255, 0, 0, 255])
            #expect(pixel(75, 1) == [255, 0, 0, 255] && pixel(75, 38) == [255, 0, 0, 255])
            let clear = try wave.png(Waveform.Look(width: 10, height: 10))
            #expect(clear.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test func `what is out of range is refused in words`() async throws {
        let path = Fixtures.input("tone.wav")
        for resolution in [Waveform.Resolution.bins(0), .bins(20_000_000), .samplesPerBin(0), .samplesPerBin(-5)] {
            let error = await #expect(throws: ComposeError.self) { try await Waveform.read(path, resolution) }
            #expect(error?.code == .invalidSettings)
        }
        await #expect(throws: ComposeError.self) { try await Waveform.read(path, channels: 3) }
        let error = await #expect(throws: ComposeError.self) { try await Waveform.read(Fixtures.input("red.jpg")) }
        #expect(error?.code == .unreadableMedia)
        let wave = try await Waveform.read(path)
        for look in [
            Waveform.Look(width: 0), Waveform.Look(height: 40_000), Waveform.Look(width: 32767, height: 32767),
        ] {
            #expect(throws: ComposeError.self) { try wave.png(look) }
        }
    }
}
