// SPDX-License-Identifier: Apache-2.0

/// The translation between this queue and other programs that use its streams.
public struct RedisExchange: Sendable {
    /// Reads an entry that another program has added to a stream; throws ``Unreadable`` with what is wrong with it.
    public var read: @Sendable (_ entry: ForeignEntry) throws(Unreadable) -> ForeignJob
    /// Returns what `jobs:completed` tells as the result and the error of a job with a status.
    public var outcome: @Sendable (_ status: String) -> (result: String, error: String)

    /// Creates an exchange that reads no entries and tells no results.
    public init() {
        read = { _ throws(Unreadable) in throw Unreadable("no entries of other programs are read here") }
        outcome = { _ in ("", "") }
    }

    /// Creates an exchange.
    public init(
        read: @escaping @Sendable (_ entry: ForeignEntry) throws(Unreadable) -> ForeignJob,
        outcome: @escaping @Sendable (_ status: String) -> (result: String, error: String)
    ) {
        self.read = read
        self.outcome = outcome
    }

    /// An error thrown for an entry that is no job.
    public struct Unreadable: Error, Sendable, CustomStringConvertible {
        /// What is wrong with the entry, and how to mend it.
        public let description: String
        /// The stream to reply to, where that much could be read.
        public let reply: String?

        /// Creates an error with what is wrong.
        public init(_ description: String, reply: String? = nil) {
            self.description = description
            self.reply = reply
        }
    }
}

/// An entry that another program has added to one of the queue's streams.
public struct ForeignEntry: Sendable, Hashable {
    /// The stream, such as `jobs:requested:high`, without the queue's prefix.
    public let stream: String
    /// The identifier of the entry in the stream.
    public let entry: String
    /// The fields; of a name that occurs twice, the last one.
    public let fields: [String: String]

    /// Creates an entry.
    public init(stream: String, entry: String, fields: [String: String]) {
        self.stream = stream
        self.entry = entry
        self.fields = fields
    }

    /// The priority for which the stream stands, or `nil` if jobs are not requested by it.
    public var priority: Job.Priority? {
        switch stream {
        case "jobs:requested:high": .high
        case "jobs:requested": .normal
        case "jobs:requested:low": .low
        default: nil
        }
    }

    /// Creates the entry that the script for claims has found, or `nil` if it has found none.
    init?(_ reply: RedisReply) {
        guard let values = reply.array, values.count == 4, values[0].string == "foreign",
            let stream = values[1].string, let entry = values[2].string
        else { return nil }
        self.init(stream: stream, entry: entry, fields: values[3].fields)
    }
}

/// A job that another program has asked for.
public struct ForeignJob: Sendable, Hashable {
    /// The job.
    public var job: NewJob
    /// The stream to which its end is added, in addition to `jobs:completed`.
    public var reply: String?

    /// Creates a job.
    public init(_ job: NewJob, reply: String? = nil) {
        self.job = job
        self.reply = reply
    }
}

extension RedisJobQueue {
    /// Makes an entry of another program a job, or moves it to the dead letters; in both cases it leaves its stream.
    ///
    /// If this is interrupted, another worker does it after the lease.
    func take(_ entry: ForeignEntry) async throws {
        let foreign: ForeignJob
        do throws(RedisExchange.Unreadable) { foreign = try exchange.read(entry) } catch {
            return try await bury(entry, error)
        }
        let reply = try await run(
            .adopt, [entry.stream, entry.entry, foreign.reply ?? ""] + foreign.job.arguments)
        if let name = reply.unknownJob {
            return try await bury(entry, .init(QueueError.unknownJob(name).description, reply: foreign.reply))
        }
        guard reply.string == "taken" else { return }
        let why = "another caller uses the id \(foreign.job.generationID ?? ""); choose another"
        try await bury(entry, .init(why, reply: foreign.reply), isTaken: true)
    }

    private func bury(
        _ entry: ForeignEntry, _ why: RedisExchange.Unreadable, isTaken: Bool = false
    ) async throws {
        let arguments = [entry.stream, entry.entry, why.description, why.reply ?? "", isTaken ? "1" : "0"]
        _ = try await run(.bury, arguments)
    }
}
