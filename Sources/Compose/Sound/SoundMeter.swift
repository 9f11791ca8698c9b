// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A meter of loudness and of true peaks, quicker than libebur128's own where nothing is loud.
///
/// May be used by one thread at a time.
final class SoundMeter {
    private let meter: LoudnessMeter
    private let limiter: PeakLimiter
    private var rest: [Float] = []
    private var peak = 0.0

    /// Creates a meter of stereo at a rate.
    init(rate: Int = Sound.sampleRate) throws(LibavError) {
        meter = try LoudnessMeter(rate: rate, peaks: false)
        limiter = try PeakLimiter()
        rest = [Float](repeating: 0, count: Self.around * Sound.channels)
    }

    /// The samples on each side that a true peak depends on.
    private static let around = 12

    /// Measures the next samples.
    func add(_ samples: [Float]) throws(LibavError) {
        guard !samples.isEmpty else { return }
        try meter.add(samples, count: samples.count / Sound.channels)
        let all = rest + samples
        peak = max(peak, limiter.truePeak(of: all))
        rest = Array(all.suffix(2 * Self.around * Sound.channels))
    }

    /// What was measured so far.
    var measurement: SoundMeasurement {
        SoundMeasurement(integrated: meter.integrated, range: meter.range, truePeak: peak)
    }
}
