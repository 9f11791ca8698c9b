// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// The level of a sound that falls while a bus is heard.
///
/// It is computed on a grid of 10 ms of the timeline, and follows from what is heard within a bounded time: any range is the
/// same however it is asked for. May be used by one thread at a time.
final class Ducker {
    private let duck: PlannedDuck
    private let key: KeyLevels

    init(_ duck: PlannedDuck, _ key: KeyLevels) {
        self.duck = duck
        self.key = key
    }

    /// Turns down samples of a range of the timeline.
    func apply(to samples: inout [Float], _ range: Range<Int>) throws(ComposeError) {
        let step = KeyLevels.step
        let first = Int((Double(range.lowerBound) / Double(step)).rounded(.down))
        let last = Int((Double(range.upperBound) / Double(step)).rounded(.up))
        let points = try gains(first...last)
        for block in first..<last {
            let (from, to) = (points[block - first], points[block - first + 1])
            if from == 1, to == 1 { continue }
            let part = (block * step..<(block + 1) * step).clamped(to: range)
            Sound.scale(
                &samples, part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound, from: from, to: to,
                over: step, first: part.lowerBound - block * step)
        }
    }

    /// Returns the gains at points of the grid.
    private func gains(_ points: ClosedRange<Int>) throws(ComposeError) -> [Double] {
        func blocks(_ samples: Int) -> Int { (samples + KeyLevels.step - 1) / KeyLevels.step }
        let (attack, release) = (max(1, blocks(duck.attack)), max(1, blocks(duck.release)))
        let (hold, ahead) = (blocks(duck.hold), blocks(duck.lookAhead))
        // What was before this has no influence: the rise and the fall are over.
        let start = points.lowerBound - attack - release - 2
        let levels = try key.levels(start - hold..<points.upperBound + ahead + 1)
        // The block after a point, or one before it, is heard.
        var since = hold + ahead + 1
        var isOn: [Bool] = []
        for (index, level) in levels.enumerated() {
            since = level >= duck.threshold ? 0 : since + 1
            if index >= hold + ahead { isOn.append(since <= hold + ahead) }
        }
        // A straight line down from the moment on which it is heard, and one up from the lowest place that was reached.
        var (running, depth) = (0, 0.0)
        var result: [Double] = []
        for (index, isOn) in isOn.enumerated() {
            running = isOn ? min(running + 1, attack) : 0
            depth = max(Double(running) / Double(attack), depth - 1 / Double(release), 0)
            if start + index >= points.lowerBound { result.append(depth == 0 ? 1 : pow(10, duck.by * depth / 20)) }
        }
        return result
    }
}

/// The levels of a bus in blocks of 10 ms, measured as they are needed.
///
/// May be used by one thread at a time.
final class KeyLevels {
    /// The number of samples in a block.
    static let step = 480

    private let bus: BusMixer
    private var first = 0
    private var levels: [Double] = []
    /// The blocks that are kept: somewhat more than ducking looks back.
    private static let most = 4000
    /// The number of blocks that are measured at once.
    private static let run = 10

    init(_ bus: BusMixer) { self.bus = bus }

    /// Returns the levels of blocks in dBFS; before the timeline begins, nothing is heard.
    func levels(_ blocks: Range<Int>) throws(ComposeError) -> [Double] {
        if max(blocks.lowerBound, 0) < first || blocks.lowerBound > first + levels.count {
            levels = []
            first = max(0, blocks.lowerBound)
        }
        while first + levels.count < blocks.upperBound {
            let start = (first + levels.count) * Self.step
            let samples = try bus.samples(start..<start + Self.run * Self.step)
            for block in 0..<Self.run {
                var sum: Float = 0
                for index in block * Self.step * Sound.channels..<(block + 1) * Self.step * Sound.channels {
                    sum += samples[index] * samples[index]
                }
                let power = Double(sum) / Double(Self.step * Sound.channels)
                levels.append(power > 0 ? 10 * log10(power) : -.infinity)
            }
        }
        let silent = [Double](repeating: -.infinity, count: max(0, min(0, blocks.upperBound) - blocks.lowerBound))
        let known = max(0, blocks.lowerBound)..<max(0, blocks.upperBound)
        let result = silent + levels[known.lowerBound - first..<known.upperBound - first]
        if levels.count > 2 * Self.most {
            let spare = min(levels.count - Self.most, known.lowerBound - first)
            levels.removeFirst(spare)
            first += spare
        }
        return result
    }
}
