// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import GRDB

/// A database in a file, for the processes of one machine.
public final class SQLiteDatabase: Database {
    private let pool: DatabasePool

    /// Opens a file, which is created if it does not exist; its folder must exist.
    ///
    /// Blocks while the file is opened. Throws ``ArchiveError`` if it cannot be opened for writing.
    public init(path: String) throws {
        do { pool = try Self.open(path) } catch let error as DatabaseError {
            throw ArchiveError.unavailable(
                "The file \(path) cannot be opened for writing (\(Self.text(error))). "
                    + "Its folder must exist, and this user must be allowed to write to both.")
        }
    }

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "archive"
        configuration.busyMode = .timeout(10)
        var attempt = 0
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration)
                // Without it, a power failure loses the last transactions.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                try pool.write { try Migrations.apply(in: SQLiteStatements(db: $0), .sqlite) }
                return pool
            } catch let error as DatabaseError
                where error.resultCode.primaryResultCode == .SQLITE_BUSY && attempt < 20
            {
                // SQLite does not wait for other processes while it changes to WAL.
                attempt += 1
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    /// See ``Database/read(_:)``.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { db in
                continuation.resume(
                    with: Result { try body(SQLiteStatements(db: try db.get())) }.mapError(Self.archiveError))
            }
        }
    }

    /// See ``Database/write(_:)``.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        // GRDB's own `async` functions do nothing in a cancelled task.
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncWrite(
                { try body(SQLiteStatements(db: $0)) },
                completion: { _, result in continuation.resume(with: result.mapError(Self.archiveError)) })
        }
    }

    /// See ``Database/check()``.
    public func check() async throws {
        // A full disk or a missing file shows only in a write transaction.
        try await write { _ in }
    }

    /// See ``Database/close()``.
    public func close() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [pool] in
                try? pool.close()
                done.resume()
            }
        }
    }

    private static func archiveError(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return ArchiveError.unavailable("The archive's file cannot be used (\(text(error))).")
    }

    /// Returns the error's text without the statement, which may contain a caller's edit.
    private static func text(_ error: DatabaseError) -> String {
        "\(error.message ?? "no message"), SQLite's code \(error.extendedResultCode.rawValue)"
    }
}

/// The statements of a transaction in SQLite.
private struct SQLiteStatements: Transaction {
    let db: GRDB.Database

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        try Row.fetchAll(db, sql: Self.worded(sql), arguments: try Self.arguments(values)).map { row in
            SQLRow(
                Dictionary(
                    row.map { column, value in
                        switch value.storage {
                        case .int64(let number): (column, .integer(number))
                        case .string(let text): (column, .text(text))
                        case .double(let number): (column, .text(String(number)))
                        case .blob, .null: (column, .null)
                        }
                    }, uniquingKeysWith: { first, _ in first }))
        }
    }

    func run(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try db.execute(sql: Self.worded(sql), arguments: try Self.arguments(values))
        return db.changesCount
    }

    // There is one writer at a time.
    func lock(_ name: String) {}

    /// Returns a statement with SQLite's numbered parameters.
    private static func worded(_ sql: String) -> String { sql.replacing("$", with: "?") }

    private static func arguments(_ values: [SQLValue]) throws -> StatementArguments {
        for value in values { try value.check() }
        return StatementArguments(
            values.map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .text(let text): text
                case .integer(let number): number
                case .null: nil
                }
            })
    }
}
