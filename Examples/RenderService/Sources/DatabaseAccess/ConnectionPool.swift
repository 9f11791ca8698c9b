// SPDX-License-Identifier: Apache-2.0

package import Dispatch
internal import Synchronization

/// A connection whose calls block, and are therefore made on a queue of its own.
package protocol BlockingConnection: AnyObject, Sendable {
    /// The connection's own queue.
    var queue: DispatchQueue { get }
    /// Closes the connection, which is opened again on its next use; called on the queue.
    func disconnect()
}

extension BlockingConnection {
    /// Runs blocking code on the connection's queue, after the code submitted before it.
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Self) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }
}

/// A pool of connections, so that one slow call does not block all others.
package final class ConnectionPool<Connection: BlockingConnection>: Sendable {
    private struct State {
        var free: [Connection]
        var waiting: [CheckedContinuation<Connection, Never>] = []
    }

    private let connections: [Connection]
    private let state: Mutex<State>

    /// Creates a pool of connections, at least one, none of which is used by others.
    package init(_ connections: [Connection]) {
        self.connections = connections
        state = Mutex(State(free: connections))
    }

    /// Runs blocking code with exclusive use of a connection, on that connection's queue.
    ///
    /// Callers are served in the order of their calls.
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        let connection = await take()
        defer { give(connection) }
        return try await connection.perform(body)
    }

    /// Closes the connections.
    package func close() async {
        for connection in connections {
            try? await connection.perform { $0.disconnect() }
        }
    }

    private func take() async -> Connection {
        await withCheckedContinuation { continuation in
            let connection = state.withLock { state -> Connection? in
                // The most recently used connection is the least likely to have been closed by the server.
                if let connection = state.free.popLast() { return connection }
                state.waiting.append(continuation)
                return nil
            }
            if let connection { continuation.resume(returning: connection) }
        }
    }

    private func give(_ connection: Connection) {
        let first = state.withLock { state -> CheckedContinuation<Connection, Never>? in
            if state.waiting.isEmpty {
                state.free.append(connection)
                return nil
            }
            return state.waiting.removeFirst()
        }
        first?.resume(returning: connection)
    }
}
