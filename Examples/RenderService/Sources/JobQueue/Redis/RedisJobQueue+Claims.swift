// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The methods that workers use.
///
/// Every call that ends a claim has its own identifier in addition to the claim's token. A script that is sent again
/// recognises by it that it has already run.
extension RedisJobQueue {
    /// See ``JobQueue/claim(for:lane:)``.
    public func claim(for worker: String, lane: Lane) async throws -> Claim? {
        let token = UUID().uuidString
        while true {
            // This script is not repeatable, because it would claim another job. A claim whose reply is lost expires
            // with its lease.
            let reply = try await run(.claim, [worker, token, lane.argument], isRepeatable: false)
            guard let entry = ForeignEntry(reply) else { return try Job(reply).map { Claim(job: $0, token: token) } }
            try await take(entry)
        }
    }

    /// See ``JobQueue/heartbeat(_:status:)``.
    public func heartbeat(_ claim: Claim, status: String?) async throws -> Heartbeat {
        let reply = try await run(.heartbeat, [claim.job.id, claim.token] + optional(status))
        switch reply.string {
        case "goOn": return .goOn
        case "cancelled": return .cancelled
        default: return .lost
        }
    }

    /// See ``JobQueue/finish(_:as:status:)``.
    @discardableResult
    public func finish(_ claim: Claim, as state: Job.State, status: String) async throws -> Bool {
        guard state.isFinal else { throw QueueError.invalid("A job cannot end as \(state).") }
        let outcome = exchange.outcome(status)
        return try await settle(.finish, claim, [state.rawValue, status, outcome.result, outcome.error]) == 1
    }

    /// See ``JobQueue/release(_:afterSeconds:status:isAttempt:)``.
    @discardableResult
    public func release(
        _ claim: Claim, afterSeconds delay: Double, status: String?, isAttempt: Bool
    ) async throws -> Bool {
        let delay = String(Microseconds.of(seconds: delay))
        return try await settle(.release, claim, [delay, isAttempt ? "1" : "0"] + optional(status)) == 1
    }

    /// See ``JobQueue/split(_:into:status:)``.
    @discardableResult
    public func split(_ claim: Claim, into parts: [NewJob], status: String) async throws -> Bool {
        let parts = parts.asParts
        let result = try await settle(.split, claim, [status] + parts.flatMap(\.arguments))
        if result < 0, parts.indices.contains(-result - 1) {
            throw QueueError.invalid(namesTaken: parts[-result - 1].id, in: claim.job.id)
        }
        return result == 1
    }

    /// Runs a script that ends a claim.
    private func settle(_ script: RedisScript, _ claim: Claim, _ arguments: [String]) async throws -> Int {
        try await run(script, [claim.job.id, claim.token, UUID().uuidString] + arguments).integer ?? 0
    }

    /// Returns an optional text as two script arguments: whether there is a text, and the text.
    private func optional(_ text: String?) -> [String] { [text == nil ? "0" : "1", text ?? ""] }
}

extension Lane {
    /// The lane as a script argument, which is a kind of the lane.
    var argument: String {
        switch self {
        case .rendering: Job.Kind.render.rawValue
        case .callbacks: Job.Kind.callback.rawValue
        case .kind(let kind): kind.rawValue
        }
    }
}
