// SPDX-License-Identifier: Apache-2.0

internal import DatabaseAccess
internal import Foundation
internal import Synchronization

/// A database in Postgres, which several machines share.
///
/// Connections are opened when they are needed, so the service can start while the server is away. The first
/// transaction brings the schema up to date. After a failure to connect, calls fail at once for a while, so that they do
/// not queue up behind each other's time-outs.
public final class PostgresDatabase: Database {
    private let pool: ConnectionPool<PostgresConnection>
    private let state = Mutex(State())
    private static let pauseSeconds = 3.0
    private static let conflictAttempts = 10

    private struct State {
        var isMigrated = false
        var pausedUntil: ContinuousClock.Instant?
        var reason = ""
    }

    /// Creates a database without connecting to it.
    ///
    /// The URL is one that libpq accepts, such as `postgres://user:password@host/name?sslmode=verify-full`. Throws
    /// ``ArchiveError`` if it is another one.
    public init(url: String, connections: Int = 4) throws {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw ArchiveError.invalid("The database's URL begins with postgres:// or postgresql://.")
        }
        pool = ConnectionPool(
            (0..<max(1, connections)).map { PostgresConnection(url, label: "archive.postgres.\($0)") })
    }

    /// See ``Database/read(_:)``.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await transaction("BEGIN READ ONLY", body)
    }

    /// See ``Database/write(_:)``.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await transaction("BEGIN", body)
    }

    /// See ``Database/check()``.
    public func check() async throws {
        _ = try await read { try $0.rows("SELECT 1 AS one", []) }
    }

    /// See ``Database/close()``.
    public func close() async { await pool.close() }

    // MARK: -

    private func transaction<Value: Sendable>(
        _ begin: String, _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await pool.perform { [self] connection in
            do {
                try prepare(connection)
                return try Self.repeated(on: connection) { try Self.run(begin, on: connection, body) }
            } catch let failure as PostgresFailure {
                throw failure.archiveError
            }
        }
    }

    /// Opens the connection and brings the schema up to date.
    private func prepare(_ connection: PostgresConnection) throws {
        if !connection.isConnected {
            if let reason = state.withLock({ ($0.pausedUntil.map { $0 > .now } ?? false) ? $0.reason : nil }) {
                throw ArchiveError.unavailable(reason)
            }
            do {
                try connection.connect()
                state.withLock { $0.pausedUntil = nil }
            } catch {
                state.withLock {
                    $0.pausedUntil = .now + .seconds(Self.pauseSeconds)
                    $0.reason = error.archiveError.description
                }
                throw error
            }
        }
        guard !state.withLock({ $0.isMigrated }) else { return }
        try Self.repeated(on: connection) {
            try Self.run("BEGIN", on: connection) { try Migrations.apply(in: $0, .postgres) }
        }
        state.withLock { $0.isMigrated = true }
    }

    /// Repeats a transaction that another one was in the way of, or whose connection was lost before it ended.
    private static func repeated<Value>(
        on connection: PostgresConnection, _ work: () throws -> Value
    ) throws -> Value {
        var attempts = 0
        while true {
            do { return try work() } catch let failure as PostgresFailure {
                attempts += 1
                if failure.isConflict, attempts < conflictAttempts {
                    Thread.sleep(forTimeInterval: .random(in: 0...0.01) * Double(attempts))
                    continue
                }
                // The server may have restarted since the connection was last used.
                guard failure.isBroken, attempts == 1 else { throw failure }
                try connection.connect()
            }
        }
    }

    private static func run<Value>(
        _ begin: String, on connection: PostgresConnection, _ body: (any Transaction) throws -> Value
    ) throws -> Value {
        try connection.execute(begin + "; SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '20s'")
        let value: Value
        do { value = try body(PostgresStatements(connection: connection)) } catch {
            if connection.isConnected { try? connection.execute("ROLLBACK") }
            throw error
        }
        do { try connection.execute("COMMIT") } catch {
            // It is not known whether the transaction has taken effect, so it is not repeated here.
            throw error.isBroken ? error.archiveError : error
        }
        return value
    }
}

/// The statements of a transaction in Postgres.
private struct PostgresStatements: Transaction {
    let connection: PostgresConnection

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        for value in values { try value.check() }
        return try connection.execute(sql, values).rows
    }

    func run(_ sql: String, _ values: [SQLValue]) throws -> Int {
        for value in values { try value.check() }
        return try connection.execute(sql, values).changed
    }

    func lock(_ name: String) throws {
        _ = try connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text("compose " + name)])
    }
}
