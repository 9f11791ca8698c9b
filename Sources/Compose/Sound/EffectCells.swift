// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Samples with effects, made in cells of a fixed length.
///
/// Filters remember what came before, some for ever. So each cell is made by filters of its own, which begin with as much
/// of the sound before it as can still be heard: any range is the same however it is asked for, and every cell can be made by
/// itself. May be used by one thread at a time.
final class EffectCells {
    private let stages: [EffectChain.Stage]
    private let warmUp: Int
    private let delay: Int
    /// The range in which there is sound; before and after it there is silence.
    private let bounds: Range<Int>
    private var window: SampleWindow
    private var cell: (index: Int, samples: [Float])?

    /// The length of a cell: 5 s.
    static let length = 5 * Sound.sampleRate
    /// The number of samples that filters get at once.
    private static let step = 4800

    /// Creates the samples in a range with effects, of which there is one at least.
    init(_ effects: [SoundEffect], in bounds: Range<Int>) throws(LibavError) {
        stages = effects.map(\.stage)
        warmUp = effects.reduce(0) { $0 + $1.warmUp }
        delay = try EffectDelay.delay(of: effects.map(\.filter))
        self.bounds = bounds
        window = SampleWindow(history: warmUp + delay)
    }

    /// Returns the samples of a range; `input` gives those without effects.
    func samples(
        _ range: Range<Int>, input: (Range<Int>) throws(ComposeError) -> [Float]
    ) throws(ComposeError) -> [Float] {
        var result = [Float](repeating: 0, count: range.count * Sound.channels)
        let part = range.clamped(to: bounds)
        var place = part.lowerBound
        while place < part.upperBound {
            let index = (place - bounds.lowerBound) / Self.length
            let start = bounds.lowerBound + index * Self.length
            let samples: [Float]
            if let cell, cell.index == index {
                samples = cell.samples
            } else {
                samples = try made(start..<min(start + Self.length, bounds.upperBound), input)
                cell = (index, samples)
            }
            let end = min(start + Self.length, part.upperBound)
            result.replaceSubrange(
                (place - range.lowerBound) * Sound.channels..<(end - range.lowerBound) * Sound.channels,
                with: samples[(place - start) * Sound.channels..<(end - start) * Sound.channels])
            place = end
        }
        return result
    }

    private func made(
        _ range: Range<Int>, _ input: (Range<Int>) throws(ComposeError) -> [Float]
    ) throws(ComposeError) -> [Float] {
        let chain = try rendering { () throws(LibavError) in try EffectChain(stages) }
        let lead = range.lowerBound - warmUp
        var result = [Float](repeating: 0, count: range.count * Sound.channels)
        var rest = [Float](repeating: 0, count: Self.step * Sound.channels)
        var (dropped, done) = (0, 0)
        let end = range.upperBound + delay
        for start in stride(from: lead, to: end + Self.step, by: Self.step) {
            let part = min(start, end)..<min(start + Self.step, end)
            if part.isEmpty {
                try rendering { () throws(LibavError) in try chain.push([]) }
            } else {
                let samples = try padded(part, input)
                try rendering { () throws(LibavError) in try chain.push(samples) }
            }
            while true {
                let got: Int
                if dropped < warmUp + delay {
                    let most = min(Self.step, warmUp + delay - dropped)
                    got = try rendering { () throws(LibavError) in try chain.read(most, into: &rest, at: 0) }
                    dropped += got
                } else {
                    let most = min(Self.step, range.count - done)
                    got = try rendering { () throws(LibavError) in try chain.read(most, into: &result, at: done) }
                    done += got
                }
                if got == 0 { break }
            }
        }
        return result
    }

    /// Returns the samples of a range, with silence outside of the bounds.
    private func padded(
        _ range: Range<Int>, _ input: (Range<Int>) throws(ComposeError) -> [Float]
    ) throws(ComposeError) -> [Float] {
        try window.samples(range) { (part: Range<Int>) throws(ComposeError) in
            let there = part.clamped(to: bounds)
            if there == part { return try input(part) }
            var samples = [Float](repeating: 0, count: part.count * Sound.channels)
            if !there.isEmpty {
                samples.replaceSubrange(
                    (there.lowerBound - part.lowerBound) * Sound.channels..<(there.upperBound - part.lowerBound)
                        * Sound.channels, with: try input(there))
            }
            return samples
        }
    }
}

/// The delays of filters, measured once in each process, because libavfilter does not tell them.
private enum EffectDelay {
    private static let known = Remembered<[String], Int>(most: 1000)

    /// Returns by how many samples filters are late.
    static func delay(of filters: [EffectChain.Filter]) throws(LibavError) -> Int {
        // Only what works on spectra is late.
        let late = filters.filter { $0.name == "afftdn" }
        guard let first = late.first else { return 0 }
        let one = try known.value(for: [first.name]) { () throws(LibavError) in try measured(first) }
        return one * late.count
    }

    private static func measured(_ filter: EffectChain.Filter) throws(LibavError) -> Int {
        let count = Sound.sampleRate
        let impulse = count / 2
        var samples = [Float](repeating: 0, count: count * Sound.channels)
        for channel in 0..<Sound.channels { samples[impulse * Sound.channels + channel] = 0.9 }
        let chain = try EffectChain([.filter(filter)])
        try chain.push(samples)
        try chain.push([])
        var result = [Float](repeating: 0, count: count * Sound.channels)
        var done = 0
        while done < count {
            let got = try chain.read(count - done, into: &result, at: done)
            if got == 0 { break }
            done += got
        }
        let loudest = result.indices.max { abs(result[$0]) < abs(result[$1]) } ?? 0
        return max(0, loudest / Sound.channels - impulse)
    }
}
