// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The right to have an encoder open that must be the only one of its kind in this process.
///
/// SVT-AV1 rebuilds tables that all its encoders share whenever one is opened, while others read them; they crash
/// (https://gitlab.com/AOMediaCodec/SVT-AV1/-/merge_requests/2605). Its encoders use every core, so that segments
/// take no longer one after the other (measured on two cores). The right ends when this object is released. Thread-safe.
final class SoleEncoder: Sendable {
    private static let queue = Queue()

    /// Waits until it is the caller's turn; returns `nil` if `isCancelled` returns true before.
    ///
    /// Whoever asked first comes first. Blocks.
    static func wait(unless isCancelled: () -> Bool) -> SoleEncoder? {
        queue.wait(unless: isCancelled) ? SoleEncoder() : nil
    }

    private init() {}

    deinit { Self.queue.pass() }

    private final class Queue: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
        private let condition = NSCondition()
        private var isTaken = false
        private var tickets: [Int] = []
        private var issued = 0

        func wait(unless isCancelled: () -> Bool) -> Bool {
            condition.lock()
            defer { condition.unlock() }
            issued += 1
            let ticket = issued
            tickets.append(ticket)
            while isTaken || tickets[0] != ticket {
                if isCancelled() {
                    tickets.removeAll { $0 == ticket }
                    condition.broadcast()  // another may be first now
                    return false
                }
                _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05))
            }
            tickets.removeFirst()
            isTaken = true
            return true
        }

        func pass() {
            condition.lock()
            isTaken = false
            condition.broadcast()
            condition.unlock()
        }
    }
}
