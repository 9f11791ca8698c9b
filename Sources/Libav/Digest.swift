// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// The SHA-256 digest of some bytes, which is equal only if the bytes are.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// The number of bytes in a digest.
    package static let size = 32

    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Creates the digest of some bytes.
    package init(of bytes: [UInt8]) throws(LibavError) {
        var digest = [UInt8](repeating: 0, count: Self.size)
        try check("hash") {
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe digest.withUnsafeMutableBufferPointer { digest in
                    guard let base = digest.baseAddress else { return 0 }
                    return unsafe cfs_sha256(bytes.baseAddress, bytes.count, base)
                }
            }
        }
        self.bytes = digest
    }

    /// Creates the digest of a file's contents, which are read block by block.
    package init(of file: OpenFile) throws(LibavError) {
        var digest = [UInt8](repeating: 0, count: Self.size)
        let (descriptor, size) = (file.descriptor, file.fingerprint.size)
        try check("hash") {
            unsafe digest.withUnsafeMutableBufferPointer { digest in
                guard let base = digest.baseAddress else { return 0 }
                return unsafe cfs_sha256_file(descriptor, size, base)
            }
        }
        self.bytes = digest
    }

    /// The digest as 64 hexadecimal digits.
    package var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
