// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// The weighted power of a sound in blocks of 100 ms, from which its loudness follows by EBU R 128 and EBU Tech 3342.
struct LoudnessBlocks: Sendable, Hashable {
    /// The mean weighted squares of each block, summed over the channels.
    var powers: [Double] = []

    /// The number of samples in a block.
    static let length = Sound.sampleRate / 10

    /// Returns the loudness of a power, in LUFS.
    static func loudness(_ power: Double) -> Double { -0.691 + 10 * log10(power) }
    /// Returns the power of a loudness.
    static func power(_ loudness: Double) -> Double { pow(10, (loudness + 0.691) / 10) }

    /// The integrated loudness, with gates, in LUFS; `nil` for silence.
    var integrated: Double? {
        let blocks = means(over: 4, every: 1).filter { $0 >= Self.power(-70) }
        guard !blocks.isEmpty else { return nil }
        // A tenth of the power is 10 LU less.
        let gate = blocks.reduce(0, +) / Double(blocks.count) / 10
        let loud = blocks.filter { $0 >= gate }
        guard !loud.isEmpty else { return nil }
        return Self.loudness(loud.reduce(0, +) / Double(loud.count))
    }

    /// Returns the means over a number of blocks.
    private func means(over count: Int, every step: Int) -> [Double] {
        guard powers.count >= count else { return [] }
        return stride(from: 0, through: powers.count - count, by: step).map { start in
            powers[start..<start + count].reduce(0, +) / Double(count)
        }
    }
}
