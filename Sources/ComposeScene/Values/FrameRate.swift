// SPDX-License-Identifier: Apache-2.0

/// Frames per second as an exact fraction, so that 30000/1001 stays what it is.
///
/// Both terms are positive; validation refuses others. Thread-safety: a value.
public struct FrameRate: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// Frames in `denominator` seconds; at least 1.
    public var numerator: Int
    /// Seconds that `numerator` frames take; at least 1.
    public var denominator: Int

    /// A rate of `numerator / denominator` frames per second.
    ///
    /// Nothing is reduced: 60/2 prints as 60/2.
    public init(_ numerator: Int, _ denominator: Int = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Whole frames per second.
    public init(integerLiteral value: Int) { self.init(value) }

    /// NTSC's 29.97 frames per second, exactly 30000/1001.
    public static let ntsc = FrameRate(30000, 1001)
    /// Film on NTSC, 23.976 frames per second, exactly 24000/1001.
    public static let ntscFilm = FrameRate(24000, 1001)

    /// `30` or `30000/1001`.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
