// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The master of an audio plan, which adds up its buses.
///
/// It can be asked for any range of the timeline, and gives the same samples however the timeline is cut into ranges; ranges
/// that follow each other are quickest. May be used by one thread at a time.
final class AudioMixer {
    private let buses: [BusMixer]
    private let sampleCount: Int
    /// The sample after the last range.
    private(set) var position = 0
    /// What is known of the sound that was mixed so far.
    private(set) var summary = SoundSummary()

    init(_ plan: AudioPlan, path: @escaping (String) -> String) {
        let readers = SoundReaders()
        buses = plan.buses.map { BusMixer($0, path: path, readers: readers) }
        sampleCount = plan.sampleCount
    }

    /// Returns the samples of a range of the timeline; outside of it there is silence.
    func samples(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        var mix = [Float](repeating: 0, count: range.count * Sound.channels)
        for (number, bus) in buses.enumerated() {
            try bus.add(to: &mix, block: range)
            for loss in bus.losses {
                summary.note(.init(bus: number, sound: loss.sound, count: loss.count, first: loss.first))
            }
        }
        position = range.upperBound
        let peak = Sound.peak(of: mix, count: range.count)
        summary.peak = max(summary.peak, peak.value)
        summary.over += peak.over
        return mix
    }

    /// Returns the next `count` samples, or fewer at the end.
    func next(_ count: Int) throws(ComposeError) -> (samples: [Float], count: Int) {
        let count = max(0, min(count, sampleCount - position))
        return (try samples(position..<position + count), count)
    }
}
