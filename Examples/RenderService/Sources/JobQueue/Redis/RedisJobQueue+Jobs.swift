// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The methods that submitters of jobs use.
extension RedisJobQueue {
    /// See ``JobQueue/submit(_:)``.
    public func submit(_ new: NewJob) async throws -> Job {
        let reply = try await run(.submit, new.arguments)
        if let name = reply.unknownJob { throw QueueError.unknownJob(name) }
        guard let job = try Job(reply) else {
            throw QueueError.unavailable("Redis accepted job \(new.id) but does not have it.")
        }
        return job
    }

    /// See ``JobQueue/job(_:)``.
    public func job(_ id: String) async throws -> Job? {
        try Job(try await command(["HGETALL", key(of: id)]))
    }

    /// See ``JobQueue/job(generationID:)``.
    public func job(generationID: String) async throws -> Job? {
        // The prefix is the one that `NewJob.arguments` adds.
        try Job(try await run(.generation, ["+\(generationID)"]))
    }

    /// See ``JobQueue/recent(of:limit:)``.
    public func recent(of caller: String, limit: Int) async throws -> [Job] {
        let reply = try await run(.recent, [caller, String(max(0, limit))])
        return try (reply.array ?? []).compactMap { try Job($0) }
    }

    /// See ``JobQueue/unfinished(of:)``.
    public func unfinished(of caller: String) async throws -> Int {
        try await run(.unfinished, [caller]).integer ?? 0
    }

    /// See ``JobQueue/counts()``.
    public func counts() async throws -> QueueCounts {
        let counts = try await run(.counts).array ?? []
        guard counts.count == 2 else { return QueueCounts() }
        return QueueCounts(waiting: max(0, counts[0].integer ?? 0), claimed: counts[1].integer ?? 0)
    }

    /// See ``JobQueue/cancel(_:)``.
    public func cancel(_ id: String) async throws -> Job? {
        try Job(try await run(.cancel, [id]))
    }

    /// See ``JobQueue/forget(endedBefore:)``.
    public func forget(endedBefore seconds: Double) async throws {
        _ = try await run(.tidy)
        // Removes jobs in batches, so that other clients are served in between, and skips the jobs that were kept.
        let batch = 200
        var kept = 0
        while true {
            let age = String(Microseconds.of(seconds: seconds))
            let reply = try await run(.forget, [age, String(kept), String(batch)])
            let counts = (reply.array ?? []).compactMap(\.integer)
            guard counts.count == 2, counts[0] == batch else { return }
            kept += counts[1]
        }
    }
}

extension NewJob {
    /// The job as script arguments.
    var arguments: [String] {
        // The prefix distinguishes an empty generation ID from none.
        [
            id, kind.rawValue, caller, generationID.map { "+\($0)" } ?? "", String(priority.rawValue), payload,
            String(units), after.joined(separator: "\n"), hasNotices ? "1" : "0",
        ]
    }
}

extension RedisReply {
    /// The name of the job that another one cannot follow, if a script says so.
    var unknownJob: String? {
        guard let values = array, values.count == 2, values[0].string == "unknown" else { return nil }
        return values[1].string
    }
}

extension Job {
    /// Creates a job from its hash, or `nil` if the hash is empty.
    init?(_ reply: RedisReply) throws {
        let fields = reply.fields
        guard let id = fields["id"] else { return nil }
        guard let kind = fields["kind"].map(Kind.init(rawValue:)),
            let state = fields["state"].flatMap(State.init(rawValue:)),
            let priority = fields["priority"].flatMap({ Int($0) }).flatMap(Priority.init(rawValue:))
        else { throw QueueError.invalid("Job \(id) has a state that this version does not support.") }
        func integer(_ name: String) -> Int { fields[name].flatMap { Int($0) } ?? 0 }
        func date(_ name: String) -> Date? { fields[name].flatMap { Int64($0) }.map(Microseconds.date) }
        let generationID = fields["generation"] ?? ""
        self.init(
            NewJob(
                id: id, kind: kind, caller: fields["caller"] ?? "",
                generationID: generationID.isEmpty ? nil : String(generationID.dropFirst()), priority: priority,
                payload: fields["payload"] ?? "", units: integer("units")),
            createdAt: date("created") ?? Microseconds.date(0))
        parent = fields["parent"].flatMap { $0.isEmpty ? nil : $0 }
        after = (fields["after"] ?? "").identifiers
        endedBy = fields["endedBy"]
        self.state = state
        attempts = integer("attempts")
        startedAt = date("started")
        finishedAt = date("finished")
        isCancelRequested = integer("cancel") != 0
        parts = integer("parts")
        partsLeft = integer("left")
        unitsDone = integer("done")
        status = fields["status"] ?? ""
    }
}
