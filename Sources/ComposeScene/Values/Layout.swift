// SPDX-License-Identifier: Apache-2.0

/// A distance in pixels, or in percent of the canvas along the same axis.
///
/// A plain number in Swift is pixels.
public enum Length: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, CustomStringConvertible
{
    /// Pixels of the output; fractions are honoured.
    case pixels(Double)
    /// Percent of the canvas's width (for x and widths) or height (for y and heights).
    case percent(Double)

    /// Pixels.
    public init(integerLiteral value: Int) { self = .pixels(Double(value)) }
    /// Pixels.
    public init(floatLiteral value: Double) { self = .pixels(value) }

    /// The length in pixels on a canvas that measures `extent` pixels along the axis.
    public func resolved(along extent: Int) -> Double {
        switch self {
        case .pixels(let value): value
        case .percent(let value): value / 100 * Double(extent)
        }
    }

    /// `12.5` or `80%`.
    public var description: String {
        switch self {
        case .pixels(let value): shortest(value)
        case .percent(let value): shortest(value) + "%"
        }
    }
}

/// The box a picture is fitted into.
public struct BoxSize: Sendable, Hashable {
    /// The box's width; more than zero.
    public var width: Length
    /// The box's height; more than zero.
    public var height: Length

    /// A box of the given sides.
    public init(width: Length, height: Length) {
        self.width = width
        self.height = height
    }
}

/// Where on the canvas a box's anchor point lies, from the top left corner.
public struct Position: Sendable, Hashable {
    /// Rightwards from the canvas's left edge.
    public var x: Length
    /// Downwards from the canvas's top edge.
    public var y: Length

    /// A point of the canvas.
    public init(x: Length, y: Length) {
        self.x = x
        self.y = y
    }

    /// The middle of the canvas.
    public static let center = Position(x: .percent(50), y: .percent(50))
}

/// The point of a box that `position` places.
public enum Anchor: String, Sendable, Hashable, CaseIterable, Codable {
    /// The nine points of a box.
    case topLeft, top, topRight, left, center, right, bottomLeft, bottom, bottomRight

    /// The point as fractions of the box's width and height, 0…1 from the top left.
    public var unitPoint: (x: Double, y: Double) {
        switch self {
        case .topLeft: (0, 0)
        case .top: (0.5, 0)
        case .topRight: (1, 0)
        case .left: (0, 0.5)
        case .center: (0.5, 0.5)
        case .right: (1, 0.5)
        case .bottomLeft: (0, 1)
        case .bottom: (0.5, 1)
        case .bottomRight: (1, 1)
        }
    }
}

/// How a picture fills its box, with the meanings CSS's `object-fit` gives the words.
public enum Fit: String, Sendable, Hashable, CaseIterable, Codable {
    /// Whole picture visible, proportions kept; the rest of the box stays clear.
    case contain
    /// Box filled, proportions kept; what sticks out is cut off.
    case cover
    /// Box filled, proportions not kept.
    case fill
    /// One picture pixel to one output pixel.
    case none
    /// `contain`, over a blurred `cover` of the same picture.
    case containBlur
}

/// The shortest text of a number that reads back as the same number, without a needless `.0`.
package func shortest(_ value: Double) -> String {
    if let whole = Int(exactly: value) { return String(whole) }
    return value.description
}
