// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What a program that does nothing but render can do about memory.
package enum ProcessMemory {
    /// Has large blocks go back to the system as soon as they are freed, from now on and in all of the process.
    package static func returnLargeBlocks() { ProcessUsage.returnLargeBlocks() }
}
