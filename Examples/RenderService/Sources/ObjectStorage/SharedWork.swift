// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Work that several tasks request at the same time and that runs only once.
///
/// The work belongs to none of the waiting tasks. It continues when one of them is cancelled, and is cancelled with the
/// last one.
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

    /// The number of waiting tasks.
    var waiting: Int { state.withLock { $0.flights.values.reduce(0) { $0 + $1.waiters.count } } }

    /// Returns the result of the running work with a name, or starts this work if there is none.
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
            // If the task was cancelled before this point, `leave` found nothing. The check is made under the lock, so
            // that `leave` finds the task from now on.
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
                // New callers must not wait for work that is being cancelled.
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
