// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import GRDB

/// A job queue in an SQLite file, for one machine.
///
/// Several processes of the machine may use the same file. A job that becomes available wakes waiting tasks of the same
/// process immediately; other processes poll twice a second. The file must not be on a network file system.
public final class SQLiteJobQueue: JobQueue {
    /// The lifetime in seconds of a claim that is not renewed.
    public let leaseSeconds: Double

    private let pool: DatabasePool
    private let signal = WakeSignal()
    /// The time in seconds that a call waits for another process to finish writing.
    private static let busySeconds = 10.0
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
        do {
            pool = try Self.open(path)
        } catch let error as DatabaseError {
            throw QueueError.unavailable(
                "The jobs' file \(path) cannot be opened for writing (\(Self.text(error))). "
                    + "Its folder must exist, and this user must be allowed to write to both.")
        }
    }

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "jobs"
        configuration.busyMode = .timeout(busySeconds)
        var attempt = 0
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration)
                // GRDB sets NORMAL, with which a power failure loses the last transactions: a job that a caller was
                // told is accepted, or an end whose callback was sent. The cost of one more fsync is negligible
                // compared with a video.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                try SQLiteSchema.migrate(pool)
                return pool
            } catch let error as DatabaseError
                where error.resultCode.primaryResultCode == .SQLITE_BUSY && attempt < 20
            {
                // SQLite does not wait for other processes while it changes to WAL, which several processes may do at
                // the same time.
                attempt += 1
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    /// See ``JobQueue/waitForWork(seconds:lane:)``.
    public func waitForWork(seconds: Double, lane: Lane) async {
        await signal.waitForWork(seconds: seconds, every: Self.pollSeconds) {
            try await read { db in
                try Int64.fetchOne(
                    db, sql: "SELECT MIN(claimableAt) FROM job WHERE claimableAt IS NOT NULL AND \(lane.condition)")
            }.map { Double($0 - Microseconds.now()) / 1_000_000 }
        }
    }

    /// See ``JobQueue/check()``.
    public func check() async throws {
        // A write transaction is needed, because a full disk or a missing file shows only there.
        try await write { _ in }
    }

    /// See ``JobQueue/close()``.
    public func close() async {
        // GRDB waits for running transactions.
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [pool] in
                try? pool.close()
                done.resume()
            }
        }
    }

    // MARK: Transactions

    /// Runs one write transaction (`BEGIN IMMEDIATE`) on GRDB's queue.
    ///
    /// It does not use GRDB's own `async` functions, because those do nothing in a cancelled task, and claims are
    /// released in cancelled tasks.
    func write<T: Sendable>(_ body: @escaping @Sendable (SQLiteTransaction) throws -> T) async throws -> T {
        let (value, wakes) = try await withCheckedThrowingContinuation { continuation in
            pool.asyncWrite(
                { db in
                    let transaction = SQLiteTransaction(db)
                    return (try body(transaction), transaction.wakes)
                },
                completion: { _, result in continuation.resume(with: result.mapError(Self.queueError)) })
        }
        if wakes { signal.wake() }
        return value
    }

    /// Runs one read transaction on one of GRDB's queues.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { db in
                continuation.resume(with: Result { try body(db.get()) }.mapError(Self.queueError))
            }
        }
    }

    private static func queueError(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return QueueError.unavailable("The jobs' file cannot be used (\(text(error))).")
    }

    /// Returns the error's text without the SQL statement, which may contain a caller's edit.
    private static func text(_ error: DatabaseError) -> String {
        "\(error.message ?? "no message"), SQLite's code \(error.extendedResultCode.rawValue)"
    }
}
