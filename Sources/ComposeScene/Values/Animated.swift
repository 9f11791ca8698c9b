// SPDX-License-Identifier: Apache-2.0

/// A number that holds still, or follows keyframes.
public enum Animated: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// The same value throughout.
    case constant(Double)
    /// Values at times; before the first and after the last the nearest one holds. Times rise strictly.
    case keyframes([Keyframe])

    /// A constant.
    public init(floatLiteral value: Double) { self = .constant(value) }
    /// A constant.
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }

    /// The value `time` after the clip's start.
    public func value(at time: Duration) -> Double {
        switch self {
        case .constant(let value): return value
        case .keyframes(let frames):
            guard let next = frames.firstIndex(where: { $0.time > time }) else { return frames.last?.value ?? 0 }
            guard next > 0 else { return frames[next].value }
            let (from, to) = (frames[next - 1], frames[next])
            let progress = (time - from.time) / (to.time - from.time)
            return from.value + (to.value - from.value) * to.easing(progress)
        }
    }

    /// Every value that is written down, for checking ranges.
    package var values: [Double] {
        switch self {
        case .constant(let value): [value]
        case .keyframes(let frames): frames.map(\.value)
        }
    }
}

/// One value of an animated number.
public struct Keyframe: Sendable, Hashable {
    /// When, from the clip's start.
    public var time: Duration
    /// The value reached at `time`.
    public var value: Double
    /// The way *to* this keyframe from the one before.
    public var easing: Easing

    /// A value at a time.
    public init(_ time: Duration, _ value: Double, easing: Easing = .linear) {
        self.time = time
        self.value = value
        self.easing = easing
    }
}
