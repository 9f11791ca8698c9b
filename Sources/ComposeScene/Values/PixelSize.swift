// SPDX-License-Identifier: Apache-2.0

/// A width and a height in whole pixels, as displayed.
///
/// Thread-safety: a value.
public struct PixelSize: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Pixels across.
    public var width: Int
    /// Pixels down.
    public var height: Int

    /// A size of `width` × `height` pixels.
    ///
    /// Validation, not this initialiser, refuses what no video can have.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// 1080 × 1920, the upright format of phones.
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

    /// `1080x1920`.
    public var description: String { "\(width)x\(height)" }
}
