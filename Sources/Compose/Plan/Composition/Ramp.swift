// SPDX-License-Identifier: Apache-2.0

/// A range of output frames over which a value goes from 0 to 1.
///
/// The range is half-open: the value is 0 at its first frame, and reaches 1 at the frame after its last.
package struct Ramp: Sendable, Hashable {
    package let frames: Range<Int>
    package let easing: Easing

    /// Returns the eased progress at a frame: 0 before the range and 1 after it.
    package func value(at frame: Int) -> Double {
        easing(Double(frame - frames.lowerBound) / Double(max(frames.count, 1)))
    }
}

/// A number for every output frame.
package enum Curve: Sendable, Hashable {
    case constant(Double)
    /// A change from one value to another along a ramp.
    case ramp(from: Double, to: Double, Ramp)
    /// A clip's keyframes; frame `start` is the clip's time 0.
    case keyframes(Animated, start: Int, rate: FrameRate)

    package func value(at frame: Int) -> Double {
        switch self {
        case .constant(let value): return value
        case .ramp(let from, let to, let ramp): return from + (to - from) * ramp.value(at: frame)
        case .keyframes(let animated, let start, let rate):
            return animated.value(at: .seconds((frame - start) * rate.denominator) / rate.numerator)
        }
    }

    /// Returns whether every frame of the range has the value of `value(at: frames.lowerBound)`.
    package func isConstant(over frames: Range<Int>) -> Bool {
        switch self {
        case .constant: return true
        case .ramp(let from, let to, _): return from == to
        case .keyframes(let animated, let start, let rate):
            guard case .keyframes(let keys) = animated else { return true }
            if Set(keys.map(\.value)).count <= 1 { return true }
            // Outside the keyframes, the nearest one applies.
            let time = { (frame: Int) in Duration.seconds((frame - start) * rate.denominator) / rate.numerator }
            guard let first = keys.first, let last = keys.last else { return true }
            return time(frames.upperBound - 1) <= first.time || time(frames.lowerBound) >= last.time
        }
    }
}
