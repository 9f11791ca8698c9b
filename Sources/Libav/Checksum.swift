// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A checksum that detects damage but not tampering, ten times as fast as a ``Digest``.
package struct Checksum: Hashable {
    /// The number of bytes in a checksum.
    package static let size = 16

    /// The 16 bytes.
    package let bytes: [UInt8]

    /// Creates the checksum of some bytes.
    package init(of bytes: ArraySlice<UInt8>) throws(LibavError) {
        var checksum = [UInt8](repeating: 0, count: Self.size)
        try check("hash") {
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe checksum.withUnsafeMutableBufferPointer { checksum in
                    guard let base = checksum.baseAddress else { return 0 }
                    return unsafe cfs_checksum(bytes.baseAddress, bytes.count, base)
                }
            }
        }
        self.bytes = checksum
    }
}
