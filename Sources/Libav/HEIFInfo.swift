// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// What a HEIC or AVIF file says of its primary picture, read by libheif.
package struct HEIFInfo: Sendable {
    /// The size of the upright picture in pixels.
    package let width: Int
    package let height: Int
    package let hasAlpha: Bool
    /// Whether it has an ICC profile.
    package let hasProfile: Bool
    /// Primaries and transfer function by the numbers of ITU-T H.273; 0 if not said.
    package let primaries: Int
    package let transfer: Int
    /// Whether there is a decoder for what such files usually hold, HEVC and AV1.
    package let hasDecoders: Bool

    /// Reads a whole file in memory; throws for damage, and where libheif is not installed.
    package init(_ bytes: [UInt8]) throws(LibavError) {
        var info = cfs_heif_info()
        try check("read picture") {
            unsafe bytes.withUnsafeBufferPointer { unsafe cfs_heif_read($0.baseAddress, $0.count, &info) }
        }
        width = Int(info.width)
        height = Int(info.height)
        hasAlpha = info.has_alpha != 0
        hasProfile = info.has_profile != 0
        primaries = Int(info.primaries)
        transfer = Int(info.transfer)
        hasDecoders = info.can_decode != 0
    }
}
