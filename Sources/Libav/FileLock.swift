// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A lock on a file or folder, which the system releases when the process ends, however it ends.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// Creates a lock without waiting; returns `nil` if another holder has it.
    ///
    /// A missing file is created if `create` is set.
    package init?(_ path: String, create: Bool = false) throws(LibavError) {
        let opened = unsafe cfs_file_lock(path, create ? 1 : 0)
        guard cfs_error_is_busy(opened) == 0 else { return nil }
        descriptor = try check("lock") { opened }
    }

    /// Creates a new file that is locked from before its first byte is written.
    ///
    /// Throws if the file exists.
    package init(writing bytes: [UInt8], to path: String) throws(LibavError) {
        descriptor = try check("write") {
            unsafe bytes.withUnsafeBufferPointer { unsafe cfs_file_write_held(path, $0.baseAddress, $0.count) }
        }
    }

    deinit { cfs_file_close(descriptor) }
}
