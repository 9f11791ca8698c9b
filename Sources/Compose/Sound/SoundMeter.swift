// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A meter of loudness and of true peaks.
///
/// May be used by one thread at a time.
final class SoundMeter {
    private let meter: LoudnessMeter
    private let peaks: PeakMeter

    /// The parts that were added whose true peak is above the limit, by their samples.
    var over: [PeakMeter.Part] { peaks.over }

    /// Creates a meter of stereo at a rate, which notes what is above a limit; 1 is full scale.
    ///
    /// If both channels are those of a mono sound, they count once.
    init(rate: Int, isMono: Bool, limit: Double) throws(LibavError) {
        meter = try LoudnessMeter(rate: rate, peaks: false, isMono: isMono)
        peaks = try PeakMeter(limit: limit)
    }

    /// Measures the next samples.
    func add(_ samples: [Float]) throws(LibavError) {
        try meter.add(samples, count: samples.count / Sound.channels)
        peaks.add(samples)
    }

    /// Ends the sound, and returns what was measured.
    func finish() -> SoundMeasurement {
        peaks.finish()
        return SoundMeasurement(integrated: meter.integrated, range: meter.range, truePeak: peaks.truePeak)
    }
}
