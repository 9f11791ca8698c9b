// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Does once what several ask for at the same time.
///
/// The work belongs to none of those who wait: it goes on when one is cancelled, and is cancelled with the last.
final class SharedWork<Value: Sendable>: Sendable {
    private struct Flight {
        let id: Int
        let task: Task<Void, Never>
        var waiters: [Int: CheckedContinuation<Value, any Error>]
    }

    private struct State {
        var flights: [String: Flight] = [:]
        var lastID = 0

        mutating func newID() -> Int {
            lastID += 1
            return lastID
        }
    }

    private let state = Mutex(State())

    /// How many wait.
    var waiting: Int { state.withLock { $0.flights.values.reduce(0) { $0 + $1.waiters.count } } }

    /// What comes of the work that is under way by a name, or of this work where there is none.
    func value(for name: String, work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let waiter = state.withLock { $0.newID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                join(name, waiter, continuation, work)
            }
        } onCancel: {
            leave(name, waiter)
        }
    }

    private func join(
        _ name: String, _ waiter: Int, _ continuation: CheckedContinuation<Value, any Error>,
        _ work: @escaping @Sendable () async throws -> Value
    ) {
        let isIn = state.withLock { state in
            // Cancelled before it came here, so `leave` found nothing; asked under the lock, so it will find it from
            // now on.
            if Task.isCancelled { return false }
            if state.flights[name] != nil {
                state.flights[name]?.waiters[waiter] = continuation
                return true
            }
            let id = state.newID()
            let task = Task {
                let result: Result<Value, any Error>
                do { result = .success(try await work()) } catch { result = .failure(error) }
                self.finish(name, id, result)
            }
            state.flights[name] = Flight(id: id, task: task, waiters: [waiter: continuation])
            return true
        }
        if !isIn { continuation.resume(throwing: CancellationError()) }
    }

    private func leave(_ name: String, _ waiter: Int) {
        let continuation = state.withLock { state in
            let continuation = state.flights[name]?.waiters.removeValue(forKey: waiter)
            if continuation != nil, let flight = state.flights[name], flight.waiters.isEmpty {
                flight.task.cancel()
                // Who comes now shall not wait for what is being cancelled.
                state.flights[name] = nil
            }
            return continuation
        }
        continuation?.resume(throwing: CancellationError())
    }

    private func finish(_ name: String, _ id: Int, _ result: Result<Value, any Error>) {
        let waiters = state.withLock { state in
            guard let flight = state.flights[name], flight.id == id else {
                return [CheckedContinuation<Value, any Error>]()
            }
            state.flights[name] = nil
            return Array(flight.waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
