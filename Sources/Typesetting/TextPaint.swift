// SPDX-License-Identifier: Apache-2.0

/// What letters, strokes and boxes are painted with.
package enum TextPaint: Sendable, Hashable {
    /// One colour.
    case color(TextColor)
    /// Colours over the whole block's box, at an angle as in CSS: 0 upwards, 90 to the right.
    case gradient(stops: [Stop], angle: Double)

    /// A colour at a place 0…1 of a gradient.
    package struct Stop: Sendable, Hashable {
        package var at: Double
        package var color: TextColor

        package init(at: Double, color: TextColor) {
            self.at = at
            self.color = color
        }
    }
}

/// An sRGB colour with straight alpha.
package struct TextColor: Sendable, Hashable {
    package var red, green, blue, alpha: UInt8

    package init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    package static let black = TextColor(red: 0, green: 0, blue: 0)
    package static let white = TextColor(red: 255, green: 255, blue: 255)
}
