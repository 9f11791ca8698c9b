// SPDX-License-Identifier: Apache-2.0

/// The part of a canvas that a platform leaves free of its own buttons, names and captions.
///
/// A value type; safe to share between threads.
public enum SafeArea: String, Sendable, Hashable, CaseIterable, Codable {
    /// TikTok's player on a phone.
    case tiktok
    /// Instagram's reels.
    case reels
    /// YouTube's shorts.
    case shorts
    /// Instagram's and Facebook's stories.
    case stories
    /// Television: the graphics safe area of EBU R 95.
    case broadcast

    /// The margins as fractions of the canvas's width and height.
    ///
    /// The platforms publish them for 1080 × 1920, and change them with every design of their players, so they are rounded up:
    /// TikTok's template for in-feed advertisements (12.5 % above, 34.4 % below, 11.1 % on the sides), Meta's for reels (14 % above, 35 % below, 6 %
    /// on the sides) and stories (14 % above, 20 % below), YouTube's for shorts advertisements (288 above, 672 below, 48 left,
    /// 192 right), EBU R 95 of 2017 (5 % on all sides).
    public var margins: (top: Double, bottom: Double, left: Double, right: Double) {
        switch self {
        case .tiktok: (0.13, 0.345, 0.112, 0.112)
        case .reels: (0.14, 0.35, 0.06, 0.06)
        case .shorts: (0.15, 0.35, 0.045, 0.178)
        case .stories: (0.14, 0.2, 0.06, 0.06)
        case .broadcast: (0.05, 0.05, 0.05, 0.05)
        }
    }
}
