// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension Mastering {
    /// A level and what it brought about.
    struct Result: Sendable {
        var level: MasterLevel
        /// What was measured of the decoded sound.
        var measured: SoundMeasurement
        /// What was encoded at the level, as far as there is room, if there is no store that has it.
        var encoded: KeptSegments?
    }
}

extension Mastering.Result {
    /// Returns the result as bytes that contain its key and a checksum, without what was encoded.
    func sealed(as key: Digest) throws(LibavError) -> [UInt8] {
        var bytes = CanonicalBytes()
        for value in [
            level.gain, level.ceiling, measured.integrated ?? -.infinity, measured.range, measured.truePeak,
        ] {
            bytes.add(value)
        }
        let dips = level.dips.places.sorted { $0.key < $1.key }
        bytes.add(dips.count)
        for (place, decibels) in dips {
            bytes.add(place)
            bytes.add(decibels)
        }
        return try SealedBytes.seal(bytes, as: key)
    }

    /// Reads the result that `key` identifies; `nil` if it is damaged.
    init?(_ bytes: ArraySlice<UInt8>, as key: Digest) {
        guard case .whole(var reader) = try? SealedBytes.open(bytes, as: key), let gain = reader.double(),
            let ceiling = reader.double(), let integrated = reader.double(), let range = reader.double(),
            let truePeak = reader.double(), let count = reader.number(), gain.isFinite, ceiling.isFinite,
            !range.isNaN, !truePeak.isNaN, count >= 0
        else { return nil }
        level = MasterLevel(gain: gain, ceiling: ceiling)
        for _ in 0..<count {
            guard let place = reader.number(), let decibels = reader.double(), decibels.isFinite else { return nil }
            level.dips.set(place, to: decibels)
        }
        measured = SoundMeasurement(
            integrated: integrated.isFinite ? integrated : nil, range: range, truePeak: truePeak)
    }
}
