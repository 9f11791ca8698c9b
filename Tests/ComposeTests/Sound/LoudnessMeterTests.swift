// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// The meter gives what EBU Tech 3341 and 3342 say that meters give.
struct LoudnessMeterTests {
    /// Returns a stereo sine in parts of a level in dBFS and a length in seconds each.
    static func sine(_ parts: [(level: Double, seconds: Double)], hertz: Double = 1000, phase: Double = 0) -> [Float] {
        var samples: [Float] = []
        var position = 0
        for part in parts {
            let amplitude = pow(10, part.level / 20)
            for _ in 0..<Int(part.seconds * 48_000) {
                let value = Float(amplitude * sin(2 * .pi * hertz * Double(position) / 48_000 + phase))
                samples += [value, value]
                position += 1
            }
        }
        return samples
    }

    private func measured(_ samples: [Float]) throws -> LoudnessMeter {
        let meter = try LoudnessMeter()
        for start in stride(from: 0, to: samples.count / 2, by: 4800) {
            try meter.add(samples, from: start, count: min(4800, samples.count / 2 - start))
        }
        return meter
    }

    @Test func `a sine at -23 dBFS has -23 LUFS, and quiet parts do not count`() throws {
        // Tech 3341, cases 1, 3 and 4.
        for parts in [
            [(-23.0, 20.0)], [(-36, 10), (-23, 60), (-36, 10)],
            [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
        ] {
            let meter = try measured(Self.sine(parts))
            #expect(abs(try #require(meter.integrated) + 23) < 0.1)
        }
    }

    @Test func `the range is that of the levels`() throws {
        // Tech 3342, case 1.
        let meter = try measured(Self.sine([(-20, 20), (-30, 20)]))
        #expect(abs(meter.range - 10) < 1)
    }

    @Test func `the true peak lies between the samples`() throws {
        // Tech 3341, case 16: a quarter of the sample rate, 45° off: the samples reach 0.71 of the peak only.
        let samples = Self.sine([(-6, 1)], hertz: 12_000, phase: .pi / 4)
        let meter = try measured(samples)
        #expect((samples.map(abs).max() ?? 0) < 0.36)
        #expect(abs(20 * log10(meter.truePeak) + 6) < 0.4)
    }

    @Test func `silence has no loudness`() throws {
        let meter = try measured([Float](repeating: 0, count: 96_000))
        #expect(meter.integrated == nil && meter.truePeak == 0 && meter.loudness(ofLast: 400) == nil)
    }
}
