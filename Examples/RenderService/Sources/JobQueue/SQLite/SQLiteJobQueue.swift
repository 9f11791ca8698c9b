// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import GRDB

/// Jobs in a file, for one machine.
///
/// Several processes of the machine may use one file. What becomes claimable wakes those who wait in the same process at
/// once; other processes look twice a second. The file must not be on a network's file system.
public final class SQLiteJobQueue: JobQueue {
    /// How long a claim lasts that is not renewed.
    public let leaseSeconds: Double

    private let pool: DatabasePool
    private let signal = WakeSignal()
    /// How long a call waits for another process that writes.
    private static let busySeconds = 10.0
    /// How often it is looked for what other processes did.
    private static let pollSeconds = 0.5

    /// Opens the file, or makes it; its folder must exist.
    ///
    /// Blocks for as long as that takes. Throws ``QueueError`` where the file cannot be opened and written.
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
                // GRDB sets NORMAL, with which a power failure takes the last transactions with it: a job that somebody
                // was told is taken in, or an end whose callback was sent. One more fsync is nothing beside a video.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                try SQLiteSchema.migrate(pool)
                return pool
            } catch let error as DatabaseError
                where error.resultCode.primaryResultCode == .SQLITE_BUSY && attempt < 20
            {
                // SQLite does not wait for others while it changes to WAL, which several processes may do at once.
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
        // Begins a transaction for writing: a full disk or a lost file shows only there.
        try await write { _ in }
    }

    /// See ``JobQueue/close()``.
    public func close() async {
        // GRDB waits for what is under way.
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [pool] in
                try? pool.close()
                done.resume()
            }
        }
    }

    // MARK: Transactions

    /// One transaction that writes (`BEGIN IMMEDIATE`), on GRDB's queue.
    ///
    /// Not GRDB's own `async` functions: those do nothing in a task that was cancelled, and it is then that claims are
    /// given back.
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

    /// One transaction that reads, on one of GRDB's queues.
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

    /// The error without the statement, in which somebody's edit may be.
    private static func text(_ error: DatabaseError) -> String {
        "\(error.message ?? "no message"), SQLite's code \(error.extendedResultCode.rawValue)"
    }
}
