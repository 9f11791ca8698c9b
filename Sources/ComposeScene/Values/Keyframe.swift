// SPDX-License-Identifier: Apache-2.0

/// A value of an animation at a time.
///
/// A value type; safe to share between threads.
public struct Keyframe<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The time at which the value is reached.
    public var time: KeyframeTime
    /// The value reached at `time`.
    public var value: Value
    /// The easing *to* this keyframe from the previous one.
    public var easing: Easing

    /// Creates a keyframe at a time since the clip's start.
    public init(_ time: Duration, _ value: Value, easing: Easing = .linear) {
        self.init(at: .time(time), value, easing: easing)
    }

    /// Creates a keyframe at a time that may depend on the clip's length.
    public init(at time: KeyframeTime, _ value: Value, easing: Easing = .linear) {
        self.time = time
        self.value = value
        self.easing = easing
    }
}

/// The time of a keyframe within its clip.
///
/// It may lie outside of the clip: the keyframe is then never reached, but shapes the way to it. A value type; safe to share between
/// threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum KeyframeTime: Sendable, Hashable {
    /// The time since the clip's start, zero or more.
    case time(Duration)
    /// Percent of the clip's length, 0…100.
    case percent(Double)
    /// The time before the clip's end, zero or more.
    case fromEnd(Duration)

    /// Returns the time since the start of a clip of a length.
    public func resolved(over length: Duration) -> Duration {
        switch self {
        case .time(let time): time
        case .percent(let percent): length * (percent / 100)
        case .fromEnd(let time): length - time
        }
    }

    /// The time since the clip's start; `nil` if it depends on the clip's length.
    package var fromStart: Duration? { if case .time(let time) = self { time } else { nil } }

    /// Whether the time certainly lies after another one, whatever the clip's length; `nil` if that depends on it.
    func isAfter(_ other: KeyframeTime) -> Bool? {
        switch (self, other) {
        case (.time(let a), .time(let b)): a > b
        case (.percent(let a), .percent(let b)): a > b
        case (.fromEnd(let a), .fromEnd(let b)): a < b
        default: nil
        }
    }

    /// The time in messages.
    var words: String {
        switch self {
        case .time(let time): seconds(time)
        case .percent(let percent): shortest(percent) + "%"
        case .fromEnd(let time): seconds(time) + " before the end"
        }
    }
}

extension Form<KeyframeTime> {
    /// The form of a keyframe's time.
    static let keyframeTime: Form = {
        let expected = "a number of seconds, a percentage such as \"50%\" or {\"fromEnd\": …}"
        let end = ObjectForm(
            "fromEnd", "A time before the clip's end.", usual: Duration.zero,
            [.required("fromEnd", \.self, .time, "Seconds before the clip's end.")])
        return Form(
            expected: expected, kind: "time in the clip",
            schema: {
                .any([
                    Form<Duration>.time.schema(),
                    Schema([
                        "type": .string("string"), "pattern": .string("^(100|[1-9]?[0-9](\\.[0-9]+)?)%$"),
                    ]),
                    end.schema(),
                ])
            },
            read: { node, reader in
                switch node.value {
                case .object: return end.form.read(node, reader).map(KeyframeTime.fromEnd)
                case .string(let text) where text.hasSuffix("%"):
                    if JSONReader.isNumber(text.dropLast()), let percent = Double(text.dropLast()), percent.isFinite {
                        return .percent(percent)
                    }
                    reader.mismatch(node, expected)
                    return nil
                case .string, .number: return Form<Duration>.time.read(node, reader).map(KeyframeTime.time)
                default:
                    reader.mismatch(node, expected)
                    return nil
                }
            },
            write: { time in
                switch time {
                case .time(let time): Form<Duration>.time.write(time)
                // The text "nan%" would be accepted; as a number it is reported.
                case .percent(let percent):
                    percent.isFinite ? .string(shortest(percent) + "%") : .number(percent)
                case .fromEnd(let time): end.form.write(time)
                }
            },
            check: { time, report in
                switch time {
                case .time(let time): report.time(time)
                case .percent(let percent): report.number(percent, in: 0...100)
                case .fromEnd(let time): report.inside(.field("fromEnd")) { $0.time(time) }
                }
            })
    }()
}
