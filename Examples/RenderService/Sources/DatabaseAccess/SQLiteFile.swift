// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
package import GRDB

/// An SQLite file that several processes of one machine may use, and that survives power failures.
package final class SQLiteFile: Sendable {
    private let pool: DatabasePool
    private let name: String
    private let unavailable: @Sendable (String) -> any Error
    /// The time in seconds that a call waits for another process to finish writing.
    private static let busySeconds = 10.0

    /// Opens a file, which is created if it does not exist; its folder must exist.
    ///
    /// Blocks while the file is opened. `prepare` brings the schema up to date in a transaction. All errors of SQLite,
    /// here and later, are thrown as `unavailable` with a message that begins with the name.
    package init(
        path: String, name: String, prepare: (Database) throws -> Void,
        unavailable: @escaping @Sendable (String) -> any Error
    ) throws {
        self.name = name
        self.unavailable = unavailable
        do {
            pool = try Self.open(path, prepare)
        } catch let error as DatabaseError {
            throw unavailable(
                "\(name) \(path) cannot be opened for writing (\(Self.text(error))). "
                    + "Its folder must exist, and this user must be allowed to write to both.")
        }
    }

    private static func open(_ path: String, _ prepare: (Database) throws -> Void) throws -> DatabasePool {
        var configuration = GRDB.Configuration()
        configuration.label = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        configuration.busyMode = .timeout(busySeconds)
        var attempt = 0
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration)
                // GRDB sets NORMAL, with which a power failure loses the last transactions: a job that a caller was
                // told is accepted, or an end whose callback was sent. The cost of one more fsync is negligible
                // compared with a video.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                try pool.write(prepare)
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

    /// Runs one write transaction (`BEGIN IMMEDIATE`) on GRDB's queue.
    ///
    /// It does not use GRDB's own `async` functions, because those do nothing in a cancelled task, and claims are
    /// released in cancelled tasks.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncWrite(
                body, completion: { [self] _, result in continuation.resume(with: result.mapError(error)) })
        }
    }

    /// Runs one read transaction on one of GRDB's queues.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { [self] db in
                continuation.resume(with: Result { try body(db.get()) }.mapError(error))
            }
        }
    }

    /// Throws if the file cannot be written.
    package func check() async throws {
        // A full disk or a missing file shows only in a write transaction.
        try await write { _ in }
    }

    /// Closes the file, after the transactions that run.
    package func close() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [pool] in
                try? pool.close()
                done.resume()
            }
        }
    }

    private func error(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return unavailable("\(name) cannot be used (\(Self.text(error))).")
    }

    /// Returns the error's text without the SQL statement, which may contain a caller's edit.
    private static func text(_ error: DatabaseError) -> String {
        "\(error.message ?? "no message"), SQLite's code \(error.extendedResultCode.rawValue)"
    }
}
