// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The one gain of a timeline's sound, and the ceiling of its peaks.
struct MasterLevel: Sendable, Hashable {
    /// The gain in decibels.
    var gain: Double
    /// The highest true peak before the sound is encoded, in dBTP.
    var ceiling: Double
    /// Where the sound is turned down further, behind the ceiling.
    var dips = LevelDips()

    /// The gain as a factor.
    var factor: Double { pow(10, gain / 20) }
    /// The ceiling as a part of full scale.
    var ceilingFactor: Double { pow(10, ceiling / 20) }
}

/// What a meter says of a whole sound, by EBU R 128.
struct SoundMeasurement: Sendable, Hashable {
    /// The integrated loudness in LUFS; `nil` for silence.
    var integrated: Double?
    /// The loudness range in LU.
    var range = 0.0
    /// The true peak as a part of full scale.
    var truePeak = 0.0

    /// The true peak in dBTP; `nil` for silence.
    var truePeakLevel: Double? { truePeak > 0 ? 20 * log10(truePeak) : nil }
}
