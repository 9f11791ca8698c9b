// SPDX-License-Identifier: Apache-2.0

/// A number that is constant or follows keyframes.
///
/// A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Animated: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// The same value throughout.
    case constant(Double)
    /// Values at strictly increasing times.
    ///
    /// The first value holds before its keyframe, the last one after it.
    case keyframes([Keyframe])

    /// Creates a constant.
    public init(floatLiteral value: Double) { self = .constant(value) }
    /// Creates a constant.
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }

    /// Returns the value at a time since the clip's start.
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

    /// All values of the number, for range checks.
    package var values: [Double] {
        switch self {
        case .constant(let value): [value]
        case .keyframes(let frames): frames.map(\.value)
        }
    }
}

/// A value of an animated number at a time.
///
/// A value type; safe to share between threads.
public struct Keyframe: Sendable, Hashable {
    /// The time since the clip's start, zero or more.
    public var time: Duration
    /// The value reached at `time`.
    public var value: Double
    /// The easing *to* this keyframe from the previous one.
    public var easing: Easing

    /// Creates a keyframe.
    public init(_ time: Duration, _ value: Double, easing: Easing = .linear) {
        self.time = time
        self.value = value
        self.easing = easing
    }
}

extension Form<Animated> {
    /// Returns the form of a number in a range, constant or with keyframes.
    static func animated(_ range: ClosedRange<Double>) -> Form {
        let expected = "a number or {\"keyframes\": […]}"
        let number = Form<Double>.number(range, expected)
        let bounds = "\(shortest(range.lowerBound))…\(shortest(range.upperBound))"
        let keyframes = ObjectForm(
            "keyframes\(shortest(range.lowerBound))to\(shortest(range.upperBound))", title: "keyframes",
            expected: expected, "An animated number: its values at times.", usual: [],
            [.required("keyframes", \.self, .keyframes(range), "At least one, ordered by time.")])
        return Form(
            expected: expected, kind: "animated number \(bounds)",
            schema: { .any([number.schema(), keyframes.schema()]) },
            read: { node, reader in
                guard case .object = node.value else { return number.read(node, reader).map(Animated.constant) }
                return keyframes.form.read(node, reader).map(Animated.keyframes)
            },
            write: { animated in
                switch animated {
                case .constant(let value): number.write(value)
                case .keyframes(let frames): keyframes.form.write(frames)
                }
            },
            check: { animated, report in
                switch animated {
                case .constant(let value): number.check?(value, &report)
                case .keyframes(let frames): keyframes.check(frames, &report)
                }
            })
    }
}

extension Form<[Keyframe]> {
    fileprivate static func keyframes(_ range: ClosedRange<Double>) -> Form {
        let keyframe = ObjectForm(
            "keyframe\(shortest(range.lowerBound))to\(shortest(range.upperBound))", title: "keyframe",
            expected: "a keyframe {\"time\", \"value\", \"easing\"}", "A value at a time.", usual: Keyframe(.zero, 0),
            [
                .required("time", \.time, .time, "From the clip's start; later than the keyframe before."),
                .required(
                    "value", \.value, changed(.number(range)) { $0.kind = "number, in the field's range" },
                    "The value at that time."),
                .optional("easing", \.easing, .easing, "The way to this keyframe from the one before."),
            ])
        return Form.list("an array of keyframes", of: keyframe.form, least: 1) { frames in
            { index, report in
                guard index > 0, frames[index].time <= frames[index - 1].time else { return }
                report.add(
                    "\(seconds(frames[index].time)) is not after the keyframe before it "
                        + "(\(seconds(frames[index - 1].time))); order keyframes by time",
                    at: .field("time"))
            }
        }.checked { frames, report in
            if frames.isEmpty { report.add("there are none; use a plain number, or at least one keyframe") }
        }
    }
}
