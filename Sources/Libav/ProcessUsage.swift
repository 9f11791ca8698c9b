// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// The resources this process has used so far.
package struct ProcessUsage: Sendable {
    /// The peak resident memory, in bytes.
    package let peakBytes: Int
    /// The CPU time of all threads, and of processes that decoded videos and have ended, in seconds.
    package let cpuSeconds: Double

    /// Returns freed memory to the system.
    ///
    /// After a large picture is decoded, glibc would otherwise keep its memory for the thread.
    package static func trim() { cfs_memory_trim() }

    /// Makes large blocks return to the system as soon as they are freed, from now on.
    ///
    /// This affects the whole process, so the decision is the program's, not a library's.
    package static func returnLargeBlocks() { cfs_memory_return_blocks() }

    package static var current: ProcessUsage {
        var bytes: Int64 = 0
        var seconds = 0.0
        unsafe cfs_process_usage(&bytes, &seconds)
        return ProcessUsage(peakBytes: Int(bytes), cpuSeconds: seconds + Double(cfs_isolated_cpu()) / 1e6)
    }

    /// Returns whether the process's address space has room for a block of this many bytes.
    package static func hasRoom(for bytes: Int) -> Bool { cfs_memory_has_room(bytes) != 0 }
}
