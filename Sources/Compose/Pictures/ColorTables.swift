// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The colour tables made last: the pictures of an edit mostly come from the same camera.
///
/// Thread-safe.
final class ColorTables: Sendable {
    static let shared = ColorTables()

    private struct Key: Hashable {
        let color: PictureColor
        let profile: [UInt8]
        let isGrey: Bool
    }

    /// The tables of 0.6 MB each, or `nil` for spaces that need none.
    private let known = Locked<[Key: ColorTable?]>([:])
    private static let most = 16

    /// Returns the table from a picture's colours to sRGB; `nil` if they are that, or if its profile is damaged.
    func table(for color: PictureColor, _ picture: Picture) -> ColorTable? {
        if color == .sRGB { return nil }
        let profile = color == .profile ? picture.profile ?? [] : []
        let key = Key(color: color, profile: profile, isGrey: picture.isGrey)
        if let found = known.withLock({ $0[key] }) { return found }
        let made = try? make(key)
        known.withLock {
            if $0.count >= Self.most { $0.removeAll() }
            $0[key] = .some(made)
        }
        return made
    }

    private func make(_ key: Key) throws(LibavError) -> ColorTable? {
        guard case .primaries(let primaries, let transfer) = key.color else {
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
