// SPDX-License-Identifier: Apache-2.0

/// A rectangle filled with a colour gradient.
///
/// Colours are mixed as in CSS: in sRGB encoding, with premultiplied alpha. The result is dithered so that 8 bits show
/// no banding. A value type; safe to share between threads.
public struct GradientClip: VisualClip {
    /// The colours and their positions along the gradient: 2…16, in order.
    ///
    /// The first and the last colour extend outwards. Two stops at the same position make a hard edge.
    public var stops: [Stop]
    /// The geometry of the gradient.
    public var shape: Shape
    /// The placement in time and on the canvas; without a `duration` the clip lasts to the end of the timeline.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a gradient over the whole canvas, by default to the end of the timeline.
    public init(_ stops: [Stop], shape: Shape = .linear(), duration: Duration? = nil) {
        self.stops = stops
        self.shape = shape
        self.visual = Visual(duration: duration)
    }

    /// Creates a gradient of evenly spaced colours.
    public init(_ colors: [Color], shape: Shape = .linear(), duration: Duration? = nil) {
        let last = Double(max(colors.count - 1, 1))
        self.init(
            colors.enumerated().map { Stop(Double($0) / last, $1) }, shape: shape, duration: duration)
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .gradient(self) }

    /// A colour at a position along a gradient.
    public typealias Stop = ColorStop

    /// The geometry of a gradient within its box.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Shape: Sendable, Hashable {
        /// A gradient along a straight line through the middle of the box.
        ///
        /// `angle` is in degrees clockwise, −360…360; 0 points up and 90 to the right. As in CSS, the line is just long
        /// enough for the corners to have the first and the last colour.
        case linear(angle: Double = 180)
        /// A gradient in circles around a point of the box.
        case radial(Circle)
    }

    /// The circle at which a radial gradient ends.
    ///
    /// A value type; safe to share between threads.
    public struct Circle: Sendable, Hashable {
        /// A coordinate of the centre, as a fraction 0…1 of the box's width or height.
        public var x, y: Double
        /// The radius in pixels, or in percent of the box's shorter side; `nil` means to the farthest corner.
        public var radius: Length?

        /// Creates a circle; by default around the middle of the box, to the farthest corner.
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

    /// The angle of a linear gradient; `nil` for the default of 180, straight down.
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
