// SPDX-License-Identifier: Apache-2.0

/// An enlargement along both axes.
///
/// A value type; safe to share between threads.
public struct Scale: Sendable, Hashable, Interpolatable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// The factor for widths, 0…100; 0 is invisible.
    public var x: Double
    /// The factor for heights, 0…100; 0 is invisible.
    public var y: Double

    /// Creates an enlargement with a factor for each axis.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// Creates an enlargement that keeps proportions.
    public init(_ both: Double) { self.init(x: both, y: both) }
    /// Creates an enlargement that keeps proportions.
    public init(floatLiteral value: Double) { self.init(value) }
    /// Creates an enlargement that keeps proportions.
    public init(integerLiteral value: Int) { self.init(Double(value)) }

    /// Returns the sum of enlargements, each multiplied by its weight.
    public static func weighted(_ values: [(value: Scale, weight: Double)]) -> Scale {
        Scale(
            x: .weighted(values.map { ($0.value.x, $0.weight) }), y: .weighted(values.map { ($0.value.y, $0.weight) }))
    }
    /// Returns the enlargement at a progress from one to another.
    public static func mix(_ from: Scale, _ to: Scale, _ progress: Double) -> Scale {
        Scale(x: .mix(from.x, to.x, progress), y: .mix(from.y, to.y, progress))
    }

    static let range = 0.0...100.0
}

/// The axes along which a layer is mirrored.
///
/// A value type; safe to share between threads.
public enum Flip: String, Sendable, Hashable, CaseIterable, Codable {
    /// The layer as it is.
    case none
    /// Left and right change places.
    case horizontal
    /// Top and bottom change places.
    case vertical
    /// Both: a half turn.
    case both

    /// Whether left and right, and top and bottom, change places.
    package var sides: (x: Bool, y: Bool) {
        (self == .horizontal || self == .both, self == .vertical || self == .both)
    }
}

/// What is cut off a layer's content, on each side.
///
/// Percentages are those of the content's width or height: of the picture or video, before it is fitted into its box; of the box
/// where a clip has no picture. A value type; safe to share between threads.
public struct Crop: Sendable, Hashable {
    /// How much is cut off a side.
    public var left, top, right, bottom: Animated<Length>

    /// Creates a crop; by default nothing is cut off.
    public init(
        left: Animated<Length> = 0, top: Animated<Length> = 0, right: Animated<Length> = 0, bottom: Animated<Length> = 0
    ) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}

/// The radii of a box's round corners.
///
/// Percentages are those of the box's shorter side, so 50 % makes a circle of a square. Radii that do not fit are made smaller
/// together, as in CSS. A value type; safe to share between threads.
public struct Corners: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// The radius of a corner; 0 is a sharp one.
    public var topLeft, topRight, bottomRight, bottomLeft: Animated<Length>

    /// Creates corners of different radii.
    public init(
        topLeft: Animated<Length> = 0, topRight: Animated<Length> = 0, bottomRight: Animated<Length> = 0,
        bottomLeft: Animated<Length> = 0
    ) {
        self.topLeft = topLeft
        self.topRight = topRight
        self.bottomRight = bottomRight
        self.bottomLeft = bottomLeft
    }

    /// Creates four corners with the same radius.
    public init(_ radius: Animated<Length>) {
        self.init(topLeft: radius, topRight: radius, bottomRight: radius, bottomLeft: radius)
    }
    /// Creates four corners with the same radius in pixels.
    public init(integerLiteral value: Int) { self.init(.constant(.pixels(Double(value)))) }
    /// Creates four corners with the same radius in pixels.
    public init(floatLiteral value: Double) { self.init(.constant(.pixels(value))) }

    /// The radii from the top left corner on, clockwise.
    package var all: [Animated<Length>] { [topLeft, topRight, bottomRight, bottomLeft] }
}

/// A line along the inside of a box's edge, which follows its corners.
///
/// A value type; safe to share between threads.
public struct Border: Sendable, Hashable {
    /// The width of the line, 0…1000 pixels, or percent of the box's shorter side.
    public var width: Animated<Length>
    /// The colour of the line.
    public var color: Animated<Color>

    /// Creates a border.
    public init(_ color: Animated<Color> = .constant(.white), width: Animated<Length>) {
        self.width = width
        self.color = color
    }
}

/// A shadow of a layer's shape on what lies below it.
///
/// Its offset and its softness are those of the canvas: they do not turn or grow with the layer. Percentages are those of the
/// canvas along the same axis, or of its height. A value type; safe to share between threads.
public struct Shadow: Sendable, Hashable {
    /// The colour of the shadow.
    public var color: Animated<Color>
    /// The width of the soft edge, 0…1000 pixels, as in CSS: twice the standard deviation of a Gaussian blur.
    public var blur: Animated<Length>
    /// A coordinate of the shadow's offset, −10000…10000 pixels, to the right and downwards.
    public var x, y: Animated<Length>
    /// By how much the shadow is larger than the layer, on each side, −200…200 pixels.
    public var spread: Animated<Length>

    /// Creates a shadow.
    public init(
        _ color: Animated<Color> = .constant(Color(red: 0, green: 0, blue: 0, alpha: 128)),
        blur: Animated<Length> = 24, x: Animated<Length> = 0, y: Animated<Length> = 8, spread: Animated<Length> = 0
    ) {
        self.color = color
        self.blur = blur
        self.x = x
        self.y = y
        self.spread = spread
    }
}
