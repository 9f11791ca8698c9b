// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A few connections, so that one slow call does not keep all others waiting.
final class RedisPool: Sendable {
    private struct State {
        var free: [RedisConnection]
        var waiting: [CheckedContinuation<RedisConnection, Never>] = []
    }

    private let connections: [RedisConnection]
    private let state: Mutex<State>

    /// Connections that are made as they are needed.
    init(_ address: RedisAddress, count: Int) {
        connections = (0..<count).map { RedisConnection(address, label: "jobs.redis.\($0)") }
        state = Mutex(State(free: connections))
    }

    /// Runs what blocks with a connection of its own, on that connection's queue; who comes first is served first.
    func perform<T: Sendable>(_ body: @escaping @Sendable (RedisConnection) throws -> T) async throws -> T {
        let connection = await take()
        defer { give(connection) }
        return try await connection.perform(body)
    }

    /// Hangs up.
    func close() async {
        for connection in connections {
            try? await connection.perform { $0.disconnect() }
        }
    }

    private func take() async -> RedisConnection {
        await withCheckedContinuation { continuation in
            let connection = state.withLock { state -> RedisConnection? in
                // The one used last: it is the least likely to have been hung up on.
                if let connection = state.free.popLast() { return connection }
                state.waiting.append(continuation)
                return nil
            }
            if let connection { continuation.resume(returning: connection) }
        }
    }

    private func give(_ connection: RedisConnection) {
        let first = state.withLock { state -> CheckedContinuation<RedisConnection, Never>? in
            if state.waiting.isEmpty {
                state.free.append(connection)
                return nil
            }
            return state.waiting.removeFirst()
        }
        first?.resume(returning: connection)
    }
}
