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
        let hasNotices: Bool

        /// Returns whether a worker holds the job, with a claim that has not expired.
        func isHeld(at now: Int64) -> Bool { token != nil && (claimableAt ?? 0) > now }
        /// Whether the job waits for its parts.
        var isWaitingForParts: Bool { job.parts > 0 && !job.state.isFinal && claimableAt == nil }
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
            Entry(job: try Job($0), token: $0["token"], claimableAt: $0["claimableAt"], hasNotices: $0["notices"])
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
        let before = try new.after.map { try followed($0, by: new).id }
        let job = try create(new, parent: nil, after: before)
        guard !before.isEmpty else { return job }
        try goOn(job)
        return try entry(job.id)?.job ?? job
    }

    /// Returns the job that a new one is to follow, by its identifier or generation ID.
    private func followed(_ name: String, by new: NewJob) throws -> Job {
        for column in ["id", "generationID"] {
            guard let job = try entries(where: "\(column) = ?", [name]).first?.job else { continue }
            if job.kind.isOfCallers, job.caller == new.caller { return job }
        }
        throw QueueError.unknownJob(name)
    }

    /// Inserts a job that does not exist; one that follows others waits.
    @discardableResult
    func create(_ new: NewJob, parent: String?, after: [String] = []) throws -> Job {
        let after = after.uniqued
        try db.execute(
            sql: """
                INSERT INTO job (id, kind, caller, generationID, priority, payload, units, parent, follows, notices,
                    createdAt, queuedAt, claimableAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                new.id, new.kind.rawValue, new.caller, new.generationID, new.priority.rawValue, new.payload, new.units,
                parent, after.joined(separator: "\n"), new.hasNotices, now, now, after.isEmpty ? now : nil,
            ])
        for earlier in after {
            try db.execute(sql: "INSERT INTO follower (earlier, job) VALUES (?, ?)", arguments: [earlier, new.id])
        }
        if after.isEmpty { wakes = true }
        var job = Job(new, createdAt: Microseconds.date(now))
        job.parent = parent
        job.after = after
        return job
    }

    /// Submits the notice of a start or an end, if the job has notices.
    func notify(_ moment: JobNotice.Moment, of entry: Entry) throws {
        guard entry.hasNotices, entry.job.kind.isOfCallers else { return }
        try submit(JobNotice(moment, of: entry.job.id).newJob(of: entry.job.caller))
    }
}

extension Job {
    /// Creates a job from a row of the table.
    fileprivate init(_ row: Row) throws {
        guard let state = State(rawValue: row["state"]), let priority = Priority(rawValue: row["priority"]) else {
            throw QueueError.invalid("Job \(row["id"] as String) has a state that this version does not support.")
        }
        self.init(
            NewJob(
                id: row["id"], kind: Kind(rawValue: row["kind"]), caller: row["caller"],
                generationID: row["generationID"],
                priority: priority, payload: row["payload"], units: row["units"]),
            createdAt: Microseconds.date(row["createdAt"]))
        parent = row["parent"]
        after = (row["follows"] as String).identifiers
        endedBy = row["endedBy"]
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
