// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The master of an audio plan, which adds up its buses, applies the master's effects, and brings it all to its level.
///
/// It can be asked for any range of the timeline, and gives the same samples however the timeline is cut into ranges; ranges
/// that follow each other are quickest. May be used by one thread at a time.
final class AudioMixer {
    private let plan: AudioPlan
    private let level: MasterLevel?
    /// The buses that play into the master.
    private let buses: [BusMixer]
    private var cells: EffectCells?
    private var limiter: PeakLimiter?
    private var window = SampleWindow(history: PeakLimiter.before + PeakLimiter.after)
    /// The largest part that the limiter took from a sample of the last range, 0…1.
    private(set) var reduction = 0.0
    /// The sample after the last range.
    private(set) var position = 0
    /// What is known of the sound that was mixed so far.
    private(set) var summary = SoundSummary()

    /// The number of samples that are mixed at once, which bounds the memory: a tenth of a second.
    private static let block = 4800

    /// Creates a mixer, which leaves the sound as it is mixed without a level.
    init(_ plan: AudioPlan, path: @escaping (String) -> String, level: MasterLevel? = nil) {
        let (readers, keys) = (SoundReaders(), KeyBuses(plan, path: path))
        self.plan = plan
        self.level = level
        buses = plan.buses.indices.filter { plan.buses[$0].into == nil }
            .map { BusMixer(plan, $0, path: path, readers: readers, keys: keys) }
    }

    /// Returns the samples of a range of the timeline; outside of it there is silence.
    func samples(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        reduction = 0
        if range.count <= Self.block { return try mastered(range) }
        var all: [Float] = []
        all.reserveCapacity(range.count * Sound.channels)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.block) {
            all += try mastered(start..<min(start + Self.block, range.upperBound))
        }
        return all
    }

    /// Returns the next `count` samples, or fewer at the end.
    func next(_ count: Int) throws(ComposeError) -> (samples: [Float], count: Int) {
        let count = max(0, min(count, plan.sampleCount - position))
        return (try samples(position..<position + count), count)
    }

    private func mastered(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        var samples: [Float]
        if let level {
            let around = range.lowerBound - PeakLimiter.before..<range.upperBound + PeakLimiter.after
            let gain = level.factor
            let raw = try window.samples(around) { (part: Range<Int>) throws(ComposeError) in
                var samples = try effected(part)
                Sound.scale(&samples, 0..<part.count, from: gain, to: gain, over: 1, first: 0)
                return samples
            }
            do throws(LibavError) {
                let limited = try peakLimiter().limited(raw, to: level.ceilingFactor)
                samples = limited.samples
                let taken = 1 - (1 - limited.most) * (1 - level.dips.apply(to: &samples, range))
                reduction = max(reduction, taken)
                summary.reduction = max(summary.reduction, taken)
            } catch {
                throw ComposeError(error, .renderFailed)
            }
        } else {
            samples = try effected(range)
        }
        position = range.upperBound
        let peak = Sound.peak(of: samples, count: range.count)
        summary.peak = max(summary.peak, peak.value)
        summary.over += peak.over
        return samples
    }

    /// Returns the sum of the buses with the master's effects.
    private func effected(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        if plan.effects.isEmpty { return try mixed(range) }
        do throws(LibavError) {
            if cells == nil { cells = try EffectCells(plan.effects, in: 0..<max(1, plan.sampleCount)) }
        } catch {
            throw ComposeError(error, .renderFailed)
        }
        guard let cells else { return try mixed(range) }
        return try cells.samples(range, input: mixed)
    }

    private func peakLimiter() throws(LibavError) -> PeakLimiter {
        if let limiter { return limiter }
        let made = try PeakLimiter()
        limiter = made
        return made
    }

    private func mixed(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        var mix = [Float](repeating: 0, count: range.count * Sound.channels)
        // Nothing is heard outside of the timeline, whatever rings on there.
        let part = range.clamped(to: 0..<max(0, plan.sampleCount))
        if part.isEmpty { return mix }
        for bus in buses {
            if part == range {
                try bus.add(to: &mix, range: range)
            } else {
                Sound.add(
                    try bus.samples(part), 0..<part.count, to: &mix, at: part.lowerBound - range.lowerBound,
                    Sound.Line(Sound.Gains(left: 1, right: 1)))
            }
            bus.note(in: &summary)
        }
        return mix
    }
}
