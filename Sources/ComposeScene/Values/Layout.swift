// SPDX-License-Identifier: Apache-2.0

/// A distance in pixels, or in percent of the canvas along the same axis.
///
/// A number literal in Swift is in pixels. A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Length: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, CustomStringConvertible
{
    /// Output pixels; may be fractional.
    case pixels(Double)
    /// Percent of the canvas's width (for x and widths) or height (for y and heights).
    case percent(Double)

    /// Creates a distance in pixels.
    public init(integerLiteral value: Int) { self = .pixels(Double(value)) }
    /// Creates a distance in pixels.
    public init(floatLiteral value: Double) { self = .pixels(value) }

    /// Returns the distance in pixels on a canvas that measures `extent` pixels along the axis.
    public func resolved(along extent: Int) -> Double { resolved(of: Double(extent)) }

    /// Returns the distance in pixels where percentages are those of a length in pixels.
    package func resolved(of whole: Double) -> Double {
        switch self {
        case .pixels(let value): value
        case .percent(let value): value / 100 * whole
        }
    }

    /// The distance as `12.5` or `80%`.
    public var description: String {
        switch self {
        case .pixels(let value): shortest(value)
        case .percent(let value): shortest(value) + "%"
        }
    }
}

/// The size of the box that content is fitted into.
///
/// A value type; safe to share between threads.
public struct BoxSize: Sendable, Hashable {
    /// The width of the box; more than zero.
    public var width: Length
    /// The height of the box; more than zero.
    public var height: Length

    /// Creates the size of a box.
    public init(width: Length, height: Length) {
        self.width = width
        self.height = height
    }
}

/// The position of a box's anchor on the canvas, from the top left corner.
///
/// A value type; safe to share between threads.
public struct Position: Sendable, Hashable {
    /// The distance to the right of the canvas's left edge.
    public var x: Length
    /// The distance below the canvas's top edge.
    public var y: Length

    /// Creates a position.
    public init(x: Length, y: Length) {
        self.x = x
        self.y = y
    }

    /// The middle of the canvas.
    public static let center = Position(x: .percent(50), y: .percent(50))
}

/// The point of a box that its position places, and about which it is scaled and turned.
///
/// A value type; safe to share between threads.
public struct Anchor: Sendable, Hashable {
    /// The point as a fraction of the box's width, from its left edge; −10…10.
    public var x: Double
    /// The point as a fraction of the box's height, from its top edge; −10…10.
    public var y: Double

    /// Creates an anchor from fractions of the box's sides.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// A corner of the box.
    public static let topLeft = Anchor(x: 0, y: 0), topRight = Anchor(x: 1, y: 0)
    /// A corner of the box.
    public static let bottomLeft = Anchor(x: 0, y: 1), bottomRight = Anchor(x: 1, y: 1)
    /// The middle of an edge of the box.
    public static let top = Anchor(x: 0.5, y: 0), bottom = Anchor(x: 0.5, y: 1)
    /// The middle of an edge of the box.
    public static let left = Anchor(x: 0, y: 0.5), right = Anchor(x: 1, y: 0.5)
    /// The middle of the box.
    public static let center = Anchor(x: 0.5, y: 0.5)

    /// The anchors that have a name, in the order of the documentation.
    public static let named: [(name: String, anchor: Anchor)] = [
        ("topLeft", topLeft), ("top", top), ("topRight", topRight), ("left", left), ("center", center),
        ("right", right), ("bottomLeft", bottomLeft), ("bottom", bottom), ("bottomRight", bottomRight),
    ]
}

extension Form<Anchor> {
    /// The form of a point of a box as fractions of its sides.
    static let fractions = anchorPoint.form

    private static let anchorPoint = ObjectForm(
        "anchorPoint", "A point of a box.", usual: Anchor.center,
        [
            .required("x", \.x, .number(-10...10), "A fraction of the box's width, from its left edge."),
            .required("y", \.y, .number(-10...10), "A fraction of the box's height, from its top edge."),
        ])

    static let anchor: Form = {
        let expected = "an anchor's name such as \"topLeft\" or {\"x\", \"y\"}"
        let word = Form.word(
            "anchor", Anchor.named.map(\.name), make: { name in Anchor.named.first { $0.name == name }?.anchor },
            name: { anchor in Anchor.named.first { $0.anchor == anchor }?.name ?? "" })
        let point = anchorPoint
        return Form(
            expected: expected, kind: word.kind + ", or object *anchorPoint*",
            schema: { .any([word.schema(), point.schema()]) },
            read: { node, reader in
                if case .object = node.value { return point.form.read(node, reader) }
                return word.read(node, reader)
            },
            write: { anchor in
                Anchor.named.contains { $0.anchor == anchor } ? word.write(anchor) : point.form.write(anchor)
            },
            check: { point.check($0, &$1) })
    }()
}

/// How a picture fills its box; the names have the meaning of CSS's `object-fit`.
///
/// A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Fit: String, Sendable, Hashable, CaseIterable, Codable {
    /// The whole picture is visible with its proportions; the rest of the box is transparent.
    case contain
    /// The picture fills the box with its proportions; the parts outside are cut off.
    case cover
    /// The picture is stretched to the box.
    case fill
    /// Picture pixels are shown at their original size, one for each output pixel.
    case none
    /// The picture as with `contain`, over a blurred `cover` of itself.
    case containBlur
}

