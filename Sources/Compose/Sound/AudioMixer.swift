// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The master of an audio plan, which adds up its buses from start to end, block by block.
///
/// May be used by one thread at a time.
final class AudioMixer {
    private let buses: [BusMixer]
    private let sampleCount: Int
    private var mix: [Float] = []
    /// The number of samples mixed so far.
    private(set) var position = 0
    /// What is known of the sound so far.
    private(set) var summary = SoundSummary()

    init(_ plan: AudioPlan, path: @escaping (String) -> String) {
        let readers = SoundReaders()
        buses = plan.buses.map { BusMixer($0, path: path, readers: readers) }
        sampleCount = plan.sampleCount
    }

    /// Returns the next `count` samples, or fewer at the end.
    ///
    /// The array may be longer than the returned count.
    func next(_ count: Int) throws(ComposeError) -> (samples: [Float], count: Int) {
        let count = min(count, sampleCount - position)
        let block = position..<position + count
        mix = [Float](repeating: 0, count: count * Sound.channels)
        for (number, bus) in buses.enumerated() {
            try bus.add(to: &mix, block: block)
            for loss in bus.losses {
                summary.note(.init(bus: number, sound: loss.sound, count: loss.count, first: loss.first))
            }
        }
        position = block.upperBound
        let peak = Sound.peak(of: mix, count: count)
        summary.peak = max(summary.peak, peak.value)
        summary.over += peak.over
        return (mix, count)
    }
}
