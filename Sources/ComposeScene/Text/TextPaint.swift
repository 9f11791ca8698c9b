// SPDX-License-Identifier: Apache-2.0

/// A gradient over a text, from one edge of its box to the other.
///
/// A value type; safe to share between threads.
public struct TextGradient: Sendable, Hashable {
    /// The colours and their positions along the gradient: 2…16, in order.
    public var stops: [ColorStop]
    /// The direction in degrees clockwise, −360…360: 0 points up, 90 to the right, 180 down.
    public var angle: Double

    /// Creates a gradient, by default downwards.
    public init(_ stops: [ColorStop], angle: Double = 180) {
        self.stops = stops
        self.angle = angle
    }

    static let form = ObjectForm(
        "textGradient", "A gradient over a text.", usual: TextGradient([]),
        [
            .required("stops", \.stops, .stops, "The colours and their places: 2…16, in order."),
            .optional(
                "angle", \.angle, .number(-360...360), "Degrees clockwise: 0 runs upwards, 90 to the right."),
        ])
}

/// An outline around letters, with round corners; it lies behind the letters and makes them no thinner.
///
/// A value type; safe to share between threads.
public struct TextStroke: Sendable, Hashable {
    /// The colour of the outline.
    public var color: Color
    /// How far the outline reaches beyond the letters, in pixels, 0…500.
    public var width: Double

    /// Creates an outline.
    public init(_ color: Color, width: Double) {
        self.color = color
        self.width = width
    }

    static let form = ObjectForm(
        "textStroke", "An outline around letters.", usual: TextStroke(.black, width: 0),
        [
            .optional("color", \.color, .color, "The outline's colour."),
            .required("width", \.width, .number(0...500), "How many pixels it reaches beyond the letters."),
        ])
}

/// A shadow of letters and their outline.
///
/// A value type; safe to share between threads.
public struct TextShadow: Sendable, Hashable {
    /// The colour of the shadow.
    public var color: Color
    /// A coordinate of the shadow's offset in pixels, −1000…1000, to the right and downwards.
    public var x, y: Double
    /// The width of the soft edge in pixels, 0…500, as in CSS: twice the standard deviation of a Gaussian blur.
    public var blur: Double

    /// Creates a shadow.
    public init(
        _ color: Color = Color(red: 0, green: 0, blue: 0, alpha: 160), x: Double = 0, y: Double = 4, blur: Double = 8
    ) {
        self.color = color
        self.x = x
        self.y = y
        self.blur = blur
    }

    static let form = ObjectForm(
        "textShadow", "A shadow of letters and their outline.", usual: TextShadow(),
        [
            .optional("color", \.color, .color, "The shadow's colour."),
            .optional("x", \.x, .number(-1000...1000), "Pixels to the right."),
            .optional("y", \.y, .number(-1000...1000), "Pixels downwards."),
            .optional("blur", \.blur, .number(0...500), "Pixels of its soft edge, as in CSS."),
        ])
}

/// A box behind text.
///
/// A value type; safe to share between threads.
public struct TextBackground: Sendable, Hashable {
    /// The colour of the box.
    public var color: Color
    /// Space between the text and the box's edges in pixels, 0…1000: to the left and right, and above and below.
    public var paddingX, paddingY: Double
    /// The radius of the box's corners in pixels, 0…1000; at most half its shorter side.
    public var cornerRadius: Double
    /// Whether every line has a box of its own.
    public var perLine: Bool

    /// Creates a box with the same padding on all sides.
    public init(_ color: Color, padding: Double = 0, cornerRadius: Double = 0, perLine: Bool = false) {
        self.color = color
        self.paddingX = padding
        self.paddingY = padding
        self.cornerRadius = cornerRadius
        self.perLine = perLine
    }

    /// The form of the box of a whole text, or of a part of one, which has no lines.
    static func form(ofPart: Bool) -> ObjectForm<TextBackground> {
        let lines: [Field<TextBackground>] =
            ofPart ? [] : [.optional("perLine", \.perLine, .flag, "Whether every line has a box of its own.")]
        return ObjectForm(
            ofPart ? "textBox" : "textBackground", ofPart ? "A box behind a part of a text." : "A box behind a text.",
            usual: TextBackground(.black),
            [
                .required("color", \.color, .color, "The box's colour."),
                .optional(
                    "padding", \.padding, .padding, "Pixels around the text: a number, or {\"x\", \"y\"}."),
                .optional("cornerRadius", \.cornerRadius, .number(0...1000), "The corners' radius in pixels."),
            ] + lines)
    }

    fileprivate var padding: Padding {
        get { Padding(x: paddingX, y: paddingY) }
        set { (paddingX, paddingY) = (newValue.x, newValue.y) }
    }

    fileprivate struct Padding: Sendable, Equatable {
        var x: Double
        var y: Double
    }
}

extension Form<TextBackground.Padding> {
    fileprivate static var padding: Form {
        let number = Form<Double>.number(0...1000, "a number of pixels or {\"x\", \"y\"}")
        let sides = ObjectForm(
            "padding", expected: number.expected, "Space on two sides each.",
            usual: TextBackground.Padding(x: 0, y: 0),
            [
                .optional("x", \.x, number, "Pixels to the left and right."),
                .optional("y", \.y, number, "Pixels above and below."),
            ])
        return Form(
            expected: number.expected, kind: "number 0…1000, or {`x`, `y`}",
            schema: { .any([number.schema(), sides.schema()]) },
            read: { node, reader in
                if case .object = node.value { return sides.form.read(node, reader) }
                return number.read(node, reader).map { TextBackground.Padding(x: $0, y: $0) }
            },
            write: { $0.x == $0.y ? number.write($0.x) : sides.form.write($0) },
            check: { padding, report in
                if padding.x == padding.y { number.check?(padding.x, &report) } else { sides.check(padding, &report) }
            })
    }
}
