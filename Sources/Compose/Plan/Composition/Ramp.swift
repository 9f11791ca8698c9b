// SPDX-License-Identifier: Apache-2.0

internal import Libav

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

/// A curve over the limited progress of a ramp, whatever its easing.
package enum Bend: String, Sendable, Hashable {
    /// From 0 to 1, slowly at both ends and fast in the middle.
    case smooth
    /// From 0 to 1 in the middle third, where what moves is fastest.
    case cross
    /// From 0 to 1 in the middle, and back.
    case pulse

    /// Returns the bent progress.
    package func callAsFunction(_ progress: Double) -> Double {
        let limited = min(max(progress, 0), 1)
        switch self {
        case .smooth:
            let rest = 1 - limited
            return limited < 0.5 ? 4 * limited * limited * limited : 1 - 4 * rest * rest * rest
        case .cross:
            let part = min(max((limited - 0.33) / 0.34, 0), 1)
            return part * part * (3 - 2 * part)
        case .pulse:
            let hill = 4 * limited * (1 - limited)
            return hill * hill
        }
    }
}

/// A number for every output frame.
package enum Curve: Sendable, Hashable {
    case constant(Double)
    /// A change from one value to another along a ramp.
    case ramp(from: Double, to: Double, Ramp)
    /// A change from one value to another along a ramp, and perhaps back, by a second curve.
    case bent(from: Double, to: Double, Bend, Ramp)
    /// A clip's keyframes; frame `start` is the clip's time 0.
    case keyframes(Animated<Double>, start: Int, rate: FrameRate)
    /// The sum of several.
    indirect case sum([Curve])
    /// The product of several.
    indirect case product([Curve])

    package func value(at frame: Int) -> Double {
        switch self {
        case .constant(let value): return value
        case .ramp(let from, let to, let ramp): return from + (to - from) * ramp.value(at: frame)
        case .bent(let from, let to, let bend, let ramp): return from + (to - from) * bend(ramp.value(at: frame))
        case .keyframes(let animated, let start, let rate):
            return animated.value(at: .seconds((frame - start) * rate.denominator) / rate.numerator)
        case .sum(let curves): return curves.reduce(0) { $0 + $1.value(at: frame) }
        case .product(let curves): return curves.reduce(1) { $0 * $1.value(at: frame) }
        }
    }

    /// Returns whether every frame of the range has the value of `value(at: frames.lowerBound)`.
    package func isConstant(over frames: Range<Int>) -> Bool {
        switch self {
        case .constant: return true
        case .ramp(let from, let to, let ramp), .bent(let from, let to, _, let ramp):
            // Before the ramp and after it the value stays.
            return from == to || frames.upperBound <= ramp.frames.lowerBound + 1
                || frames.lowerBound >= ramp.frames.upperBound
        case .keyframes(let animated, let start, let rate):
            let (keys, count) = (animated.frames, frames.count)
            guard let first = keys.first, let last = keys.last else { return true }
            if keys.allSatisfy({ $0.value == first.value }) || count <= 1 { return true }
            // Outside the keyframes, the nearest one applies.
            let time = { (frame: Int) in Duration.seconds((frame - start) * rate.denominator) / rate.numerator }
            let (begins, ends) = (first.time.resolved(over: .zero), last.time.resolved(over: .zero))
            return time(frames.upperBound - 1) <= begins || time(frames.lowerBound) >= ends
        case .sum(let curves), .product(let curves): return curves.allSatisfy { $0.isConstant(over: frames) }
        }
    }

    /// Returns the sum of curves, as simply as possible.
    static func adding(_ curves: [Curve]) -> Curve {
        let rest = curves.filter { $0 != .constant(0) }
        return rest.isEmpty ? .constant(0) : rest.count == 1 ? rest[0] : .sum(rest)
    }

    /// Returns the product of curves, as simply as possible.
    static func multiplying(_ curves: [Curve]) -> Curve {
        let rest = curves.filter { $0 != .constant(1) }
        return rest.isEmpty ? .constant(1) : rest.count == 1 ? rest[0] : .product(rest)
    }

    /// Returns the curve as a timeline has it that begins `offset` frames earlier.
    func moved(by offset: Int) -> Curve {
        switch self {
        case .constant: self
        case .ramp(let from, let to, let ramp):
            .ramp(from: from, to: to, Ramp(frames: ramp.frames.moved(by: offset), easing: ramp.easing))
        case .bent(let from, let to, let bend, let ramp):
            .bent(from: from, to: to, bend, Ramp(frames: ramp.frames.moved(by: offset), easing: ramp.easing))
        case .keyframes(let animated, let start, let rate): .keyframes(animated, start: start + offset, rate: rate)
        case .sum(let curves): .sum(curves.map { $0.moved(by: offset) })
        case .product(let curves): .product(curves.map { $0.moved(by: offset) })
        }
    }
}

/// A colour for every output frame.
package enum ColorCurve: Sendable, Hashable {
    case constant(Color)
    /// A clip's keyframes; frame `start` is the clip's time 0.
    case keyframes(Animated<Color>, start: Int, rate: FrameRate)

    package func value(at frame: Int) -> Color {
        switch self {
        case .constant(let color): color
        case .keyframes(let animated, let start, let rate):
            animated.value(at: .seconds((frame - start) * rate.denominator) / rate.numerator)
        }
    }

    /// Returns whether it is the same colour in all frames of a range.
    package func isConstant(over frames: Range<Int>) -> Bool {
        guard case .keyframes(let animated, let start, let rate) = self else { return true }
        // Whether it changes depends only on the keyframes' times and on whether their values differ.
        let first = animated.first
        return Curve.keyframes(animated.map { $0 == first ? 0 : 1 }, start: start, rate: rate).isConstant(over: frames)
    }

    /// Returns the curve as a timeline has it that begins `offset` frames earlier.
    func moved(by offset: Int) -> ColorCurve {
        guard case .keyframes(let animated, let start, let rate) = self else { return self }
        return .keyframes(animated, start: start + offset, rate: rate)
    }
}

extension YUVColor {
    /// Creates a colour from sRGB, without its alpha.
    init(_ color: Color) { self.init(red: color.red, green: color.green, blue: color.blue) }
}
