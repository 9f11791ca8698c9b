// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// What can be done with jobs within one transaction.
///
/// Lives on GRDB's queue for as long as the transaction does.
final class SQLiteTransaction {
    /// A job, and who has it.
    struct Entry {
        var job: Job
        let token: String?
        let claimableAt: Int64?

        /// Whether somebody works on it, whose claim was renewed in time.
        func isHeld(at now: Int64) -> Bool { token != nil && (claimableAt ?? 0) > now }
        /// Whether it waits for its parts.
        var isWaitingForParts: Bool { !job.state.isFinal && claimableAt == nil }
    }

    let db: Database
    let now: Int64
    /// Whether something has become claimable, or will without a lease that ends.
    var wakes = false

    init(_ db: Database) {
        self.db = db
        now = Microseconds.now()
    }

    // MARK: Reading

    func entry(_ id: String) throws -> Entry? { try entries(where: "id = ?", [id]).first }

    /// The entry of a claim that is good.
    func entry(of claim: Claim) throws -> Entry? {
        try entries(where: "id = ? AND token = ?", [claim.job.id, claim.token]).first
    }

    func entries(where condition: String, _ arguments: StatementArguments) throws -> [Entry] {
        try Row.fetchAll(db, sql: "SELECT * FROM job WHERE \(condition)", arguments: arguments).map {
            Entry(job: try Job($0), token: $0["token"], claimableAt: $0["claimableAt"])
        }
    }

    // MARK: Taking in

    /// Takes in a job, or gives the one there is of this name, or of this generation ID.
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

    /// Takes in a job that there is not.
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

    /// Ends a job, its parts with it, and does to the job it is a part of what follows; `nil` leaves the status as it is.
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
            // It would wait for ever.
            try end(parent.job, as: .cancelled, status: nil)
        }
    }

    /// Calls off what has not ended of a job's parts: those nobody works on at once.
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
    /// A job as it is in the table.
    fileprivate init(_ row: Row) throws {
        guard let kind = Kind(rawValue: row["kind"]), let state = State(rawValue: row["state"]),
            let priority = Priority(rawValue: row["priority"])
        else {
            throw QueueError.invalid("Job \(row["id"] as String) is of a sort that this version does not know.")
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
