// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Memory settings for a program that only renders.
package enum ProcessMemory {
    /// Makes large blocks return to the system as soon as they are freed, from now on and in the whole process.
    package static func returnLargeBlocks() { ProcessUsage.returnLargeBlocks() }
}
