// SPDX-License-Identifier: Apache-2.0

/// A colour in sRGB with straight alpha, 8 bits a channel.
///
/// A value type; safe to share between threads.
public struct Color: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A colour component, 0…255, in sRGB encoding.
    public var red, green, blue: UInt8
    /// The opacity: 0 is transparent, 255 is opaque.
    public var alpha: UInt8

    /// Creates a colour from its components.
    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// Creates a colour from CSS notation: `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`; `nil` for anything else.
    public init?(hex text: String) {
        guard text.first == "#" else { return nil }
        var digits: [UInt8] = []
        for character in text.dropFirst() {
            guard character.isASCII, let value = character.hexDigitValue else { return nil }
            digits.append(UInt8(value))
        }
        let channels: [UInt8]
        switch digits.count {
        case 3, 4: channels = digits.map { $0 * 17 }
        case 6, 8: channels = stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 16 + digits[$0 + 1] }
        default: return nil
        }
        self.init(
            red: channels[0], green: channels[1], blue: channels[2], alpha: channels.count == 4 ? channels[3] : 255)
    }

    /// Opaque black.
    public static let black = Color(red: 0, green: 0, blue: 0)
    /// No colour at all: transparent.
    public static let clear = Color(red: 0, green: 0, blue: 0, alpha: 0)
    /// Opaque white.
    public static let white = Color(red: 255, green: 255, blue: 255)

    /// The colour as `#rrggbb`, or `#rrggbbaa` if it is not opaque.
    public var description: String {
        let channels = alpha == 255 ? [red, green, blue] : [red, green, blue, alpha]
        return channels.reduce(into: "#") { text, channel in
            let digits = String(channel, radix: 16)
            text += digits.count == 1 ? "0" + digits : digits
        }
    }
}

extension Color: Interpolatable {
    /// Returns the sum of colours, each multiplied by its weight, with premultiplied alpha in sRGB's encoding.
    public static func weighted(_ values: [(value: Color, weight: Double)]) -> Color {
        var (red, green, blue, alpha) = (0.0, 0.0, 0.0, 0.0)
        for (color, weight) in values {
            let share = weight * Double(color.alpha)
            red += share * Double(color.red)
            green += share * Double(color.green)
            blue += share * Double(color.blue)
            alpha += share
        }
        func byte(_ value: Double) -> UInt8 { UInt8(min(max(value, 0), 255).rounded()) }
        guard alpha > 0 else { return Color(red: 0, green: 0, blue: 0, alpha: 0) }
        return Color(red: byte(red / alpha), green: byte(green / alpha), blue: byte(blue / alpha), alpha: byte(alpha))
    }

    /// Returns the colour at a progress from one to another, mixed with premultiplied alpha in sRGB's encoding.
    public static func mix(_ from: Color, _ to: Color, _ progress: Double) -> Color {
        weighted([(from, 1 - progress), (to, progress)])
    }
}

extension Form<Color> {
    static var color: Form {
        let expected = "a colour such as \"#ffcc00\" or, with opacity, \"#ffcc0080\""
        return Form(
            expected: expected, kind: "colour",
            schema: {
                Schema([
                    "title": .string("Color"), "type": .string("string"),
                    "description": .string("#rgb, #rgba, #rrggbb or #rrggbbaa; sRGB with straight alpha."),
                    "pattern": .string("^#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$"),
                ]).named("hexColor")
            },
            read: { node, reader in
                if case .string(let text) = node.value, let color = Color(hex: text) { return color }
                reader.mismatch(node, expected)
                return nil
            },
            write: { .string($0.description) })
    }
}
