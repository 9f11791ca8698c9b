// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// What tells one state of a file from another without reading it.
package struct FileFingerprint: Sendable, Hashable, Codable {
    /// Length in bytes.
    package var size: Int64
    /// Time of the last change, in nanoseconds since 1970.
    package var modified: Int64
    /// The file system's number for it.
    package var inode: UInt64
}

/// A regular file, opened for reading.
///
/// Anything else, a FIFO or a device, is refused without waiting for it.
package final class OpenFile {
    private var descriptor: Int32
    /// The file's state when it was opened.
    package let fingerprint: FileFingerprint

    package init(_ path: String) throws(LibavError) {
        var (size, modified, inode): (Int64, Int64, UInt64) = (0, 0, 0)
        descriptor = try check("open \(path)") { unsafe cfs_file_open(path, &size, &modified, &inode) }
        fingerprint = FileFingerprint(size: size, modified: modified, inode: inode)
    }

    /// Throws if the file is not as it was when it was looked at first.
    package func expect(_ expected: FileFingerprint) throws(LibavError) {
        guard fingerprint == expected else { throw LibavError("open", status: Int32(CFS_CHANGED)) }
    }

    deinit { if descriptor >= 0 { cfs_file_close(descriptor) } }

    /// All of the file, followed by the 64 zero bytes that decoders want to find there.
    ///
    /// Throws for more than `limit` bytes.
    package func bytes(limit: Int) throws(LibavError) -> FileBytes {
        guard fingerprint.size <= Int64(limit) else {
            throw LibavError("read", status: Int32(CFS_TOO_LARGE))
        }
        let size = Int(fingerprint.size)
        var got = 0
        var status: Int32 = 0
        let descriptor = descriptor
        var bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 64) { buffer, count in
            unsafe buffer.initialize(repeating: 0)
            status = unsafe cfs_file_read(descriptor, buffer.baseAddress, size, &got)
            count = size + 64
        }
        guard status >= 0 else { throw LibavError("read", status: status) }
        if got < size { bytes.removeSubrange(got..<size) }  // the file shrank while it was read
        return FileBytes(padded: bytes, count: got)
    }

    /// Gives the descriptor away; whoever takes it closes it.
    func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }
}

/// A file's bytes with room behind them for decoders that read ahead.
package struct FileBytes: Sendable {
    let padded: [UInt8]
    /// How many bytes the file had.
    package let count: Int

    /// The bytes themselves.
    package var contents: ArraySlice<UInt8> { padded[..<count] }
}
