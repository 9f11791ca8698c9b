// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A value guarded by a lock, as `Synchronization.Mutex` is.
///
/// On Linux, the thread sanitizer does not see that type's locking and reports races where there are none; it sees this
/// one's.
package final class Locked<Value>: @unchecked Sendable {  // unchecked: `value` is guarded by `lock`
    private let lock = NSLock()
    private var value: Value

    package init(_ value: sending Value) { self.value = value }

    /// Calls `body` with exclusive access to the value.
    package func withLock<Result, Failure>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
