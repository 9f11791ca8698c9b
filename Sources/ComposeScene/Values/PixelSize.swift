// SPDX-License-Identifier: Apache-2.0

/// A width and a height in whole pixels, as displayed.
///
/// A value type; safe to share between threads.
public struct PixelSize: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The width in pixels.
    public var width: Int
    /// The height in pixels.
    public var height: Int

    /// Creates a size.
    ///
    /// Sizes that no video can have are rejected by validation, not by this initialiser.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Creates a size from text such as `1080x1920`; `nil` for anything else.
    public init?(_ text: String) {
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard sides.count == 2, text == "\(sides[0])x\(sides[1])" else { return nil }
        self.init(width: sides[0], height: sides[1])
    }

    /// 1080 × 1920, the portrait format of phones.
    public static let vertical1080 = PixelSize(width: 1080, height: 1920)
    /// 720 × 1280.
    public static let vertical720 = PixelSize(width: 720, height: 1280)
    /// 1920 × 1080, full HD.
    public static let hd1080 = PixelSize(width: 1920, height: 1080)
    /// 1280 × 720.
    public static let hd720 = PixelSize(width: 1280, height: 720)
    /// 1080 × 1080.
    public static let square1080 = PixelSize(width: 1080, height: 1080)
    /// 3840 × 2160.
    public static let uhd = PixelSize(width: 3840, height: 2160)

    /// The size as `1080x1920`.
    public var description: String { "\(width)x\(height)" }
}

extension PixelSize {
    /// The range of the canvas's sides.
    static let sides = 2...16384

    private static let mostMegapixels = 100

    private var hasSides: Bool { Self.sides.contains(width) && Self.sides.contains(height) }
    private var hasArea: Bool { width * height <= Self.mostMegapixels * 1_000_000 }

    /// Whether a canvas may have this size.
    package var isCanvas: Bool { hasSides && hasArea }

    static let form = ObjectForm(
        "size", expected: "{\"width\", \"height\"} in pixels", "The canvas.", usual: PixelSize(width: 0, height: 0),
        [
            .required("width", \.width, .side, "Pixels across."),
            .required("height", \.height, .side, "Pixels down."),
        ],
        rules: { size, report in
            guard size.hasSides, !size.hasArea else { return }
            let megapixels = (size.width * size.height + 999_999) / 1_000_000
            report.add("\(size) is \(megapixels) megapixels; at most \(mostMegapixels) are possible")
        })
}

extension Form<Int> {
    /// The form of a side of the canvas.
    fileprivate static var side: Form {
        let sides = PixelSize.sides
        return integer(
            expected: "a whole number of pixels", kind: "even integer \(sides.lowerBound)…\(sides.upperBound)"
        ).schema([
            "type": .string("integer"), "minimum": .integer(sides.lowerBound), "maximum": .integer(sides.upperBound),
            "multipleOf": .integer(2),
        ]).checked { side, report in
            if !sides.contains(side) {
                report.add("\(side) is out of range; use \(sides.lowerBound)…\(sides.upperBound) pixels")
            } else if side % 2 != 0 {
                report.add("\(side) is odd, and 4:2:0 video has only even sides; use \(side - 1) or \(side + 1)")
            }
        }
    }
}
