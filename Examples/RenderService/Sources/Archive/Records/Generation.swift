// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The record of a job: what was asked for, by whom, how it went, and what came of it.
public struct Generation: Sendable, Hashable, Codable, Identifiable {
    /// The encoder that was used.
    public struct Encoder: Sendable, Hashable, Codable {
        /// The name, such as `x264`.
        public var name: String
        /// The GPU, or `nil` for the CPU.
        public var device: String?
        /// Why it was chosen.
        public var reason: String

        /// Creates an encoder.
        public init(name: String, device: String?, reason: String) {
            self.name = name
            self.device = device
            self.reason = reason
        }
    }

    /// What a job has cost.
    public struct Cost: Sendable, Hashable, Codable {
        /// The time that the render took.
        public var elapsedSeconds: Double
        /// The time of CPUs.
        public var cpuSeconds: Double
        /// The time during which a GPU was occupied.
        public var gpuSeconds: Double

        /// Creates a cost.
        public init(elapsedSeconds: Double = 0, cpuSeconds: Double = 0, gpuSeconds: Double = 0) {
            self.elapsedSeconds = elapsedSeconds
            self.cpuSeconds = cpuSeconds
            self.gpuSeconds = gpuSeconds
        }
    }

    /// The result of a completed job.
    public struct Output: Sendable, Hashable, Codable {
        /// The key of the file in the store.
        public var key: String
        /// The size of the file.
        public var bytes: Int
        /// The duration of the video in seconds.
        public var duration: Double
        /// The number of frames.
        public var frames: Int

        /// Creates an output.
        public init(key: String, bytes: Int, duration: Double, frames: Int) {
            self.key = key
            self.bytes = bytes
            self.duration = duration
            self.frames = frames
        }
    }

    /// Why a job failed.
    public struct Failure: Sendable, Hashable, Codable {
        /// The code, such as `invalidEdit`.
        public var code: String
        /// The message.
        public var message: String

        /// Creates a failure.
        public init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// What a record has besides the fields that lists are filtered by.
    public struct Details: Sendable, Hashable, Codable {
        /// The files of the edit, as the caller named them.
        public var inputs: [String] = []
        /// The stored edit and its version, if the job renders one.
        public var editID: String?
        /// The version of that edit.
        public var editVersion: Int?
        /// The identifiers of the jobs that the job follows.
        public var after: [String]?
        /// The number of times that the job was begun.
        public var attempts = 0
        /// The renderer, `local` or `remote`.
        public var renderer: String?
        /// Why that renderer was used.
        public var rendererReason: String?
        /// The encoder.
        public var encoder: Encoder?
        /// The measured cost.
        public var cost: Cost?
        /// The result of a render.
        public var output: Output?
        /// The result of a job of another kind as a JSON document.
        public var result: String?
        /// Why the job failed.
        public var failure: Failure?
        /// What happened on the way, such as failed attempts.
        public var notes: [String] = []

        /// Creates empty details.
        public init() {}
    }

    /// The identifier of the job.
    public var id: String
    /// The caller's own identifier.
    public var generationID: String
    /// The caller.
    public var owner: String
    /// The kind of job.
    public var kind: String
    /// The state of the job.
    public var state: String
    /// When the job was submitted.
    public var createdAt: Date
    /// When the job was begun.
    public var startedAt: Date?
    /// When the job ended.
    public var finishedAt: Date?
    /// The price of the job in cents, if credits are used.
    public var cents: Int64?
    /// The edit as a JSON document, or what was asked for of another kind.
    public var edit: String
    /// Everything else.
    public var details = Details()

    /// Creates the record of a job that waits.
    public init(
        id: String, generationID: String, owner: String, kind: String, state: String, createdAt: Date, edit: String
    ) {
        self.id = id
        self.generationID = generationID
        self.owner = owner
        self.kind = kind
        self.state = state
        self.createdAt = createdAt
        self.edit = edit
    }

    init(_ row: SQLRow) throws {
        self.init(
            id: try row.required("id"), generationID: try row.required("generation"), owner: try row.required("owner"),
            kind: try row.required("kind"), state: try row.required("state"),
            createdAt: try row.requiredTime("created"), edit: try row.required("edit"))
        startedAt = row.time("started")
        finishedAt = row.time("finished")
        cents = row.integer("cents")
        details = try JSONDecoder().decode(Details.self, from: Data(try row.required("details").utf8))
    }

    /// The values of the columns, in their order.
    var values: [SQLValue] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return [
                .text(id), .text(generationID), .text(owner), .text(kind), .text(state), SQLValue(createdAt),
                SQLValue(startedAt), SQLValue(finishedAt), SQLValue(details.encoder?.name), SQLValue(cents),
                SQLValue(details.failure?.code), .text(edit),
                .text(String(decoding: try encoder.encode(details), as: UTF8.self)),
            ]
        }
    }
}
