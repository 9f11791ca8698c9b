// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// The weighted power of a sound in blocks of 100 ms, from which its loudness follows by EBU R 128, and its true peak.
struct LoudnessBlocks: Sendable, Hashable {
    /// The mean weighted squares of each block, summed over the channels.
    var powers: [Double] = []
    /// The true peak; 1 is full scale.
    var truePeak = 0.0

    /// The number of samples in a block.
    static let length = Sound.sampleRate / 10
    /// The number of blocks over which power is averaged: 400 ms, every 100 ms.
    private static let window = 4

    /// Returns the loudness of a power, in LUFS.
    static func loudness(_ power: Double) -> Double { -0.691 + 10 * log10(power) }
    /// Returns the power of a loudness.
    static func power(_ loudness: Double) -> Double { pow(10, (loudness + 0.691) / 10) }

    /// Adds the blocks of what follows.
    mutating func add(_ next: LoudnessBlocks) {
        powers += next.powers
        truePeak = max(truePeak, next.truePeak)
    }

    /// The integrated loudness, with gates, in LUFS; `nil` for silence.
    var integrated: Double? { integrated(at: 1) }

    /// Returns the integrated loudness of the sound times a factor; `nil` for silence.
    func integrated(at factor: Double) -> Double? {
        let blocks = means.map { $0 * factor * factor }.filter { $0 >= Self.power(-70) }
        guard !blocks.isEmpty else { return nil }
        // A tenth of the power is 10 LU less.
        let gate = blocks.reduce(0, +) / Double(blocks.count) / 10
        let loud = blocks.filter { $0 >= gate }
        guard !loud.isEmpty else { return nil }
        return Self.loudness(loud.reduce(0, +) / Double(loud.count))
    }

    private var means: [Double] {
        guard powers.count >= Self.window else { return [] }
        return (0...powers.count - Self.window).map { start in
            powers[start..<start + Self.window].reduce(0, +) / Double(Self.window)
        }
    }
}

extension LoudnessBlocks {
    /// The most blocks that are kept together: ten seconds.
    private static let most = LoudnessPass.length / length

    /// Returns the blocks as bytes that contain their key and a checksum.
    func sealed(as key: Digest) throws(LibavError) -> [UInt8] {
        var bytes = CanonicalBytes()
        bytes.add(truePeak)
        bytes.add(powers.count)
        for power in powers { bytes.add(power) }
        return try SealedBytes.seal(bytes, as: key)
    }

    /// Reads the blocks that `key` identifies; `nil` if they are damaged.
    init?(_ bytes: ArraySlice<UInt8>, as key: Digest) {
        guard case .whole(var reader) = try? SealedBytes.open(bytes, as: key), let peak = reader.double(),
            let count = reader.number(), peak >= 0, (0...Self.most).contains(count)
        else { return nil }
        truePeak = peak
        for _ in 0..<count {
            guard let power = reader.double(), power.isFinite, power >= 0 else { return nil }
            powers.append(power)
        }
    }
}
