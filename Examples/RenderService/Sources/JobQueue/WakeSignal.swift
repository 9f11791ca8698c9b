// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// A signal that wakes all tasks of this process that wait for a job.
///
/// A listener created before the database is queried misses no job that becomes available after the query.
final class WakeSignal: Sendable {
    /// A waiting task.
    struct Listener: Sendable {
        fileprivate let id: UUID
        fileprivate let wakes: AsyncStream<Void>
    }

    private let listeners = Mutex<[UUID: AsyncStream<Void>.Continuation]>([:])

    /// Creates a listener, which must be removed with ``remove(_:)``.
    func listen() -> Listener {
        // Several wake-ups are equivalent to one.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        listeners.withLock { $0[id] = continuation }
        return Listener(id: id, wakes: stream)
    }

    /// Removes a listener.
    func remove(_ listener: Listener) {
        listeners.withLock { $0.removeValue(forKey: listener.id) }?.finish()
    }

    /// Wakes all listeners.
    func wake() {
        for continuation in listeners.withLock({ Array($0.values) }) { continuation.yield() }
    }

    /// Waits for a wake-up, for at most a number of seconds, or until the task is cancelled.
    ///
    /// It may be called once for each listener.
    private func wait(_ listener: Listener, seconds: Double) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in listener.wakes { return } }
            group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits until `nextDue` reports that a job is due, the signal wakes it and a job is due, or the time is over.
    ///
    /// `nextDue` returns the seconds until the next known end of a delay or lease. It is called again every `interval`
    /// seconds to notice changes by other processes.
    func waitForWork(seconds: Double, every interval: Double, nextDue: () async throws -> Double?) async {
        let end = ContinuousClock.now + .seconds(max(0, min(seconds, 86_400)))
        while !Task.isCancelled {
            // Each round needs a new listener, created before the query, because a listener whose wait was cancelled
            // has ended.
            let listener = listen()
            defer { remove(listener) }
            // A database that cannot be reached now may be available again before the time is over.
            let due = (try? await nextDue()) ?? interval
            let left = (end - .now) / .seconds(1)
            if due <= 0 || left <= 0 { return }
            // The wake-up may have been for another task, so the database is queried again.
            await wait(listener, seconds: min(due, interval, left))
        }
    }
}