/// Returns the shortest text of a number that reads back as the same number, without a trailing `.0`.
package func shortest(_ value: Double) -> String {
    if let whole = Int(exactly: value) { return String(whole) }
    return value.description
}

extension Length {
    /// An axis of the canvas.
    enum Axis: Sendable {
        case horizontal, vertical

        func extent(of canvas: PixelSize) -> Int { self == .horizontal ? canvas.width : canvas.height }
    }

    /// The number, whatever its unit.
    var value: Double {
        switch self {
        case .pixels(let value), .percent(let value): value
        }
    }
}

extension Form<Length> {
    /// Returns the form of a side of a box.
    static func side(_ axis: Length.Axis) -> Form { positive.checked { $1.side($0, along: axis) } }

    /// Returns the form of a coordinate on the canvas.
    static func coordinate(_ axis: Length.Axis) -> Form { distance.checked { $1.coordinate($0, along: axis) } }

    /// Returns the form of a distance whose number of pixels lies in a range.
    static func distance(_ range: ClosedRange<Double>) -> Form {
        changed(distance.checked { $1.distance($0, in: range) }) {
            $0.kind = "distance, \(shortest(range.lowerBound))…\(shortest(range.upperBound)) pixels"
        }
    }

    static var distance: Form { distance("distance", "Pixels, or percent of the canvas: \"80%\".") }

    /// The form of a distance of more than 0.
    static var positive: Form { distance("side", "Pixels, or percent of the canvas: \"80%\"; more than 0.", above: 0) }

    private static func distance(_ name: String, _ about: String, above least: Double? = nil) -> Form {
        let expected = "a number of pixels or a percentage such as \"80%\""
        let number = Form<Double>.number(nil, expected)
        return Form(
            expected: expected, kind: "distance",
            schema: {
                Schema.any([
                    Schema(["type": .string("number"), "exclusiveMinimum": least.map(JSONNode.number)]),
                    Schema([
                        "type": .string("string"),
                        "pattern": .string(
                            (least == nil ? "^-?" : "^(?=[^eE]*[1-9])")
                                + "(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?%$"),
                    ]),
                ]).with(["title": .string(Schema.title(name)), "description": .string(about)]).named(name)
            },
            read: { node, reader in
                guard case .string(let text) = node.value else { return number.read(node, reader).map(Length.pixels) }
                if text.hasSuffix("%"), JSONReader.isNumber(text.dropLast()), let value = Double(text.dropLast()),
                    value.isFinite
                {
                    return .percent(value)
                }
                reader.mismatch(node, expected)
                return nil
            },
            write: { length in
                // The text "nan%" would be accepted; as a number it is reported.
                if case .percent(let value) = length, value.isFinite { return .string(length.description) }
                return .number(length.value)
            })
    }
}

extension BoxSize {
    static let form = ObjectForm(
        "boxSize", "The sides of a box.", usual: BoxSize(width: 0, height: 0),
        [
            .required("width", \.width, .side(.horizontal), "The box's width; more than 0."),
            .required("height", \.height, .side(.vertical), "The box's height; more than 0."),
        ])
}

extension Position {
    static let form = ObjectForm(
        "position", "A point of the canvas.", usual: Position(x: 0, y: 0),
        [
            .required("x", \.x, .coordinate(.horizontal), "From the canvas's left edge."),
            .required("y", \.y, .coordinate(.vertical), "From the canvas's top edge."),
        ])
}

/// The rules for lengths on the canvas.
extension ValueReport {
    private func extent(_ axis: Length.Axis) -> Int {
        axis.extent(of: PixelSize(width: context.canvas.width, height: context.canvas.height))
    }

    /// Checks a side of a box.
    mutating func side(_ side: Length, along axis: Length.Axis) {
        guard finite(side.value) else { return }
        let extent = extent(axis)
        let pixels = side.resolved(along: max(extent, 1))
        if pixels <= 0 {
            add("\(side) is not the side of a box; use more than 0")
        } else if pixels < 0.1, extent > 0 {
            add("\(side) is less than a tenth of a pixel, which cannot be seen; use more, or leave the clip out")
        } else {
            notFar(side, along: extent)
        }
    }

    /// Checks a coordinate, which may lie outside the canvas.
    mutating func coordinate(_ length: Length, along axis: Length.Axis) {
        if finite(length.value) { notFar(length, along: extent(axis)) }
    }

    /// Checks a distance that does not depend on the canvas's size: at most `most` pixels, and 1,000 percent.
    mutating func distance(_ length: Length, in range: ClosedRange<Double>) {
        switch length {
        case .pixels(let value): number(value, in: range)
        case .percent(let value): number(value, in: (range.lowerBound < 0 ? -1000 : 0)...1000)
        }
    }

    private mutating func notFar(_ length: Length, along extent: Int) {
        // An invalid canvas is reported once, not again for everything on it.
        guard PixelSize.sides.contains(extent), abs(length.resolved(along: extent)) > 100 * Double(extent) else {
            return
        }
        add("\(length) is more than 100 times the canvas (\(extent) pixels); use less")
    }
}
