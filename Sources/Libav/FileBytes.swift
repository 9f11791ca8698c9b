// SPDX-License-Identifier: Apache-2.0

/// A file's bytes, padded for decoders that read ahead.
package struct FileBytes: Sendable {
    var padded: [UInt8]
    /// The number of bytes in the file.
    package let count: Int

    /// The file's bytes, without the padding.
    package var contents: ArraySlice<UInt8> { padded[..<count] }
}
