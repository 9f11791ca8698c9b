// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The colour tables made last: the pictures of an edit mostly come from the same camera.
///
/// Thread-safe.
final class ColorTables: Sendable {
    static let shared = ColorTables()

    private struct Key: Hashable, Sendable {
        let color: PictureColor
        let profile: [UInt8]
        let isGrey: Bool
    }

    /// How colours become sRGB.
    struct Conversion: Sendable {
        /// The table, of 0.6 MB; `nil` if the colours are sRGB, or taken for it.
        var table: ColorTable?
        /// Whether the picture's profile is damaged, or none for such a picture.
        var isProfileBroken = false
    }

    private let known = Remembered<Key, Conversion>(most: 16)

    /// Returns how a picture's colours become sRGB.
    func conversion(of color: PictureColor, _ picture: Picture) -> Conversion {
        if color == .sRGB { return Conversion() }
        let profile = color == .profile ? picture.profile ?? [] : []
        let key = Key(color: color, profile: profile, isGrey: picture.isGrey)
        return known.value(for: key) {
            var made = Conversion()
            do throws(LibavError) { made.table = try make(key) } catch { made.isProfileBroken = !error.isOutOfMemory }
            return made
        }
    }

    private func make(_ key: Key) throws(LibavError) -> ColorTable? {
        if case .hdr(let transfer) = key.color, !key.isGrey { return try ColorTable.of(hlg: transfer == .hlg) }
        guard case .primaries(let primaries, let transfer) = key.color else {
            if key.profile.isEmpty { return nil }
            return try ColorTable.of(profile: key.profile, isGrey: key.isGrey)
        }
        let curve: ColorTable.Transfer =
            switch transfer {
            case .gamma(let gamma): .gamma(gamma)
            case .sRGB: .sRGB
            case .bt709: .bt709
            }
        return try ColorTable.of(primaries: primaries.xy, curve, isGrey: key.isGrey)
    }
}
