// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A table from the colours of a picture to sRGB, as LittleCMS sees them: relative colorimetric, with black point
/// compensation.
///
/// Immutable; safe to share between threads.
// unchecked: the C object never changes after it is made
@safe package final class ColorTable: @unchecked Sendable {
    /// The transfer function of a colour space.
    package enum Transfer: Sendable, Hashable {
        case gamma(Double)
        case sRGB
        case bt709
    }

    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe cfs_colours_free(pointer) }

    /// Returns the table of an ICC profile, for grey pictures or for others; `nil` if it is sRGB to the eye.
    ///
    /// Throws if the profile is damaged, or none for such a picture. It takes some milliseconds.
    package static func of(profile: [UInt8], isGrey: Bool) throws(LibavError) -> ColorTable? {
        var made: OpaquePointer?
        try check("read colour profile") {
            unsafe profile.withUnsafeBufferPointer {
                unsafe cfs_colours_of_profile($0.baseAddress, $0.count, isGrey ? 1 : 0, &made)
            }
        }
        return unsafe made.map { unsafe ColorTable($0) }
    }

    /// Returns the table that maps BT.2020 with PQ, or HLG, to SDR; for pictures with colours.
    package static func of(hlg isHLG: Bool) throws(LibavError) -> ColorTable? {
        var made: OpaquePointer?
        try check("make colour table") { unsafe cfs_colours_of_hdr(isHLG ? 1 : 0, &made) }
        return unsafe made.map { unsafe ColorTable($0) }
    }

    /// Returns the table of primaries: x and y of white, red, green and blue (CIE 1931).
    package static func of(
        primaries: [Double], _ transfer: Transfer, isGrey: Bool
    ) throws(LibavError) -> ColorTable? {
        precondition(primaries.count == 8)
        let (code, gamma): (cfs_transfer, Double) =
            switch transfer {
            case .gamma(let gamma): (CFS_GAMMA, gamma)
            case .sRGB: (CFS_SRGB, 1)
            case .bt709: (CFS_BT709, 1)
            }
        var made: OpaquePointer?
        try check("make colour table") {
            unsafe primaries.withUnsafeBufferPointer {
                unsafe cfs_colours_of_primaries($0.baseAddress, code, gamma, isGrey ? 1 : 0, &made)
            }
        }
        return unsafe made.map { unsafe ColorTable($0) }
    }
}
