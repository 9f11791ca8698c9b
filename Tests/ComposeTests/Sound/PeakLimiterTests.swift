// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// The limiter keeps true peaks below its ceiling, and leaves everything else as it is.
struct PeakLimiterTests {
    /// Sounds that are hard to limit, in stereo.
    static func sounds() -> [(name: String, samples: [Float])] {
        var random = RepeatableRandom(23)
        func stereo(_ make: (Int) -> Float) -> [Float] {
            (0..<96_000).flatMap { index -> [Float] in
                let value = make(index)
                return [value, -value]
            }
        }
        return [
            ("noise at four times full scale", stereo { _ in random.sample() * 8 }),
            ("a square wave", stereo { $0 / 24 % 2 == 0 ? 1.2 : -1.2 }),
            ("a quarter of the rate, between the samples", stereo { 1.3 * Float(sin(.pi / 2 * Double($0) + .pi / 4)) }),
            ("clicks", stereo { $0 % 4801 == 0 ? 5 : 0 }),
            (
                "bursts of high notes",
                stereo { $0 / 4800 % 2 == 0 ? 0 : 2 * Float(sin(2 * .pi * 15_000 * Double($0) / 48_000)) }
            ),
        ]
    }

    private func limited(_ samples: [Float], to ceiling: Double) throws -> (samples: [Float], most: Double) {
        let (before, after) = (PeakLimiter.before, PeakLimiter.after)
        let padded = [Float](repeating: 0, count: 2 * before) + samples + [Float](repeating: 0, count: 2 * after)
        return try PeakLimiter().limited(padded, to: ceiling)
    }

    @Test func `no true peak is above the ceiling, by another meter`() throws {
        for (name, samples) in Self.sounds() {
            let result = try limited(samples, to: 0.8)
            let meter = try LoudnessMeter()
            try meter.add(result.samples, count: result.samples.count / 2)
            // What is near half of the rate, as white noise has it, lies between the samples as the interpolation says.
            let tolerance = name.hasPrefix("noise") ? 0.3 : 0.1
            #expect(20 * log10(meter.truePeak / 0.8) < tolerance, "\(name): \(meter.truePeak)")
            #expect(result.samples.count == samples.count && result.most > 0.1, "\(name)")
        }
    }

    @Test func `what is below the ceiling stays as it is, bit for bit`() throws {
        var random = RepeatableRandom(2)
        let samples = (0..<96_000).map { _ in random.sample() * 0.5 }
        let result = try limited(samples, to: 0.9)
        #expect(result.samples == samples && result.most == 0)
    }

    @Test func `the gain is back 150 ms after a peak, and does not begin to fall before 5 ms ahead of it`() throws {
        var samples = [Float](repeating: 0.5, count: 2 * 48_000)
        samples[2 * 24_000] = 4
        let result = try limited(samples, to: 0.8).samples
        #expect(result[2 * (24_000 - 270)] == 0.5 && result[2 * (24_000 + 7600)] == 0.5)
        #expect(result[2 * 24_000] <= 0.8001 && result[2 * 24_000] > 0.7)
    }

    @Test func `any part can be limited by itself`() throws {
        let limiter = try PeakLimiter()
        var random = RepeatableRandom(9)
        for (name, samples) in Self.sounds() {
            let whole = try limited(samples, to: 0.7).samples
            let (before, after) = (PeakLimiter.before, PeakLimiter.after)
            let padded = [Float](repeating: 0, count: 2 * before) + samples + [Float](repeating: 0, count: 2 * after)
            for _ in 0..<6 {
                let start = random.next(below: 90_000)
                let count = 1 + random.next(below: 6000)
                let part = Array(padded[2 * start..<2 * (start + before + count + after)])
                #expect(
                    try limiter.limited(part, to: 0.7).samples == Array(whole[2 * start..<2 * (start + count)]),
                    "\(name)")
            }
        }
    }
}
