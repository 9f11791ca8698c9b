// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A pool of connections, so that one slow call does not block all others.
final class RedisPool: Sendable {
    private struct State {
        var free: [RedisConnection]
        var waiting: [CheckedContinuation<RedisConnection, Never>] = []
    }

    private let connections: [RedisConnection]
    private let state: Mutex<State>

    /// Creates a pool of connections, which are opened on first use.
    init(_ address: RedisAddress, count: Int) {
        connections = (0..<count).map { RedisConnection(address, label: "jobs.redis.\($0)") }
        state = Mutex(State(free: connections))
    }

    /// Runs blocking code with exclusive use of a connection, on that connection's queue.
    ///
    /// Callers are served in the order of their calls.
    func perform<T: Sendable>(_ body: @escaping @Sendable (RedisConnection) throws -> T) async throws -> T {
        let connection = await take()
        defer { give(connection) }
        return try await connection.perform(body)
    }

    /// Closes the connections.
    func close() async {
        for connection in connections {
            try? await connection.perform { $0.disconnect() }
        }
    }

    private func take() async -> RedisConnection {
        await withCheckedContinuation { continuation in
            let connection = state.withLock { state -> RedisConnection? in
                // The most recently used connection is the least likely to have been closed by the server.
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
