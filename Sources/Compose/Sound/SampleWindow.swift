// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The last samples of a source that is asked for ranges that overlap, so that it is read once and in order.
struct SampleWindow {
    /// How many samples before the end of the last range are kept.
    let history: Int
    private var start = 0
    private var samples: [Float] = []

    init(history: Int) { self.history = history }

    private var end: Int { start + samples.count / Sound.channels }

    /// Returns the samples of a range, of which `next` gives those that are new.
    mutating func samples(
        _ range: Range<Int>, next: (_ range: Range<Int>) throws(ComposeError) -> [Float]
    ) throws(ComposeError) -> [Float] {
        if range.lowerBound < start || range.lowerBound > end {
            samples.removeAll(keepingCapacity: true)
            start = range.lowerBound
        }
        if range.upperBound > end {
            let new = try next(end..<range.upperBound)
            if samples.isEmpty { samples = new } else { samples += new }
        }
        let offset = (range.lowerBound - start) * Sound.channels
        let result = Array(samples[offset..<offset + range.count * Sound.channels])
        // Samples are moved seldom, in place of every time.
        let most = max(range.upperBound - history, start)
        if most - start > max(history, range.count) {
            samples.removeFirst((most - start) * Sound.channels)
            start = most
        }
        return result
    }
}
