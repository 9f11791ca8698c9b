// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Wakes all who wait for work in this process.
///
/// A listener that is made before the store is asked misses nothing that becomes claimable after that.
final class WakeSignal: Sendable {
    /// One who waits.
    struct Listener: Sendable {
        fileprivate let id: UUID
        fileprivate let wakes: AsyncStream<Void>
    }

    private let listeners = Mutex<[UUID: AsyncStream<Void>.Continuation]>([:])

    /// Begins to listen; ``remove(_:)`` ends it.
    func listen() -> Listener {
        // One wake is as good as many.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        listeners.withLock { $0[id] = continuation }
        return Listener(id: id, wakes: stream)
    }

    /// Ends listening.
    func remove(_ listener: Listener) {
        listeners.withLock { $0.removeValue(forKey: listener.id) }?.finish()
    }

    /// Wakes all who listen.
    func wake() {
        for continuation in listeners.withLock({ Array($0.values) }) { continuation.yield() }
    }

    /// Waits for a wake, for so many seconds at most, or until the task is cancelled; once for each listener.
    private func wait(_ listener: Listener, seconds: Double) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in listener.wakes { return } }
            group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits until there may be work: until `nextDue` says that it is due now, a wake comes, or the time is over.
    ///
    /// `nextDue` gives the seconds until the next delay or lease ends that the store knows of. It is asked again every
    /// `interval`, for what other processes do.
    func waitForWork(seconds: Double, every interval: Double, nextDue: () async throws -> Double?) async {
        let end = ContinuousClock.now + .seconds(max(0, min(seconds, 86_400)))
        while !Task.isCancelled {
            // A new one each time, for a listener whose wait was cancelled has ended; and before the store is asked.
            let listener = listen()
            defer { remove(listener) }
            // A store that cannot be reached now may be before the time is over.
            let due = (try? await nextDue()) ?? interval
            let left = (end - .now) / .seconds(1)
            if due <= 0 || left <= 0 { return }
            // A wake may have been for others: the store is asked again.
            await wait(listener, seconds: min(due, interval, left))
        }
    }
}
