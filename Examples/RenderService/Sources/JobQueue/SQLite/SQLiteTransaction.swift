// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// The operations on jobs within one transaction.
///
/// It is used on GRDB's queue and only while the transaction runs.
final class SQLiteTransaction {
    /// A job and its claim.
    struct Entry {
        var job: Job
        let token: String?
        let claimableAt: Int64?

        /// Returns whether a worker holds the job, with a claim that has not expired.
        func isHeld(at now: Int64) -> Bool { token != nil && (claimableAt ?? 0) > now }
        /// Whether the job waits for its parts.
        var isWaitingForParts: Bool { !job.state.isFinal && claimableAt == nil }
    }

    let db: Database
    let now: Int64
    /// Whether a job has become available, or will do so without the expiry of a lease.
    var wakes = false

    init(_ db: Database) {
        self.db = db
        now = Microseconds.now()
    }

    // MARK: Reading

    func entry(_ id: String) throws -> Entry? { try entries(where: "id = ?", [id]).first }

    /// Returns the entry of a claim, or `nil` if the claim is no longer valid.
    func entry(of claim: Claim) throws -> Entry? {
        try entries(where: "id = ? AND token = ?", [claim.job.id, claim.token]).first
    }

    func entries(where condition: String, _ arguments: StatementArguments) throws -> [Entry] {
        try Row.fetchAll(db, sql: "SELECT * FROM job WHERE \(condition)", arguments: arguments).map {
            Entry(job: try Job($0), token: $0["token"], claimableAt: $0["claimableAt"])
        }
    }

    // MARK: Taking in

    /// Submits a job, or returns the existing one with this identifier or generation ID.
    @discardableResult
    func submit(_ new: NewJob) throws -> Job {
        if let job = try entry(new.id)?.job { return job }
        if let generationID = new.generationID,
            let job = try entries(where: "generationID = ?", [generationID]).first?.job
        {
            return job
        }
        return try create(new, parent: nil)
    }

    /// Inserts a job that does not exist.
    @discardableResult
    func create(_ new: NewJob, parent: String?) throws -> Job {
        try db.execute(
            sql: """
                INSERT INTO job (id, kind, caller, generationID, priority, payload, units, parent, createdAt, queuedAt,
                    claimableAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                new.id, new.kind.rawValue, new.caller, new.generationID, new.priority.rawValue, new.payload, new.units,
                parent, now, now, now,
            ])
        wakes = true
        var job = Job(new, createdAt: Microseconds.date(now))
        job.parent = parent
        return job
    }

    // MARK: Ending

    /// Ends a job and its parts, and updates the job it is a part of; a `nil` status leaves the status unchanged.
    func end(_ job: Job, as state: Job.State, status: String?) throws {
        try db.execute(
            sql: """
                UPDATE job SET state = ?, finishedAt = ?, token = NULL, worker = NULL, claimableAt = NULL,
                    status = COALESCE(?, status) WHERE id = ?
                """, arguments: [state.rawValue, now, status, job.id])
        if job.parts > 0 { try cancelParts(of: job.id) }
        guard let parent = try job.parent.flatMap({ try entry($0) }), parent.isWaitingForParts else { return }
        switch state {
        case .completed:
            let isLast = parent.job.partsLeft <= 1
            try db.execute(
                sql: """
                    UPDATE job SET partsLeft = partsLeft - 1, unitsDone = unitsDone + ?, queuedAt = ?, claimableAt = ?
                    WHERE id = ?
                    """, arguments: [job.units, now, isLast ? now : nil, parent.job.id])
            if isLast { wakes = true }
        case .failed:
            try end(parent.job, as: .failed, status: status)
        case .cancelled, .queued, .running:
            // The parent would wait forever.
            try end(parent.job, as: .cancelled, status: nil)
        }
    }

    /// Cancels the unfinished parts of a job; those that no worker holds are cancelled immediately.
    private func cancelParts(of id: String) throws {
        for part in try entries(where: "parent = ? AND finishedAt IS NULL", [id]) {
            if part.isHeld(at: now) {
                try requestCancel(part.job.id)
            } else {
                try end(part.job, as: .cancelled, status: nil)
            }
        }
    }

    func requestCancel(_ id: String) throws {
        try db.execute(sql: "UPDATE job SET isCancelRequested = 1 WHERE id = ?", arguments: [id])
    }
}

extension Job {
    /// Creates a job from a row of the table.
    fileprivate init(_ row: Row) throws {
        guard let kind = Kind(rawValue: row["kind"]), let state = State(rawValue: row["state"]),
            let priority = Priority(rawValue: row["priority"])
        else {
            throw QueueError.invalid("Job \(row["id"] as String) has a kind that this version does not support.")
        }
        self.init(
            NewJob(
                id: row["id"], kind: kind, caller: row["caller"], generationID: row["generationID"],
                priority: priority, payload: row["payload"], units: row["units"]),
            createdAt: Microseconds.date(row["createdAt"]))
        parent = row["parent"]
        self.state = state
        attempts = row["attempts"]
        startedAt = (row["startedAt"] as Int64?).map(Microseconds.date)
        finishedAt = (row["finishedAt"] as Int64?).map(Microseconds.date)
        isCancelRequested = row["isCancelRequested"]
        parts = row["parts"]
        partsLeft = row["partsLeft"]
        unitsDone = row["unitsDone"]
        status = row["status"]
    }
}
