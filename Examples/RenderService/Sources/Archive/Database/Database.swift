// SPDX-License-Identifier: Apache-2.0

/// A database for what is kept longer than jobs: records, edits and credits.
///
/// There are two implementations, which understand the same SQL: ``SQLiteDatabase`` for one machine and
/// ``PostgresDatabase`` for several. Calls are thread-safe and run to completion even if their task is cancelled. They
/// throw ``ArchiveError/unavailable(_:)`` if the database cannot be reached; a later call may succeed.
public protocol Database: Sendable {
    /// Runs a transaction that changes nothing.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value
    /// Runs a transaction, which has no effect if the closure throws.
    ///
    /// The closure may run again if another transaction was in its way. If the connection breaks while the transaction
    /// ends, it may have taken effect although the call throws, so what it does should be safe to repeat.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value
    /// Throws if the database cannot be reached.
    func check() async throws
    /// Closes connections and files; no other method may be called afterwards.
    func close() async
}

/// A transaction of a database, which may be used only inside the closure that it is passed to.
public protocol Transaction {
    /// Runs a statement and returns its rows; the parameters in it are `$1`, `$2` and so on.
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow]
    /// Runs a statement and returns the number of rows that it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue]) throws -> Int
    /// Waits until no other transaction holds the lock of a name, and holds it until the transaction ends.
    func lock(_ name: String) throws
}

/// An error from the archive.
public enum ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The database cannot be reached or used at the moment; the same call may succeed later.
    case unavailable(String)
    /// The values can never be stored.
    case invalid(String)

    /// The error message, with a suggested fix.
    public var description: String {
        switch self {
        case .unavailable(let why), .invalid(let why): why
        }
    }
}
