// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A meter of true peaks, quicker than libebur128's own where nothing is loud.
///
/// May be used by one thread at a time.
final class PeakMeter {
    /// A part of a sound and its true peak.
    typealias Part = (samples: Range<Int>, peak: Double)

    private let limiter: PeakLimiter
    private let limit: Double
    private var rest: [Float]
    private var position = 0
    /// The true peak of everything so far but for the last few samples; 1 is full scale.
    private(set) var truePeak = 0.0
    /// The parts that were added whose true peak is above the limit, to within a few samples.
    private(set) var over: [Part] = []

    /// The samples on each side that a true peak depends on.
    private static let around = 12

    /// Creates a meter of stereo at any rate, which notes what is above a limit.
    init(limit: Double = .infinity) throws(LibavError) {
        limiter = try PeakLimiter()
        self.limit = limit
        rest = Self.silence
    }

    private static var silence: [Float] { [Float](repeating: 0, count: around * Sound.channels) }

    /// Measures the next samples.
    func add(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        let count = samples.count / Sound.channels
        let all = rest + samples
        let peak = limiter.truePeak(of: all, above: min(truePeak, limit))
        if peak > limit { over.append((position..<position + count, peak)) }
        truePeak = max(truePeak, peak)
        rest = Array(all.suffix(2 * Self.around * Sound.channels))
        position += count
    }

    /// Measures the last samples, after which there is silence.
    func finish() { add(Self.silence) }
}
