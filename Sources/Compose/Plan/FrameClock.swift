// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The exact conversion of times to frames and samples.
struct FrameClock: Sendable, Hashable {
    let rate: FrameRate

    /// Returns the first frame that shows the timeline at `time` or later; frame `i` shows the time `i / rate`.
    ///
    /// A time within a millionth of a frame after a frame counts as that frame, so that 1/30 s, which no decimal can
    /// represent exactly, still ends frame 0 and not frame 1.
    func frame(atOrAfter time: Duration) -> Int {
        let scale = Int128(rate.denominator) * 1_000_000_000_000_000_000
        let scaled = time.attoseconds * Int128(rate.numerator) - scale / 1_000_000
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: scale)
        return Int(remainder > 0 ? quotient + 1 : quotient)
    }

    /// Returns the audio sample nearest to `time`.
    func sample(at time: Duration) -> Int {
        let scale = Int128(1_000_000_000_000_000_000)
        return Int((time.attoseconds * Int128(Sound.sampleRate) + scale / 2) / scale)
    }

    /// Returns the number of samples that last as long as `frames` frames, rounded to the nearest.
    func samples(in frames: Int, at sampleRate: Int = Sound.sampleRate) -> Int {
        (2 * frames * sampleRate * rate.denominator + rate.numerator) / (2 * rate.numerator)
    }
}
