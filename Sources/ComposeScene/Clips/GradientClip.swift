// SPDX-License-Identifier: Apache-2.0

/// A box filled by a gradient of colours.
///
/// Colours are mixed as CSS does it: in sRGB's encoding, with premultiplied alpha. The result is dithered, so that no bands show
/// in 8 bits.
public struct GradientClip: VisualClip {
    /// The colours and their places along the gradient: 2…16, in order.
    ///
    /// Before the first and after the last the nearest colour holds; two at one place make a hard edge.
    public var stops: [Stop]
    /// How the gradient runs.
    public var shape: Shape
    /// Place in time and on the canvas; without a `duration` it lasts to the end of the timeline.
    public var visual: Visual
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// Creates a gradient over the whole canvas, to the end of the timeline unless `duration` says otherwise.
    public init(_ stops: [Stop], shape: Shape = .linear(), duration: Duration? = nil) {
        self.stops = stops
        self.shape = shape
        self.visual = Visual(duration: duration)
    }

    /// Creates a gradient of evenly spread colours.
    public init(_ colors: [Color], shape: Shape = .linear(), duration: Duration? = nil) {
        let last = Double(max(colors.count - 1, 1))
        self.init(
            colors.enumerated().map { Stop(Double($0) / last, $1) }, shape: shape, duration: duration)
    }

    /// The clip that holds the gradient.
    public var clip: Clip { .gradient(self) }

    /// A colour and its place along a gradient.
    public struct Stop: Sendable, Hashable {
        /// The place: 0 is where the gradient begins, 1 where it ends.
        public var at: Double
        /// The colour there.
        public var color: Color

        /// Creates a stop.
        public init(_ at: Double, _ color: Color) {
            self.at = at
            self.color = color
        }
    }

    /// How a gradient runs over its box.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Shape: Sendable, Hashable {
        /// Along a straight line through the box's middle.
        ///
        /// `angle` is in degrees clockwise, −360…360; 0 runs upwards, 90 to the right. As in CSS the line is as long as it takes for
        /// the corners to have the first and the last colour.
        case linear(angle: Double = 180)
        /// In circles around a point of the box.
        case radial(Circle)
    }

    /// The circle at which a radial gradient ends.
    public struct Circle: Sendable, Hashable {
        /// The centre, as fractions 0…1 of the box's width and height.
        public var x, y: Double
        /// The radius: pixels, or percent of the box's shorter side; `nil` reaches the farthest corner.
        public var radius: Length?

        /// Creates a circle, around the box's middle unless said otherwise.
        public init(x: Double = 0.5, y: Double = 0.5, radius: Length? = nil) {
            self.x = x
            self.y = y
            self.radius = radius
        }
    }
}

extension GradientClip: ClipKind {
    package static let form = ObjectForm.clip(
        "gradient", "A box filled by a gradient, linear by `angle` or radial by `radial`.",
        usual: GradientClip([Stop]()),
        conditions: [.object(["not": .object(["required": .array([.string("radial"), .string("angle")])])])],
        [
            .required("stops", \.stops, .stops, "The colours and their places: 2…16, in order."),
            .optional(
                "radial", \.radial, Circle.form.form, unset: "the gradient is linear",
                "The circle at which a radial gradient ends."),
            .only(
                "angle", \.angle, .number(-360...360), isRequired: false, unset: "180",
                "Degrees clockwise of a linear gradient: 0 runs upwards, 90 to the right.",
                if: { $0.radial == nil }, otherwise: { _ in "a radial gradient has no angle; remove angle or radial" }),
            .visual(.optionalDuration),
        ])

    package var noun: String { "a gradient" }

    /// The angle of a linear gradient that does not run straight down.
    fileprivate var angle: Double? {
        get { if case .linear(let angle) = shape, angle != 180 { angle } else { nil } }
        set { shape = .linear(angle: newValue ?? 180) }
    }

    fileprivate var radial: Circle? {
        get { if case .radial(let circle) = shape { circle } else { nil } }
        set { shape = newValue.map { .radial($0) } ?? .linear() }
    }
}

extension GradientClip.Circle {
    fileprivate static let form = ObjectForm(
        "circle", "The circle at which a radial gradient ends.", usual: GradientClip.Circle(),
        [
            .optional("x", \.x, .fraction, "The centre, as a fraction of the box's width."),
            .optional("y", \.y, .fraction, "The centre, as a fraction of the box's height."),
            .optional(
                "radius", \.radius, .radius, unset: "to the farthest corner",
                "Pixels, or percent of the box's shorter side; more than 0."),
        ])
}

extension Form<Length> {
    fileprivate static var radius: Form {
        positive.checked { radius, report in
            if report.finite(radius.value), radius.value <= 0 {
                report.add("\(radius) is not a radius; use more than 0")
            }
        }
    }
}

extension Form<[GradientClip.Stop]> {
    fileprivate static var stops: Form {
        let stop = ObjectForm(
            "stop", "A colour and its place along a gradient.", usual: GradientClip.Stop(0, .black),
            [
                .required("at", \.at, .fraction, "The place along the gradient; not before the stop before it."),
                .required("color", \.color, .color, "The colour there."),
            ])
        return Form.list("an array of stops", of: stop.form, least: 2, most: 16) { index, stops, report in
            guard index > 0, stops[index].at < stops[index - 1].at else { return }
            report.add(
                "\(shortest(stops[index].at)) is before the stop before it (\(shortest(stops[index - 1].at))); "
                    + "order stops by their place",
                at: .field("at"))
        }.checked { stops, report in
            if !(2...16).contains(stops.count) {
                report.add("a gradient has 2…16 stops, and there \(stops.count == 1 ? "is" : "are") \(stops.count)")
            }
        }
    }
}
