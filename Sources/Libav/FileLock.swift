// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A file or folder that is held by somebody who is alive: the system lets go of it when the process ends, however it ends.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, without waiting; `nil` where somebody else has it.
    ///
    /// A file that is not there is created if `create` says so.
    package init?(_ path: String, create: Bool = false) throws(LibavError) {
        let opened = unsafe cfs_file_lock(path, create ? 1 : 0)
        guard cfs_error_is_busy(opened) == 0 else { return nil }
        descriptor = try check("lock") { opened }
    }

    /// Writes a new file, and holds it from before its first byte.
    ///
    /// One that is there already is refused.
    package init(writing bytes: [UInt8], to path: String) throws(LibavError) {
        descriptor = try check("write") {
            unsafe bytes.withUnsafeBufferPointer { unsafe cfs_file_write_held(path, $0.baseAddress, $0.count) }
        }
    }

    deinit { cfs_file_close(descriptor) }
}
