// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A regular file, opened for reading.
///
/// Anything else, such as a FIFO or a device, is rejected without waiting.
package final class OpenFile {
    private(set) var descriptor: Int32
    /// The file's state when it was opened.
    package let fingerprint: FileFingerprint

    package init(_ path: String) throws(LibavError) {
        var (size, modified, inode): (Int64, Int64, UInt64) = (0, 0, 0)
        descriptor = try check("open \(path)") { unsafe cfs_file_open(path, &size, &modified, &inode) }
        fingerprint = FileFingerprint(size: size, modified: modified, inode: inode)
    }

    /// Throws if the file has changed since `expected` was read.
    package func expect(_ expected: FileFingerprint) throws(LibavError) {
        guard fingerprint == expected else { throw LibavError("open", status: Int32(CFS_CHANGED)) }
    }

    deinit { if descriptor >= 0 { cfs_file_close(descriptor) } }

    /// Returns the whole file, followed by the 64 zero bytes that decoders require.
    ///
    /// Throws if the file has more than `limit` bytes.
    package func bytes(limit: Int) throws(LibavError) -> FileBytes {
        try expectSize(atMost: limit)
        let size = Int(fingerprint.size)
        var got = 0
        var status: Int32 = 0
        let descriptor = descriptor
        var bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 64) { buffer, count in
            unsafe buffer.initialize(repeating: 0)
            status = unsafe cfs_file_read(descriptor, 0, buffer.baseAddress, size, &got)
            count = size + 64
        }
        guard status >= 0 else { throw LibavError("read", status: status) }
        if got < size { bytes.removeSubrange(got..<size) }  // the file shrank while it was being read
        return FileBytes(padded: bytes, count: got)
    }

    /// Throws if the file has more than `limit` bytes.
    package func expectSize(atMost limit: Int) throws(LibavError) {
        guard fingerprint.size <= Int64(limit) else { throw LibavError("read", status: Int32(CFS_TOO_LARGE)) }
    }

    /// Returns up to `count` bytes from an offset on; fewer at the end of the file.
    ///
    /// Blocks on the disk.
    package func bytes(from offset: Int, count: Int) throws(LibavError) -> [UInt8] {
        var got = 0
        var status: Int32 = 0
        let descriptor = descriptor
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe buffer.initialize(repeating: 0)
            status = unsafe cfs_file_read(descriptor, Int64(offset), buffer.baseAddress, count, &got)
            initialized = got
        }
        guard status >= 0 else { throw LibavError("read", status: status) }
        return bytes
    }

    /// Returns the descriptor and transfers its ownership to the caller, who must close it.
    func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }
}
