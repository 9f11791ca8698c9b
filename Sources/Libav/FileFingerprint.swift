// SPDX-License-Identifier: Apache-2.0

/// The size, modification time and inode of a file, which identify its state without reading it.
package struct FileFingerprint: Sendable, Hashable, Codable {
    /// The length in bytes.
    package var size: Int64
    /// The modification time, in nanoseconds since 1970.
    package var modified: Int64
    /// The inode number.
    package var inode: UInt64
}
