// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing
import TestServers

/// A queue implementation under test; both must behave in the same way.
enum Backend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite
    case redis

    var testDescription: String { rawValue }

    /// The server shared by all tests that do not stop it.
    private static let server = Result { try RedisServer() }

    /// Creates a database and a number of queues on it, runs the body, and removes everything.
    func withQueues(
        _ count: Int, lease: Double = 30, _ body: ([any JobQueue]) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let prefix = "\(UUID().uuidString):"
        let queues: [any JobQueue] = try (0..<count).map { _ in
            switch self {
            case .sqlite:
                try SQLiteJobQueue(path: folder.appending(path: "jobs.sqlite").path, leaseSeconds: lease)
            case .redis:
                try RedisJobQueue(url: Self.server.get().url, prefix: prefix, leaseSeconds: lease)
            }
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body(queues)) } catch { result = .failure(error) }
        for queue in queues { await queue.close() }
        try result.get()
    }

    func withQueue(lease: Double = 30, _ body: (any JobQueue) async throws -> Void) async throws {
        try await withQueues(1, lease: lease) { try await body($0[0]) }
    }
}

/// Returns a render job for a test.
func render(
    _ id: String = UUID().uuidString, caller: String = "anna", generationID: String? = nil,
    priority: Job.Priority = .normal, payload: String = "{}", units: Int = 0, kind: Job.Kind = .render,
    after: [String] = [], hasNotices: Bool = false
) -> NewJob {
    NewJob(
        id: id, kind: kind, caller: caller, generationID: generationID, priority: priority, payload: payload,
        units: units, after: after, hasNotices: hasNotices)
}

extension Job.Kind {
    /// A kind of which the queue knows nothing but the name.
    static let generate = Job.Kind(rawValue: "video/generate")
}

/// Returns a segment job for a test.
func segment(_ id: String, units: Int = 10) -> NewJob { render(id, units: units, kind: .segment) }

extension JobQueue {
    /// Claims a job from either lane, renders first.
    func claim(for worker: String) async throws -> Claim? {
        if let claim = try await claim(for: worker, lane: .rendering) { return claim }
        return try await claim(for: worker, lane: .callbacks)
    }

    /// Waits for a job in either lane.
    func waitForWork(seconds: Double) async {
        await withTaskGroup(of: Void.self) { group in
            for lane in [Lane.rendering, .callbacks] {
                group.addTask { await self.waitForWork(seconds: seconds, lane: lane) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Claims a job, and requires that there is one.
    func mustClaim(
        _ worker: String = "w", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Claim {
        try #require(try await claim(for: worker), sourceLocation: sourceLocation)
    }

    /// Waits for a job and claims it, as a worker does.
    func nextClaim(
        _ worker: String = "w", within seconds: Double = 20, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Claim {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if let claim = try await claim(for: worker) { return claim }
            await waitForWork(seconds: 1)
        }
        return try #require(nil as Claim?, sourceLocation: sourceLocation)
    }

    func mustFind(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Job {
        try #require(try await job(id), sourceLocation: sourceLocation)
    }

    func complete(_ claim: Claim) async throws -> Bool {
        try await finish(claim, as: .completed, status: "done")
    }
}

/// Runs a closure until it no longer throws ``QueueError/unavailable(_:)``.
func afterRecovery<T>(_ body: () async throws -> T) async throws -> T {
    for _ in 0..<100 {
        do {
            return try await body()
        } catch QueueError.unavailable {
            try await Task.sleep(for: .milliseconds(50))
        }
    }
    return try await body()
}
