// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// The system calls for moving a finished file into place.
///
/// All of them block on the disk.
package enum FileSystem {
    /// Flushes a file, or a folder's entries, to the disk.
    package static func synchronize(_ path: String) throws(LibavError) {
        try check("fsync") { unsafe cfs_file_sync(path) }
    }

    /// Writes a new file; throws if it exists.
    package static func write(_ bytes: [UInt8], to path: String) throws(LibavError) {
        try check("write") {
            unsafe bytes.withUnsafeBufferPointer { unsafe cfs_file_write(path, $0.baseAddress, $0.count) }
        }
    }

    /// Renames a file, atomically replacing any file at the new path.
    package static func rename(_ from: String, to: String) throws(LibavError) {
        try check("rename") { unsafe cfs_file_rename(from, to) }
    }

    /// Whether this process may read and write a path.
    package enum Access: Sendable { case granted, denied, missing }

    package static func access(_ path: String) -> Access {
        let status = unsafe cfs_file_access(path)
        return status >= 0 ? .granted : cfs_error_is_missing(status) != 0 ? .missing : .denied
    }

    /// Sets a file's modification time to now.
    package static func touch(_ path: String) throws(LibavError) {
        try check("touch") { unsafe cfs_file_touch(path) }
    }

    /// Removes a file; a missing file is not an error.
    package static func remove(_ path: String) throws(LibavError) {
        try check("remove") { unsafe cfs_file_remove(path) }
    }
}
