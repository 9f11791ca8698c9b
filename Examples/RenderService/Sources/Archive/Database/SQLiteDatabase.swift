// SPDX-License-Identifier: Apache-2.0

internal import DatabaseAccess
internal import GRDB

/// A database in a file, for the processes of one machine.
public final class SQLiteDatabase: Database {
    private let file: SQLiteFile

    /// Opens a file, which is created if it does not exist; its folder must exist.
    ///
    /// Blocks while the file is opened. Throws ``ArchiveError`` if it cannot be opened for writing.
    public init(path: String) throws {
        file = try SQLiteFile(
            path: path, name: "The archive's file",
            prepare: { try Migrations.apply(in: SQLiteStatements(db: $0), .sqlite) },
            unavailable: ArchiveError.unavailable)
    }

    /// See ``Database/read(_:)``.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await file.read { try body(SQLiteStatements(db: $0)) }
    }

    /// See ``Database/write(_:)``.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await file.write { try body(SQLiteStatements(db: $0)) }
    }

    /// See ``Database/check()``.
    public func check() async throws { try await file.check() }

    /// See ``Database/close()``.
    public func close() async { await file.close() }
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
