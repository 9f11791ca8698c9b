// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Turns times into frame indices and samples, once and exactly.
struct FrameClock: Sendable, Hashable {
    let rate: FrameRate

    /// The first frame that shows the timeline at `time` or later: frame `i` shows the time `i / rate`.
    ///
    /// A time within a millionth of a frame after a frame counts as that frame, so that 1/30 s, which no decimal can hold
    /// exactly, still ends frame 0 and not frame 1.
    func frame(atOrAfter time: Duration) -> Int {
        let scale = Int128(rate.denominator) * 1_000_000_000_000_000_000
        let scaled = time.attoseconds * Int128(rate.numerator) - scale / 1_000_000
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: scale)
        return Int(remainder > 0 ? quotient + 1 : quotient)
    }

    /// The sound sample nearest to `time`.
    func sample(at time: Duration) -> Int {
        let scale = Int128(1_000_000_000_000_000_000)
        return Int((time.attoseconds * Int128(Sound.sampleRate) + scale / 2) / scale)
    }

    /// How many samples sound while `frames` frames are shown, to the nearest.
    func samples(in frames: Int) -> Int {
        (2 * frames * Sound.sampleRate * rate.denominator + rate.numerator) / (2 * rate.numerator)
    }
}
