// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A piece of work and how far it has come.
public struct Job: Sendable, Hashable, Codable, Identifiable {
    /// What is to be done.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// A video from an edit.
        case render
        /// One of the segments of another job's video.
        case segment
        /// A word to whoever waits for another job.
        case callback
    }

    /// How far it has come.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Not begun.
        case queued
        /// Begun, or waiting to be tried again, or for its parts.
        case running
        /// Done; there is a result.
        case completed
        /// Given up; there is a failure.
        case failed
        /// Called off.
        case cancelled

        /// Whether nothing will change any more.
        public var isFinal: Bool { self != .queued && self != .running }
    }

    /// What goes first.
    public enum Priority: Int, Sendable, Hashable, Codable, Comparable, CaseIterable {
        /// After all others.
        case low = 0
        /// As it comes.
        case normal = 1
        /// Before all others.
        case high = 2

        /// By what goes first.
        public static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }
    }

    /// Its name.
    public let id: String
    /// What is to be done.
    public let kind: Kind
    /// Who asked for it.
    public let caller: String
    /// The caller's own name for it: the same one twice is one job.
    public let generationID: String?
    /// What goes first.
    public let priority: Priority
    /// What is to be done, in the words of its kind.
    public let payload: String
    /// The job it is a part of.
    public internal(set) var parent: String?
    /// When it was taken in.
    public let createdAt: Date
    /// How far it has come.
    public var state: State
    /// How many times it was begun.
    public var attempts: Int
    /// When it was begun first.
    public var startedAt: Date?
    /// When it ended.
    public var finishedAt: Date?
    /// Whether somebody has called it off; whoever works on it is told with the next ``JobQueue/heartbeat(_:status:)``.
    public var isCancelRequested: Bool
    /// Parts it was split into.
    public var parts: Int
    /// Parts of those that are not completed.
    public var partsLeft: Int
    /// The units of work of the parts that are: frames.
    public var unitsDone: Int
    /// The units of work of a part.
    public let units: Int
    /// What whoever works on it says of it, in the words of its kind.
    public var status: String

    /// A job.
    public init(_ new: NewJob, createdAt: Date) {
        id = new.id
        kind = new.kind
        caller = new.caller
        generationID = new.generationID
        priority = new.priority
        payload = new.payload
        parent = nil
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

/// A job that is to be taken in.
public struct NewJob: Sendable, Hashable, Codable {
    /// Its name; a job of this name that there is already stays as it is.
    public var id: String
    /// What is to be done.
    public var kind: Job.Kind
    /// Who asks for it.
    public var caller: String
    /// The caller's own name for it: the same one twice is one job.
    public var generationID: String?
    /// What goes first.
    public var priority: Job.Priority
    /// What is to be done, in the words of its kind.
    public var payload: String
    /// The units of work it stands for where it is a part: frames.
    public var units: Int

    /// A job that is to be taken in, with a name of its own where none is given.
    public init(
        id: String = UUID().uuidString.lowercased(), kind: Job.Kind, caller: String, generationID: String? = nil,
        priority: Job.Priority = .normal, payload: String, units: Int = 0
    ) {
        self.id = id
        self.kind = kind
        self.caller = caller
        self.generationID = generationID
        self.priority = priority
        self.payload = payload
        self.units = units
    }
}

/// The right to work on a job, for as long as it is renewed.
public struct Claim: Sendable, Hashable {
    /// The job, as it was when it was claimed.
    public let job: Job
    /// Known to the one who holds the claim: another one who takes the job over gets another.
    public let token: String

    /// The right to work on a job.
    public init(job: Job, token: String) {
        self.job = job
        self.token = token
    }
}
