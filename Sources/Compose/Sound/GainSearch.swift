// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A search for the gain at which a plan's mix has a loudness under a ceiling, without encoding it.
///
/// May be used by one thread at a time.
struct GainSearch {
    private let pass: LoudnessPass
    private let mixed: LoudnessBlocks
    private let goesOn: () throws(ComposeError) -> Void
    /// What was measured under the limiter, by level.
    private var known: [MasterLevel: Double] = [:]
    /// The gain in decibels that was found last.
    private var gain: Double?

    /// A gain in decibels, and the loudness of the limited mix with it in LUFS.
    typealias Found = (gain: Double, loudness: Double)

    /// The most that a sound is turned up, in decibels: what is quieter is noise.
    private static let mostGain = 40.0
    /// The most times that the mix is measured for one answer.
    private static let tries = 4

    /// Creates a search; `mixed` is what was measured of the mix as it is.
    init(_ pass: LoudnessPass, _ mixed: LoudnessBlocks, _ goesOn: @escaping () throws(ComposeError) -> Void) {
        self.pass = pass
        self.mixed = mixed
        self.goesOn = goesOn
    }

    /// Returns the gain, in whole tenths, whose loudness is nearest to a target; `nil` for silence.
    ///
    /// In whole tenths a small edit changes no level, and nothing that was made at it. Blocks.
    mutating func gain(for target: Double, under ceiling: Double) throws(ComposeError) -> Found? {
        guard let plain = mixed.integrated else { return nil }
        var gain = Self.tenths(self.gain ?? target - plain)
        var best: Found?
        var last: Found?
        for _ in 0..<Self.tries {
            guard let loudness = try loudness(at: MasterLevel(gain: gain, ceiling: ceiling)) else { break }
            if best.map({ abs(target - $0.loudness) > abs(target - loudness) }) ?? true { best = (gain, loudness) }
            // The more peaks are turned down, the less a decibel of gain brings.
            var yield = 1.0
            if let last { yield = min(max((loudness - last.loudness) / (gain - last.gain), 0.2), 1) }
            last = (gain, loudness)
            let next = Self.tenths(gain + (target - loudness) / yield)
            if next == gain { break }
            gain = next
        }
        self.gain = best?.gain
        return best
    }

    /// Returns the loudness of the limited mix, which is measured only if the limiter has to do with it.
    private mutating func loudness(at level: MasterLevel) throws(ComposeError) -> Double? {
        if mixed.truePeak * level.factor <= level.ceilingFactor { return mixed.integrated(at: level.factor) }
        if let loudness = known[level] { return loudness }
        let loudness = try pass.measured(at: level, goesOn).integrated
        known[level] = loudness
        return loudness
    }

    private static func tenths(_ gain: Double) -> Double { (min(gain, mostGain) * 10).rounded() / 10 }
}
