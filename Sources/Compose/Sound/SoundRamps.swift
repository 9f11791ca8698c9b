// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The ramps at both ends of a sound.
///
/// A value type; safe to share between threads.
struct SoundRamps {
    /// Ramps with their lengths in samples, of which none may be.
    var starts: [(length: Int, curve: Sound.Fade)]
    var ends: [(length: Int, curve: Sound.Fade)]

    /// Applies the ramps to samples of a part of the sound's range, which are at a place in `samples`.
    func apply(to samples: inout [Float], _ part: Range<Int>, in range: Range<Int>, at place: Int) {
        let offset = place - part.lowerBound
        for (length, curve) in starts where length > 0 {
            let ramp = part.clamped(to: range.lowerBound..<range.lowerBound + length)
            if ramp.isEmpty { continue }
            Sound.fade(
                &samples, ramp.lowerBound + offset..<ramp.upperBound + offset, curve,
                position: ramp.lowerBound - range.lowerBound, of: length, ends: false)
        }
        for (length, curve) in ends where length > 0 {
            let ramp = part.clamped(to: max(range.lowerBound, range.upperBound - length)..<range.upperBound)
            if ramp.isEmpty { continue }
            Sound.fade(
                &samples, ramp.lowerBound + offset..<ramp.upperBound + offset, curve,
                position: range.upperBound - ramp.lowerBound, of: length, ends: true)
        }
    }
}

extension PlannedSound {
    /// The ramps at the sound's ends.
    var ramps: SoundRamps {
        SoundRamps(
            starts: [(fadeIn, fadeCurve.fade), (crossIn, .equalPower), (cutIn, .sCurve)],
            ends: [(fadeOut, fadeCurve.fade), (crossOut, .equalPower), (cutOut, .sCurve)])
    }
}

extension AudioPlan.Crossfade {
    /// The ramps of equal power.
    var ramps: SoundRamps { SoundRamps(starts: [(crossIn, .equalPower)], ends: [(crossOut, .equalPower)]) }
}

extension FadeCurve {
    /// The curve as the mixer knows it.
    fileprivate var fade: Sound.Fade {
        switch self {
        case .linear: .linear
        case .equalPower: .equalPower
        case .logarithmic: .logarithmic
        case .sCurve: .sCurve
        }
    }
}
