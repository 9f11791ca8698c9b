// SPDX-License-Identifier: Apache-2.0

/// A value that is constant or follows keyframes.
///
/// A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Animated<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The same value throughout.
    case constant(Value)
    /// Values at strictly increasing times.
    ///
    /// The first value holds before its keyframe, the last one after it.
    case keyframes([Keyframe<Value>])
    /// Values at strictly increasing times, joined by a smooth curve: a uniform Catmull-Rom spline through all of them.
    ///
    /// Each easing sets the speed between two of them. For positions.
    case path([Keyframe<Value>])
}

extension Animated: ExpressibleByIntegerLiteral where Value: ExpressibleByIntegerLiteral {
    /// Creates a constant.
    public init(integerLiteral value: Value.IntegerLiteralType) { self = .constant(Value(integerLiteral: value)) }
}

extension Animated: ExpressibleByFloatLiteral where Value: ExpressibleByFloatLiteral {
    /// Creates a constant.
    public init(floatLiteral value: Value.FloatLiteralType) { self = .constant(Value(floatLiteral: value)) }
}

/// A value between two others.
///
/// Conforming types are values; safe to share between threads.
public protocol Interpolatable: Sendable, Hashable {
    /// Returns the sum of values, each multiplied by its weight; the weights add up to 1, if there are any.
    static func weighted(_ values: [(value: Self, weight: Double)]) -> Self
    /// Returns the value at a progress from one to another: 0 is `from`, and 1 is `to`; it may lie outside.
    static func mix(_ from: Self, _ to: Self, _ progress: Double) -> Self
}

extension Double: Interpolatable {
    /// Returns the sum of numbers, each multiplied by its weight.
    public static func weighted(_ values: [(value: Double, weight: Double)]) -> Double {
        values.reduce(0) { $0 + $1.value * $1.weight }
    }
    /// Returns the number at a progress from one to another.
    public static func mix(_ from: Double, _ to: Double, _ progress: Double) -> Double { from + (to - from) * progress }
}

extension Animated where Value: Interpolatable {
    /// Returns the value at a time since the clip's start; `length` is that of the clip, for keyframes that depend on it.
    public func value(at time: Duration, of length: Duration = .zero) -> Value {
        switch self {
        case .constant(let value): return value
        case .keyframes(let frames):
            guard let place = Self.place(of: time, in: frames, length) else {
                return frames.last?.value ?? .weighted([])
            }
            guard place.next > 0 else { return frames[0].value }
            return .mix(frames[place.next - 1].value, frames[place.next].value, place.progress)
        case .path(let frames):
            guard let place = Self.place(of: time, in: frames, length) else {
                return frames.last?.value ?? .weighted([])
            }
            guard place.next > 0 else { return frames[0].value }
            // Catmull and Rom 1974; the ends count twice.
            let (t, last) = (place.progress, frames.count - 1)
            let (t2, t3) = (t * t, t * t * t)
            return .weighted([
                (frames[max(place.next - 2, 0)].value, (-t3 + 2 * t2 - t) / 2),
                (frames[place.next - 1].value, (3 * t3 - 5 * t2 + 2) / 2),
                (frames[place.next].value, (-3 * t3 + 4 * t2 + t) / 2),
                (frames[min(place.next + 1, last)].value, (t3 - t2) / 2),
            ])
        }
    }

    /// Returns the first keyframe after a time and the eased way to it; `nil` after the last.
    private static func place(
        of time: Duration, in frames: [Keyframe<Value>], _ length: Duration
    ) -> (next: Int, progress: Double)? {
        guard let next = frames.firstIndex(where: { $0.time.resolved(over: length) > time }) else { return nil }
        guard next > 0 else { return (0, 0) }
        let (from, to) = (
            frames[next - 1].time.resolved(over: length), frames[next].time.resolved(over: length)
        )
        return (next, frames[next].easing((time - from) / (to - from)))
    }
}

extension Animated {
    /// The keyframes; none of a constant.
    package var frames: [Keyframe<Value>] {
        switch self {
        case .constant: []
        case .keyframes(let frames), .path(let frames): frames
        }
    }

    /// All values, for range checks.
    package var values: [Value] { if case .constant(let value) = self { [value] } else { frames.map(\.value) } }

    /// Whether there are keyframes.
    package var isAnimated: Bool { if case .constant = self { false } else { true } }

    /// The value at rest: the constant, or that of the first keyframe.
    package var first: Value? { values.first }

    /// Returns the animation with other values at the same times.
    package func map<Other>(_ change: (Value) -> Other) -> Animated<Other> {
        func changed(_ frames: [Keyframe<Value>]) -> [Keyframe<Other>] {
            frames.map { Keyframe(at: $0.time, change($0.value), easing: $0.easing) }
        }
        return switch self {
        case .constant(let value): .constant(change(value))
        case .keyframes(let frames): .keyframes(changed(frames))
        case .path(let frames): .path(changed(frames))
        }
    }

    /// Returns the animation with all times counted from the start of a clip of a length.
    package func resolved(over length: Duration) -> Animated {
        func resolved(_ frames: [Keyframe<Value>]) -> [Keyframe<Value>] {
            frames.map { Keyframe($0.time.resolved(over: length), $0.value, easing: $0.easing) }
        }
        return switch self {
        case .constant: self
        case .keyframes(let frames): .keyframes(resolved(frames))
        case .path(let frames): .path(resolved(frames))
        }
    }
}
