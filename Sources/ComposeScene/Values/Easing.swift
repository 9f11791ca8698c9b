// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An easing curve: it maps progress 0…1 to eased progress, from 0 to 1.
///
/// The names and formulas are those of easings.net; `cubicBezier` is CSS's. A value type; safe to share between
/// threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Easing: Sendable, Hashable {
    /// Constant speed.
    case linear
    /// The old value until the end, where it jumps to the new one.
    case hold
    /// A named curve.
    case named(Family, Direction)
    /// CSS's `cubic-bezier(x1, y1, x2, y2)`; `x1` and `x2` are in 0…1.
    case cubicBezier(Double, Double, Double, Double)
    /// Jumps at equal distances of time, as with CSS's `steps(n)`: at the end of each, unless `atStart`; 1…1000 of them.
    case steps(Int, atStart: Bool = false)
    /// A spring, stretched to the time between the keyframes.
    case spring(Spring)

    /// The shape of a named curve.
    ///
    /// A value type; safe to share between threads.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        /// A shape of easings.net.
        case sine = "Sine", quad = "Quad", cubic = "Cubic", quart = "Quart", quint = "Quint"
        /// A shape of easings.net; `back` and `elastic` overshoot, and `bounce` moves back and forth.
        case expo = "Expo", circ = "Circ", back = "Back", elastic = "Elastic", bounce = "Bounce"
    }

    /// The end of the curve that is eased.
    ///
    /// A value type; safe to share between threads.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// A slow start, a slow end, or both.
        case easeIn, easeOut, easeInOut
    }

    /// A slow start and end; the usual choice for movement.
    public static let easeInOut = Easing.named(.cubic, .easeInOut)
    /// A slow end.
    public static let easeOut = Easing.named(.cubic, .easeOut)
    /// A slow start.
    public static let easeIn = Easing.named(.cubic, .easeIn)

    /// Creates the curve with a name (`linear`, `hold`, `easeOutCubic`, …); `nil` if there is none.
    public init?(name: String) {
        guard let found = Self.byName[name] else { return nil }
        self = found
    }

    /// The curve's name; `nil` for a Bézier curve, steps and springs.
    public var name: String? {
        switch self {
        case .linear: "linear"
        case .hold: "hold"
        case .named(let family, let direction): direction.rawValue + family.rawValue
        case .cubicBezier, .steps, .spring: nil
        }
    }

    /// The names of all curves, in the order of the documentation.
    public static let names: [String] =
        ["linear", "hold"] + Direction.allCases.flatMap { way in Family.allCases.map { way.rawValue + $0.rawValue } }

    private static let byName: [String: Easing] = {
        var table: [String: Easing] = ["linear": .linear, "hold": .hold]
        for direction in Direction.allCases {
            for family in Family.allCases { table[direction.rawValue + family.rawValue] = .named(family, direction) }
        }
        return table
    }()

    /// Returns the eased progress for progress `t`, which is clamped to 0…1.
    ///
    /// The result may leave 0…1 for `back`, `elastic`, Bézier curves and springs.
    public func callAsFunction(_ t: Double) -> Double {
        let t = min(max(t, 0), 1)
        switch self {
        case .linear: return t
        case .hold: return t < 1 ? 0 : 1
        case .named(let family, .easeIn): return family.easeIn(t)
        case .named(let family, .easeOut): return 1 - family.easeIn(1 - t)
        case .named(let family, .easeInOut): return family.easeInOut(t)
        case .cubicBezier(let x1, let y1, let x2, let y2): return Self.bezier(t, x1, y1, x2, y2)
        case .steps(let count, let atStart):
            let step = (t * Double(count)).rounded(.down) + (atStart ? 1 : 0)
            return min(step / Double(max(count, 1)), 1)
        case .spring(let spring): return t == 1 ? 1 : spring.value(at: t * spring.naturalLength)
        }
    }

    /// Returns y(s) for the s with x(s) = t, found by bisection.
    ///
    /// x is monotone for x1 and x2 in 0…1, so 52 halvings reach a double's precision.
    private static func bezier(_ t: Double, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> Double {
        if t == 0 || t == 1 { return t }
        func value(_ s: Double, _ a: Double, _ b: Double) -> Double {
            let r = 1 - s
            return 3 * r * r * s * a + 3 * r * s * s * b + s * s * s
        }
        var low = 0.0
        var high = 1.0
        for _ in 0..<52 {
            let middle = (low + high) / 2
            if value(middle, x1, x2) < t { low = middle } else { high = middle }
        }
        return value((low + high) / 2, y1, y2)
    }
}

extension Easing.Family {
    /// Returns the result of easings.net's easeIn formula; easeOut is its point reflection.
    fileprivate func easeIn(_ t: Double) -> Double {
        switch self {
        case .sine: return t == 1 ? 1 : 1 - cos(t * .pi / 2)
        case .quad: return t * t
        case .cubic: return t * t * t
        case .quart: return t * t * t * t
        case .quint: return t * t * t * t * t
        case .expo: return t == 0 ? 0 : pow(2, 10 * t - 10)
        case .circ: return 1 - (1 - t * t).squareRoot()
        case .back: return 2.70158 * t * t * t - 1.70158 * t * t
        case .elastic:
            if t == 0 || t == 1 { return t }
            return -pow(2, 10 * t - 10) * sin((t * 10 - 10.75) * 2 * .pi / 3)
        case .bounce: return 1 - Self.bounceOut(1 - t)
        }
    }

