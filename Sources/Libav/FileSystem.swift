// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// The few system calls that putting a finished file in its place takes.
///
/// All block on the disk.
package enum FileSystem {
    /// Flushes a file, or a folder's entries, to the disk.
    package static func synchronize(_ path: String) throws(LibavError) {
        try check("fsync") { unsafe cfs_file_sync(path) }
    }

    /// Writes a new file; one that is there already is refused.
    package static func write(_ bytes: [UInt8], to path: String) throws(LibavError) {
        try check("write") {
            unsafe bytes.withUnsafeBufferPointer { unsafe cfs_file_write(path, $0.baseAddress, $0.count) }
        }
    }

    /// Puts a file in another's place, at once or not at all.
    package static func rename(_ from: String, to: String) throws(LibavError) {
        try check("rename") { unsafe cfs_file_rename(from, to) }
    }

    /// Whether this process may read and write a path.
    package enum Access: Sendable { case granted, denied, missing }

    package static func access(_ path: String) -> Access {
        let status = unsafe cfs_file_access(path)
        return status >= 0 ? .granted : cfs_error_is_missing(status) != 0 ? .missing : .denied
    }

    /// Sets a file's time of last change to now.
    package static func touch(_ path: String) throws(LibavError) {
        try check("touch") { unsafe cfs_file_touch(path) }
    }

    /// Removes a file; that it is not there is no failure.
    package static func remove(_ path: String) throws(LibavError) {
        try check("remove") { unsafe cfs_file_remove(path) }
    }
}

/// What this process has used so far.
package struct ProcessUsage: Sendable {
    /// The largest amount of memory it has had resident, in bytes.
    package let peakBytes: Int
    /// CPU time of all its threads, in seconds.
    package let cpuSeconds: Double

    /// Gives memory that was freed back to the system: after a large picture was decoded, glibc would keep it for its thread.
    package static func trim() { cfs_memory_trim() }

    /// Has large blocks go back to the system as soon as they are freed, from now on.
    ///
    /// For all of the process: a program's decision, and not a library's.
    package static func returnLargeBlocks() { cfs_memory_return_blocks() }

    package static var current: ProcessUsage {
        var bytes: Int64 = 0
        var seconds = 0.0
        unsafe cfs_process_usage(&bytes, &seconds)
        return ProcessUsage(peakBytes: Int(bytes), cpuSeconds: seconds)
    }
}
