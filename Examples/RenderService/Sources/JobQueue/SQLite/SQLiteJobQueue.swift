// SPDX-License-Identifier: Apache-2.0

internal import DatabaseAccess
internal import GRDB

/// A job queue in an SQLite file, for one machine.
///
/// Several processes of the machine may use the same file. A job that becomes available wakes waiting tasks of the same
/// process immediately; other processes poll twice a second. The file must not be on a network file system.
public final class SQLiteJobQueue: JobQueue {
    /// The lifetime in seconds of a claim that is not renewed.
    public let leaseSeconds: Double

    private let file: SQLiteFile
    private let signal = WakeSignal()
    /// The interval in seconds for checking for changes by other processes.
    private static let pollSeconds = 0.5

    /// Creates a queue in a file, which is created if it does not exist; its folder must exist.
    ///
    /// Blocks while the file is opened. Throws ``QueueError`` if the file cannot be opened for writing.
    public init(path: String, leaseSeconds: Double) throws {
        guard leaseSeconds > 0 else {
            throw QueueError.invalid("A lease of \(leaseSeconds) s; it must be more than 0.")
        }
        self.leaseSeconds = leaseSeconds
        file = try SQLiteFile(
            path: path, name: "The jobs' file", prepare: SQLiteSchema.migrate, unavailable: QueueError.unavailable)
    }

    /// See ``JobQueue/waitForWork(seconds:lane:)``.
    public func waitForWork(seconds: Double, lane: Lane) async {
        await signal.waitForWork(seconds: seconds, every: Self.pollSeconds) {
            try await read { db in
                try Int64.fetchOne(
                    db, sql: "SELECT MIN(claimableAt) FROM job WHERE claimableAt IS NOT NULL AND \(lane.condition)",
                    arguments: lane.arguments)
            }.map { Double($0 - Microseconds.now()) / 1_000_000 }
        }
    }

    /// See ``JobQueue/check()``.
    public func check() async throws { try await file.check() }

    /// See ``JobQueue/close()``.
    public func close() async { await file.close() }

    // MARK: Transactions

    /// Runs one write transaction, and wakes waiting tasks if it has made a job available.
    func write<T: Sendable>(_ body: @escaping @Sendable (SQLiteTransaction) throws -> T) async throws -> T {
        let (value, wakes) = try await file.write { db in
            let transaction = SQLiteTransaction(db)
            return (try body(transaction), transaction.wakes)
        }
        if wakes { signal.wake() }
        return value
    }

    /// Runs one read transaction.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await file.read(body)
    }
}
