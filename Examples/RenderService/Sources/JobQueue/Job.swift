// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A unit of work and its progress.
public struct Job: Sendable, Hashable, Codable, Identifiable {
    /// The state of a job.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// The job has not been started.
        case queued
        /// The job has been started. It may be running, waiting for a retry, or waiting for its parts.
        case running
        /// The job is done and has a result.
        case completed
        /// The job has failed for good and has a failure.
        case failed
        /// The job was cancelled.
        case cancelled

        /// Whether the state can no longer change.
        public var isFinal: Bool { self != .queued && self != .running }
    }

    /// The priority of a job.
    public enum Priority: Int, Sendable, Hashable, Codable, Comparable, CaseIterable {
        /// Claimed after all others.
        case low = 0
        /// Claimed in the order of submission.
        case normal = 1
        /// Claimed before all others.
        case high = 2

        /// Returns whether `a` has a lower priority than `b`.
        public static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }
    }

    /// The identifier of the job.
    public let id: String
    /// The type of work that the job does.
    public let kind: Kind
    /// The caller that submitted the job.
    public let caller: String
    /// The caller's own identifier for the job, which serves as an idempotency key.
    public let generationID: String?
    /// The priority of the job.
    public let priority: Priority
    /// The description of the work, in the format of the job's kind.
    public let payload: String
    /// The identifier of the job that this one is a part of.
    public internal(set) var parent: String?
    /// The identifiers of the jobs that this one follows: it waits until all of them are completed.
    public internal(set) var after: [String]
    /// The caller's name of the job because of which this one has failed, since it follows that job.
    public internal(set) var endedBy: String?
    /// The time of submission.
    public let createdAt: Date
    /// The state of the job.
    public var state: State
    /// The number of times that the job was started.
    public var attempts: Int
    /// The time of the first start.
    public var startedAt: Date?
    /// The time at which the job ended.
    public var finishedAt: Date?
    /// Whether cancellation was requested.
    ///
    /// The worker that holds the claim learns of it from its next ``JobQueue/heartbeat(_:status:)``.
    public var isCancelRequested: Bool
    /// The number of parts that the job was split into.
    public var parts: Int
    /// The number of parts that are not completed.
    public var partsLeft: Int
    /// The units of work, which are frames, of the completed parts.
    public var unitsDone: Int
    /// The units of work, which are frames, that this job accounts for as a part.
    public let units: Int
    /// The latest status reported by the worker, in the format of the job's kind.
    public var status: String

    /// Creates a queued job.
    public init(_ new: NewJob, createdAt: Date) {
        id = new.id
        kind = new.kind
        caller = new.caller
        generationID = new.generationID
        priority = new.priority
        payload = new.payload
        parent = nil
        after = new.after
        units = new.units
        self.createdAt = createdAt
        state = .queued
        attempts = 0
        isCancelRequested = false
        parts = 0
        partsLeft = 0
        unitsDone = 0
        status = ""
    }
}

/// A job to be submitted.
public struct NewJob: Sendable, Hashable, Codable {
    /// The identifier of the job.
    ///
    /// Submitting an identifier that already exists leaves the existing job unchanged.
    public var id: String
    /// The type of work that the job does.
    public var kind: Job.Kind
    /// The caller that submits the job.
    public var caller: String
    /// The caller's own identifier for the job, which serves as an idempotency key.
    public var generationID: String?
    /// The priority of the job.
    public var priority: Job.Priority
    /// The description of the work, in the format of the job's kind.
    public var payload: String
    /// The units of work, which are frames, that the job accounts for as a part.
    public var units: Int
    /// The jobs that the job follows, by their identifiers or generation IDs.
    public var after: [String]
    /// Whether the queue submits a ``JobNotice`` when the job is begun, and another one when it has ended.
    public var hasNotices: Bool

    /// Creates a job to be submitted, with a new identifier by default.
    public init(
        id: String = UUID().uuidString.lowercased(), kind: Job.Kind, caller: String, generationID: String? = nil,
        priority: Job.Priority = .normal, payload: String, units: Int = 0, after: [String] = [],
        hasNotices: Bool = false
    ) {
        self.id = id
        self.kind = kind
        self.caller = caller
        self.generationID = generationID
        self.priority = priority
        self.payload = payload
        self.units = units
        self.after = after
        self.hasNotices = hasNotices
    }
}

/// The right to work on a job, which lasts for as long as it is renewed.
public struct Claim: Sendable, Hashable {
    /// The job at the time of the claim.
    public let job: Job
    /// The token that identifies the claim.
    ///
    /// Only the holder of the claim knows it. A worker that takes over the job gets another token.
    public let token: String

    /// Creates a claim.
    public init(job: Job, token: String) {
        self.job = job
        self.token = token
    }
}
