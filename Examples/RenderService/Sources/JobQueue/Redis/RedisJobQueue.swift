// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Jobs in Redis Streams, for many machines.
///
/// Whatever changes a job is one Lua script (``RedisScript``), so that every change happens as a whole or not at all. Needs
/// Redis 6.2, or newer; for nothing to be lost with the server, its
/// `appendonly` must be on and its `maxmemory-policy` be `noeviction`. Every queue on one server has
/// a database or a prefix of its own, and all its users the same lease. In a cluster, the prefix must be a hash tag: `{renders}`.
///
/// Calls that fail throw ``QueueError/unavailable(_:)``; the next one connects again. One that broke off may have been
/// carried out all the same; it is sent once more where doing it twice does nothing more.
public final class RedisJobQueue: JobQueue {
    /// How long a claim lasts that is not renewed.
    public let leaseSeconds: Double

    private let prefix: String
    private let pool: RedisPool
    private let signal = WakeSignal()
    private let subscriber: RedisSubscriber
    /// The names under which the server knows the scripts.
    private let hashes = Mutex<[String: String]>([:])

    /// How often it is looked for delays and leases that end, and for wakes that went missing.
    private static let pollSeconds = 1.0
    private static let connections = 4

    /// A queue at `redis://user:password@host:port/database`; its keys begin with the prefix.
    ///
    /// Does not connect yet. Throws ``QueueError/invalid(_:)`` where the address cannot be used.
    public init(url: String, prefix: String = "", leaseSeconds: Double) throws {
        guard leaseSeconds > 0 else {
            throw QueueError.invalid("A lease of \(leaseSeconds) s; it must be more than 0.")
        }
        let address = try RedisAddress(url)
        self.leaseSeconds = leaseSeconds
        self.prefix = prefix
        pool = RedisPool(address, count: Self.connections)
        subscriber = RedisSubscriber(address, channel: prefix + "jobs:wake", signal: signal)
    }

    /// See ``JobQueue/waitForWork(seconds:lane:)``.
    public func waitForWork(seconds: Double, lane: Lane) async {
        await subscriber.start()
        await signal.waitForWork(seconds: seconds, every: Self.pollSeconds) {
            try await run(.due, [lane.argument]).integer.flatMap { $0 < 0 ? nil : Double($0) / 1_000_000 }
        }
    }

    /// See ``JobQueue/check()``.
    public func check() async throws { _ = try await command(["PING"]) }

    /// See ``JobQueue/close()``.
    public func close() async {
        await subscriber.close()
        await pool.close()
    }

    // MARK: Commands

    /// Sends a command that may be sent twice.
    func command(_ arguments: [String]) async throws -> RedisReply {
        try await perform(isRepeatable: true) { try $0.send(arguments) }
    }

    /// The key of a job.
    func key(of id: String) -> String { "\(prefix)job:\(id)" }

    /// Runs a script; once more where the connection broke and doing it twice does nothing more.
    func run(_ script: RedisScript, _ arguments: [String] = [], isRepeatable: Bool = true) async throws -> RedisReply {
        let lease = String(Microseconds.of(seconds: leaseSeconds))
        let rest = ["1", prefix + "jobs:requested", prefix, lease] + arguments
        return try await perform(isRepeatable: isRepeatable) { [self] connection in
            if let hash = hashes.withLock({ $0[script.name] }) {
                let reply = try connection.send(["EVALSHA", hash] + rest)
                // The server was started anew, or was told to forget scripts. Nothing was done.
                guard case .error(let message) = reply, message.hasPrefix("NOSCRIPT") else { return reply }
            } else if let hash = try connection.send(["SCRIPT", "LOAD", script.source]).string {
                hashes.withLock { $0[script.name] = hash }
            }
            // The server remembers the script.
            return try connection.send(["EVAL", script.source] + rest)
        }
    }

    private func perform(
        isRepeatable: Bool, _ body: @escaping @Sendable (RedisConnection) throws -> RedisReply
    ) async throws -> RedisReply {
        let reply: RedisReply
        do {
            reply = try await pool.perform { connection in
                do {
                    return try body(connection)
                } catch let failure as RedisFailure where failure.mayHaveRun && !failure.isTimeout && isRepeatable {
                    return try body(connection)
                }
            }
        } catch let failure as RedisFailure {
            throw QueueError.unavailable("Redis cannot be reached (\(failure.message)).")
        }
        if case .error(let message) = reply { throw QueueError.unavailable("Redis refused (\(message)).") }
        return reply
    }
}