    /// Returns the result of easings.net's easeInOut formula.
    ///
    /// It joins two half-size curves, except for `back` and `elastic`, which use other constants.
    fileprivate func easeInOut(_ t: Double) -> Double {
        switch self {
        case .back:
            let c = 1.70158 * 1.525
            return t < 0.5
                ? pow(2 * t, 2) * ((c + 1) * 2 * t - c) / 2
                : (pow(2 * t - 2, 2) * ((c + 1) * (t * 2 - 2) + c) + 2) / 2
        case .elastic:
            if t == 0 || t == 1 { return t }
            let wave = sin((20 * t - 11.125) * 2 * .pi / 4.5)
            return t < 0.5 ? -(pow(2, 20 * t - 10) * wave) / 2 : (pow(2, -20 * t + 10) * wave) / 2 + 1
        default:
            return t < 0.5 ? easeIn(2 * t) / 2 : 1 - easeIn(2 - 2 * t) / 2
        }
    }

    private static func bounceOut(_ t: Double) -> Double {
        let n = 7.5625
        let d = 2.75
        if t < 1 / d { return n * t * t }
        if t < 2 / d { return n * (t - 1.5 / d) * (t - 1.5 / d) + 0.75 }
        if t < 2.5 / d { return n * (t - 2.25 / d) * (t - 2.25 / d) + 0.9375 }
        return n * (t - 2.625 / d) * (t - 2.625 / d) + 0.984375
    }
}

extension Form<Easing> {
    static var easing: Form {
        let expected = "an easing's name such as \"easeOutCubic\" or four numbers [x1, y1, x2, y2]"
        let word = Form.word("easing", Easing.names, make: Easing.init(name:)) { $0.name ?? "" }
        let points = Form<[Double]>.list(expected, of: .number())
        let other = OtherEasing.form
        return Form(
            expected: expected, kind: "easing",
            schema: {
                let fraction = Form<Double>.fraction.schema().node
                let number = Form<Double>.number().schema().node
                return Schema.any([
                    word.schema(),
                    Schema([
                        "type": .string("array"), "prefixItems": .array([fraction, number, fraction, number]),
                        "minItems": .integer(4), "maxItems": .integer(4),
                    ]),
                    other.schema(),
                ]).with([
                    "title": .string("Easing"),
                    "description": .string(
                        "A curve of easings.net, CSS's cubic-bezier as [x1, y1, x2, y2], steps or a spring."),
                ]).named("easing")
            },
            read: { node, reader in
                switch node.value {
                case .string: return word.read(node, reader)
                case .array(let nodes) where nodes.count == 4:
                    guard let points = points.read(node, reader), points.count == 4 else { return nil }
                    return .cubicBezier(points[0], points[1], points[2], points[3])
                case .object:
                    guard let read = other.form.read(node, reader) else { return nil }
                    if (read.steps == nil) == (read.spring == nil) {
                        reader.refuse(node, "an easing is either steps or a spring; give one of them")
                    }
                    return read.easing
                default:
                    reader.mismatch(node, expected)
                    return nil
                }
            },
            write: { easing in
                switch easing {
                case .cubicBezier(let x1, let y1, let x2, let y2): points.write([x1, y1, x2, y2])
                case .steps, .spring: other.form.write(OtherEasing(easing))
                case .linear, .hold, .named: word.write(easing)
                }
            },
            check: { easing, report in
                switch easing {
                case .cubicBezier(let x1, let y1, let x2, let y2):
                    // As in CSS: with x outside 0…1 the curve would run backwards in time.
                    for (index, value) in [x1, y1, x2, y2].enumerated() {
                        report.inside(.index(index)) { report in
                            if index % 2 == 0 { report.number(value, in: 0...1) } else { report.finite(value) }
                        }
                    }
                case .steps, .spring: other.check(OtherEasing(easing), &report)
                case .linear, .hold, .named: break
                }
            })
    }
}

/// An easing that is an object in documents.
private struct OtherEasing: Sendable {
    var steps: Int?
    var atStart = false
    var spring: Spring?

    init() {}

    init(_ easing: Easing) {
        switch easing {
        case .steps(let count, let atStart): (steps, self.atStart) = (count, atStart)
        case .spring(let spring): self.spring = spring
        case .linear, .hold, .named, .cubicBezier: break
        }
    }

    var easing: Easing? { steps.map { .steps($0, atStart: atStart) } ?? spring.map(Easing.spring) }

    static let form = ObjectForm(
        "easingObject", title: "easing", expected: "{\"steps\": …} or {\"spring\": {…}}", "Steps, or a spring.",
        usual: OtherEasing(),
        conditions: [
            .object([
                "oneOf": .array([
                    .object(["required": .array([.string("steps")])]),
                    .object(["required": .array([.string("spring")])]),
                ])
            ])
        ],
        [
            .optional("steps", \.steps, .integer(1...1000), unset: "no steps", "How many jumps, at equal distances."),
            .optional("atStart", \.atStart, .flag, "Whether each jump is at the start of its step instead of its end."),
            .optional("spring", \.spring, Spring.form.form, unset: "no spring", "A spring that pulls the value."),
        ],
        rules: { easing, report in
            if easing.steps != nil, easing.spring != nil {
                report.add("an easing is either steps or a spring; remove one", at: .field("spring"))
            } else if easing.easing == nil {
                report.add("missing; expected steps or a spring", at: .field("steps"))
            }
        })
}
