// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A meter of loudness and of true peaks.
///
/// May be used by one thread at a time.
final class SoundMeter {
    private let meter: LoudnessMeter
    private let peaks: PeakMeter

    /// Creates a meter of stereo at a rate.
    init(rate: Int = Sound.sampleRate) throws(LibavError) {
        meter = try LoudnessMeter(rate: rate, peaks: false)
        peaks = try PeakMeter()
    }

    /// Measures the next samples.
    func add(_ samples: [Float]) throws(LibavError) {
        try meter.add(samples, count: samples.count / Sound.channels)
        peaks.add(samples)
    }

    /// What was measured so far.
    var measurement: SoundMeasurement {
        SoundMeasurement(integrated: meter.integrated, range: meter.range, truePeak: peaks.truePeak)
    }
}
