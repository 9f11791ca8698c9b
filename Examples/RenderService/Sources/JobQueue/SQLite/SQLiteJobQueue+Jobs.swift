// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The methods that submitters of jobs use.
extension SQLiteJobQueue {
    /// See ``JobQueue/submit(_:)``.
    public func submit(_ new: NewJob) async throws -> Job {
        try await write { try $0.submit(new) }
    }

    /// See ``JobQueue/job(_:)``.
    public func job(_ id: String) async throws -> Job? {
        try await read { try SQLiteTransaction($0).entry(id)?.job }
    }

    /// See ``JobQueue/job(generationID:)``.
    public func job(generationID: String) async throws -> Job? {
        try await read { try SQLiteTransaction($0).entries(where: "generationID = ?", [generationID]).first?.job }
    }

    /// See ``JobQueue/recent(of:limit:)``.
    public func recent(of caller: String, limit: Int) async throws -> [Job] {
        try await read { db in
            try SQLiteTransaction(db).entries(
                where: "caller = ? AND \(Job.Kind.ofCallers) ORDER BY createdAt DESC, seq DESC LIMIT ?",
                [caller, max(0, limit)]
            ).map(\.job)
        }
    }

    /// See ``JobQueue/unfinished(of:)``.
    public func unfinished(of caller: String) async throws -> Int {
        try await read { db in
            try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM job WHERE caller = ? AND \(Job.Kind.ofCallers) AND finishedAt IS NULL",
                arguments: [caller]) ?? 0
        }
    }

    /// See ``JobQueue/counts()``.
    public func counts() async throws -> QueueCounts {
        try await read { db in
            let claimed = "token IS NOT NULL AND claimableAt > ?"
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT COUNT(*) AS jobs, COUNT(CASE WHEN \(claimed) THEN 1 END) AS claimed FROM job
                    WHERE claimableAt IS NOT NULL
                    """, arguments: [Microseconds.now()])
            let jobs: Int = row?["jobs"] ?? 0
            let held: Int = row?["claimed"] ?? 0
            return QueueCounts(waiting: jobs - held, claimed: held)
        }
    }

    /// See ``JobQueue/cancel(_:)``.
    public func cancel(_ id: String) async throws -> Job? {
        try await write { transaction in
            guard let entry = try transaction.entry(id) else { return nil }
            if entry.job.state.isFinal { return entry.job }
            if entry.isHeld(at: transaction.now) {
                try transaction.requestCancel(id)
            } else {
                try transaction.end(entry.job, as: .cancelled, status: nil)
            }
            return try transaction.entry(id)?.job
        }
    }

    /// See ``JobQueue/forget(endedBefore:)``.
    public func forget(endedBefore seconds: Double) async throws {
        // Removes jobs in batches, so that other writers get their turn in between.
        let batch = 500
        while try await forget(endedBefore: seconds, atMost: batch) == batch {}
    }

    private func forget(endedBefore seconds: Double, atMost limit: Int) async throws -> Int {
        try await write { transaction in
            // The parts of a job that has not ended are still needed, and so are the results of jobs that it follows.
            try transaction.db.execute(
                sql: """
                    DELETE FROM job WHERE seq IN (
                        SELECT seq FROM job WHERE finishedAt <= ? AND NOT EXISTS (
                            SELECT 1 FROM job AS whole WHERE whole.id = job.parent AND whole.finishedAt IS NULL)
                        AND NOT EXISTS (
                            SELECT 1 FROM follower JOIN job AS later ON later.id = follower.job
                            WHERE follower.earlier = job.id AND later.finishedAt IS NULL)
                        LIMIT ?)
                    """, arguments: [transaction.now - Microseconds.of(seconds: seconds), limit])
            let count = transaction.db.changesCount
            if count > 0 {
                try transaction.db.execute(
                    sql: "DELETE FROM follower WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.id = follower.job)")
            }
            return count
        }
    }
}
