// SPDX-License-Identifier: Apache-2.0

extension Form<Animated<Double>> {
    /// Returns the form of a number in a range, constant or with keyframes.
    static func animated(_ range: ClosedRange<Double>) -> Form {
        let bounds = "\(shortest(range.lowerBound))…\(shortest(range.upperBound))"
        return animated(
            .number(range, "a number or {\"keyframes\": […]}"), inner: .number(range), "a number",
            suffix: "\(shortest(range.lowerBound))to\(shortest(range.upperBound))", kind: "animated number \(bounds)",
            ofKeyframe: "number, in the field's range")
    }

    /// The form of a gain, constant or with keyframes.
    static var animatedGain: Form {
        animated(.gain, "a number or decibels", suffix: "Gain", ofKeyframe: "number, in the field's range")
    }
}

extension Form {
    /// Returns the form of a value that is constant or has keyframes.
    ///
    /// `value` is its form outside of keyframes, and `inner` within, if that expects something else. `what` is the value with its
    /// article, for messages, and `suffix` distinguishes its keyframes in the schema. `kind` and
    /// `ofKeyframe` are for the reference tables. Objects with `keyframes` must not be values themselves.
    static func animated<Inner>(
        _ value: Form<Inner>, inner: Form<Inner>? = nil, _ what: String, suffix: String, kind: String? = nil,
        ofKeyframe: String? = nil,
        canCurve: Bool = false
    ) -> Form where Value == Animated<Inner> {
        let expected = "\(what) or {\"keyframes\": […]}"
        let list = Form<[Keyframe<Inner>]>.keyframes(
            ofKeyframe.map { kind in changed(inner ?? value) { $0.kind = kind } } ?? inner ?? value, suffix: suffix)
        var fields: [Field<Keyframes<Inner>>] = [
            .required("keyframes", \.list, list, "At least one, ordered by time.")
        ]
        if canCurve {
            fields.append(
                .optional(
                    "path", \.path, .word("way between keyframes"),
                    "`straight` lines between the keyframes, or a `smooth` curve through all of them."))
        }
        let keyframes = ObjectForm(
            "keyframes" + suffix, title: canCurve ? "path" : "keyframes", expected: expected,
            "An animated value: its values at times.", usual: Keyframes<Inner>(list: []), fields)
        return Form(
            expected: expected, kind: kind ?? "animated " + value.kind,
            schema: { .any([value.schema(), keyframes.schema()]) },
            read: { node, reader in
                guard case .object(let members) = node.value, members.contains(where: { $0.name == "keyframes" }) else {
                    return value.read(node, reader).map(Animated.constant)
                }
                return keyframes.form.read(node, reader).map {
                    $0.path == .smooth ? .path($0.list) : .keyframes($0.list)
                }
            },
            write: { animated in
                switch animated {
                case .constant(let constant): value.write(constant)
                case .keyframes(let frames): keyframes.form.write(Keyframes(list: frames))
                case .path(let frames): keyframes.form.write(Keyframes(list: frames, path: .smooth))
                }
            },
            check: { animated, report in
                switch animated {
                case .constant(let constant): value.check?(constant, &report)
                case .keyframes(let frames), .path(let frames): keyframes.check(Keyframes(list: frames), &report)
                }
            })
    }
}

/// Keyframes as in a document.
private struct Keyframes<Value: Sendable & Hashable>: Sendable {
    var list: [Keyframe<Value>]
    var path = KeyframePath.straight
}

private enum KeyframePath: String, Sendable, CaseIterable { case straight, smooth }

extension Form {
    fileprivate static func keyframes<Inner>(
        _ value: Form<Inner>, suffix: String
    ) -> Form where Value == [Keyframe<Inner>] {
        // The usual value of a field that is required is never seen.
        let keyframe = ObjectForm<PartialKeyframe<Inner>>(
            "keyframe" + suffix, title: "keyframe", expected: "a keyframe {\"time\", \"value\", \"easing\"}",
            "A value at a time.", usual: PartialKeyframe(),
            [
                .required(
                    "time", \.time, .keyframeTime,
                    "From the clip's start in seconds, as a part of its length (`\"50%\"`), or before its end "
                        + "(`{\"fromEnd\": 0.5}`); later than the keyframe before."),
                .required("value", \.value, value, "The value at that time."),
                .optional("easing", \.easing, .easing, "The way to this keyframe from the one before."),
            ])
        let item = Form<Keyframe<Inner>>(
            expected: keyframe.expected, kind: keyframe.form.kind, schema: { keyframe.schema() },
            read: { node, reader in keyframe.form.read(node, reader).flatMap(\.whole) },
            write: { keyframe.form.write(PartialKeyframe($0)) },
            check: { keyframe.check(PartialKeyframe($0), &$1) }, names: keyframe.form.names)
        return Form.list("an array of keyframes", of: item, least: 1) { frames in
            { index, report in
                guard index > 0 else { return }
                let (before, time) = (frames[index - 1].time, frames[index].time)
                if let isAfter = time.isAfter(before) {
                    if isAfter { return }
                    report.add(
                        "\(time.words) is not after the keyframe before it (\(before.words)); order keyframes by time",
                        at: .field("time"))
                } else if let length = report.clipLength, time.resolved(over: length) <= before.resolved(over: length) {
                    report.add(
                        "\(time.words) is not after the keyframe before it (\(before.words)) in a clip of "
                            + "\(seconds(length)); order keyframes by time, or change the clip's duration",
                        at: .field("time"))
                }
            }
        }.checked { frames, report in
            if frames.isEmpty { report.add("there are none; use a plain value, or at least one keyframe") }
        }
    }
}

/// A keyframe while it is read.
private struct PartialKeyframe<Value: Sendable & Hashable>: Sendable {
    var time: KeyframeTime?
    var value: Value?
    var easing = Easing.linear

    init() {}

    init(_ frame: Keyframe<Value>) { (time, value, easing) = (frame.time, frame.value, frame.easing) }

    var whole: Keyframe<Value>? {
        guard let time, let value else { return nil }
        return Keyframe(at: time, value, easing: easing)
    }
}
