// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// The methods that workers use.
extension SQLiteJobQueue {
    /// See ``JobQueue/claim(for:lane:)``.
    public func claim(for worker: String, lane: Lane) async throws -> Claim? {
        let lease = Microseconds.of(seconds: leaseSeconds)
        return try await write { transaction in
            // The plus sign keeps SQLite from using the index by time, with which it would read and sort all jobs that
            // can be claimed.
            let next = """
                claimableAt IS NOT NULL AND +claimableAt <= ? AND \(lane.condition) ORDER BY \(lane.order) LIMIT 1
                """
            while let entry = try transaction.entries(where: next, [transaction.now] + lane.arguments).first {
                // The worker that should have been notified of the cancellation has died.
                if entry.job.isCancelRequested {
                    try transaction.end(entry.job, as: .cancelled, status: nil)
                    continue
                }
                let token = UUID().uuidString
                var job = entry.job
                job.state = .running
                job.attempts += 1
                job.startedAt = job.startedAt ?? Microseconds.date(transaction.now)
                try transaction.db.execute(
                    sql: """
                        UPDATE job SET state = 'running', attempts = attempts + 1, startedAt = COALESCE(startedAt, ?),
                            token = ?, worker = ?, claimableAt = ? WHERE id = ?
                        """, arguments: [transaction.now, token, worker, transaction.now + lease, job.id])
                if job.attempts == 1 { try transaction.notify(.started, of: entry) }
                return Claim(job: job, token: token)
            }
            return nil
        }
    }

    /// See ``JobQueue/heartbeat(_:status:)``.
    public func heartbeat(_ claim: Claim, status: String?) async throws -> Heartbeat {
        let lease = Microseconds.of(seconds: leaseSeconds)
        return try await write { transaction in
            guard let entry = try transaction.entry(of: claim) else { return .lost }
            try transaction.db.execute(
                sql: "UPDATE job SET claimableAt = ?, status = COALESCE(?, status) WHERE id = ?",
                arguments: [transaction.now + lease, status, claim.job.id])
            return entry.job.isCancelRequested ? .cancelled : .goOn
        }
    }

    /// See ``JobQueue/finish(_:as:status:)``.
    @discardableResult
    public func finish(_ claim: Claim, as state: Job.State, status: String) async throws -> Bool {
        guard state.isFinal else { throw QueueError.invalid("A job cannot end as \(state).") }
        return try await write { transaction in
            guard let entry = try transaction.entry(of: claim) else { return false }
            try transaction.end(entry.job, as: state, status: status)
            return true
        }
    }

    /// See ``JobQueue/release(_:afterSeconds:status:isAttempt:)``.
    @discardableResult
    public func release(
        _ claim: Claim, afterSeconds delay: Double, status: String?, isAttempt: Bool
    ) async throws -> Bool {
        let delay = Microseconds.of(seconds: delay)
        return try await write { transaction in
            guard let entry = try transaction.entry(of: claim) else { return false }
            if entry.job.isCancelRequested {
                try transaction.end(entry.job, as: .cancelled, status: status)
                return true
            }
            let attempts = entry.job.attempts - (isAttempt ? 0 : 1)
            let isNew = attempts <= 0
            let due = transaction.now + delay
            try transaction.db.execute(
                sql: """
                    UPDATE job SET state = ?, attempts = ?, startedAt = CASE WHEN ? THEN NULL ELSE startedAt END,
                        status = COALESCE(?, status), token = NULL, worker = NULL, queuedAt = ?, claimableAt = ?
                    WHERE id = ?
                    """,
                arguments: [
                    isNew ? Job.State.queued.rawValue : Job.State.running.rawValue, max(0, attempts), isNew, status,
                    due, due, claim.job.id,
                ])
            transaction.wakes = true
            return true
        }
    }

    /// See ``JobQueue/split(_:into:status:)``.
    @discardableResult
    public func split(_ claim: Claim, into parts: [NewJob], status: String) async throws -> Bool {
        let parts = parts.asParts
        return try await write { transaction in
            guard let entry = try transaction.entry(of: claim) else { return false }
            if entry.job.isCancelRequested {
                try transaction.end(entry.job, as: .cancelled, status: status)
                return true
            }
            var left = parts.count
            var unitsDone = 0
            for part in parts {
                guard let existing = try transaction.entry(part.id)?.job else {
                    try transaction.create(part, parent: claim.job.id)
                    continue
                }
                if existing.state == .completed {
                    left -= 1
                    unitsDone += existing.units
                } else if existing.parent != claim.job.id || existing.state.isFinal {
                    throw QueueError.invalid(namesTaken: part.id, in: claim.job.id)
                }
            }
            if left == 0 { transaction.wakes = true }
            try transaction.db.execute(
                sql: """
                    UPDATE job SET parts = ?, partsLeft = ?, unitsDone = ?, status = ?, token = NULL, worker = NULL,
                        priority = MIN(priority + 1, 2),
                        queuedAt = ?, claimableAt = ? WHERE id = ?
                    """,
                arguments: [
                    parts.count, left, unitsDone, status, transaction.now, left == 0 ? transaction.now : nil,
                    claim.job.id,
                ])
            return true
        }
    }
}

extension Job.Kind {
    /// The SQL condition for jobs that callers submit.
    ///
    /// SQLite uses an index only if its condition has the same wording.
    static let ofCallers = "kind NOT IN ('segment', 'callback')"
}

extension Lane {
    /// The SQL condition for jobs of the lane, which has the wording of an index's.
    var condition: String {
        switch self {
        case .rendering: Self.renders
        case .callbacks: "kind = 'callback'"
        case .kind: Self.others + " AND kind = ?"
        }
    }

    /// The condition for the lane of renders.
    static let renders = "kind IN ('render', 'segment')"
    /// The condition for all lanes of one kind.
    static let others = "kind NOT IN ('render', 'segment', 'callback')"

    /// The arguments of the condition.
    var arguments: StatementArguments {
        if case .kind(let kind) = self { [kind.rawValue] } else { [] }
    }

    /// The SQL order in which jobs of the lane are claimed.
    var order: String {
        switch self {
        case .rendering, .kind: "priority DESC, queuedAt, seq"
        case .callbacks: "queuedAt, seq"
        }
    }
}
