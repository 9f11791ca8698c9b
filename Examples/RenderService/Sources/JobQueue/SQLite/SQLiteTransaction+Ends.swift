// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The ends of jobs, and what follows from them for other jobs.
extension SQLiteTransaction {
    /// A job that ends.
    private struct End {
        var id: String
        var state: Job.State
        /// The new status, or `nil` to leave the status unchanged.
        var status: String?
        /// The caller's name of the job because of which this one ends.
        var cause: String?
    }

    /// Ends a job and its parts, updates the job it is a part of, and lets the jobs that follow it go on or fail.
    ///
    /// A `nil` status leaves the status unchanged.
    func end(_ job: Job, as state: Job.State, status: String?) throws {
        // Jobs may follow each other in a long line, so that one call for each within the other would be too deep.
        var ends = [End(id: job.id, state: state, status: status)]
        while let next = ends.popLast() { ends += try end(next) }
    }

    /// Makes a job that waits for others claimable, or fails it, if it waits no longer.
    func goOn(_ job: Job) throws {
        guard let end = try wayOn(job.id, after: job.after) else { return }
        var ends = [end]
        while let next = ends.popLast() { ends += try self.end(next) }
    }

    /// Ends one job, and returns the jobs that end with it.
    private func end(_ end: End) throws -> [End] {
        guard let entry = try entry(end.id), !entry.job.state.isFinal else { return [] }
        let job = entry.job
        try db.execute(
            sql: """
                UPDATE job SET state = ?, finishedAt = ?, token = NULL, worker = NULL, claimableAt = NULL,
                    status = COALESCE(?, status), endedBy = ? WHERE id = ?
                """, arguments: [end.state.rawValue, now, end.status, end.cause, job.id])
        try notify(.ended, of: entry)
        var ends: [End] = []
        for (follower, after) in try followers(of: job.id) {
            if let end = try wayOn(follower, after: after) { ends.append(end) }
        }
        if let parent = try job.parent.flatMap({ try self.entry($0) }), parent.isWaitingForParts {
            switch end.state {
            case .completed: try count(job, in: parent.job)
            case .failed: ends.append(End(id: parent.job.id, state: .failed, status: end.status))
            // The parent would wait forever.
            case .cancelled, .queued, .running: ends.append(End(id: parent.job.id, state: .cancelled))
            }
        }
        return try ends + (job.parts > 0 ? cancelParts(of: job.id) : [])
    }

    /// Counts a part as completed.
    private func count(_ part: Job, in parent: Job) throws {
        let isLast = parent.partsLeft <= 1
        try db.execute(
            sql: """
                UPDATE job SET partsLeft = partsLeft - 1, unitsDone = unitsDone + ?, queuedAt = ?, claimableAt = ?
                WHERE id = ?
                """, arguments: [part.units, now, isLast ? now : nil, parent.id])
        if isLast { wakes = true }
    }

    /// Asks the workers of the unfinished parts of a job to stop, and returns the parts that no worker holds.
    private func cancelParts(of id: String) throws -> [End] {
        var ends: [End] = []
        for part in try entries(where: "parent = ? AND finishedAt IS NULL", [id]) {
            if part.isHeld(at: now) {
                try requestCancel(part.job.id)
            } else {
                ends.append(End(id: part.job.id, state: .cancelled))
            }
        }
        return ends
    }

    func requestCancel(_ id: String) throws {
        try db.execute(sql: "UPDATE job SET isCancelRequested = 1 WHERE id = ?", arguments: [id])
    }

    // MARK: Jobs that follow others

    /// Returns the jobs that wait for a job, with those that each of them follows.
    ///
    /// They may be thousands, so that their payloads are not read.
    private func followers(of id: String) throws -> [(id: String, after: [String])] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT id, follows FROM job
                WHERE id IN (SELECT job FROM follower WHERE earlier = ?) AND finishedAt IS NULL ORDER BY createdAt, seq
                """, arguments: [id]
        ).map { ($0["id"], ($0["follows"] as String).identifiers) }
    }

    /// Makes a job claimable if all that it follows are completed, or returns its end if one of them has failed.
    private func wayOn(_ id: String, after: [String]) throws -> End? {
        var isReady = true
        for earlier in after {
            let row = try Row.fetchOne(
                db, sql: "SELECT state, COALESCE(endedBy, generationID, id) AS cause FROM job WHERE id = ?",
                arguments: [earlier])
            switch (row?["state"] as String?).flatMap(Job.State.init) {
            case .completed: break
            case .queued, .running: isReady = false
            case .failed, .cancelled, nil: return End(id: id, state: .failed, cause: row?["cause"] ?? earlier)
            }
        }
        guard isReady else { return nil }
        try db.execute(sql: "UPDATE job SET queuedAt = ?, claimableAt = ? WHERE id = ?", arguments: [now, now, id])
        wakes = true
        return nil
    }
}
