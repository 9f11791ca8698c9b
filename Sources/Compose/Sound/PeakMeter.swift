// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A meter of true peaks, quicker than libebur128's own where nothing is loud.
///
/// May be used by one thread at a time.
final class PeakMeter {
    private let limiter: PeakLimiter
    private var rest: [Float]
    /// The true peak of everything so far but for the last few samples; 1 is full scale.
    private(set) var peakSoFar = 0.0

    /// The samples on each side that a true peak depends on.
    private static let around = 12

    /// Creates a meter of stereo at any rate.
    init() throws(LibavError) {
        limiter = try PeakLimiter()
        rest = Self.silence
    }

    private static var silence: [Float] { [Float](repeating: 0, count: around * Sound.channels) }

    /// Measures the next samples.
    func add(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        let all = rest + samples
        peakSoFar = max(peakSoFar, limiter.truePeak(of: all))
        rest = Array(all.suffix(2 * Self.around * Sound.channels))
    }

    /// The true peak of everything so far, followed by silence; 1 is full scale.
    var truePeak: Double { max(peakSoFar, limiter.truePeak(of: rest + Self.silence)) }
}
