// SPDX-License-Identifier: Apache-2.0

internal import DatabaseAccess
internal import Foundation
internal import Synchronization

/// A job queue in Redis Streams, for several machines.
///
/// Every change of a job is one Lua script (``RedisScript``), which runs completely or not at all. The queue needs
/// Redis 6.2 or newer. To lose nothing with the server, set its `appendonly` to `yes` and its `maxmemory-policy` to
/// `noeviction`. Several queues on one server need different databases or prefixes, and all users of a queue need the
/// same lease. In a cluster, the prefix must be a hash tag such as `{renders}`.
///
/// Calls that fail throw ``QueueError/unavailable(_:)``, and the next call reconnects. A call that was interrupted may
/// have run nevertheless. It is retried once if running it twice has no further effect.
public final class RedisJobQueue: JobQueue {
    /// The lifetime in seconds of a claim that is not renewed.
    public let leaseSeconds: Double

    let prefix: String
    /// How entries of other programs are read, and the ends of jobs are told them.
    let exchange: RedisExchange
    private let pool: ConnectionPool<RedisConnection>
    private let signal = WakeSignal()
    private let subscriber: RedisSubscriber
    /// The hashes by which the server identifies the scripts.
    private let hashes = Mutex<[String: String]>([:])

    /// The interval in seconds for checking expired delays and leases, and for making up for missed notifications.
    private static let pollSeconds = 1.0
    private static let connections = 4

    /// Creates a queue at `redis://user:password@host:port/database`, whose keys start with a prefix.
    ///
    /// `rediss://` is Redis over TLS; `authorities` is a file with the certificates of the authorities to trust, instead
    /// of the system's. It does not connect yet. Throws ``QueueError/invalid(_:)`` if the address cannot be used.
    public init(
        url: String, authorities: String? = nil, prefix: String = "", leaseSeconds: Double,
        exchange: RedisExchange = RedisExchange()
    ) throws {
        guard leaseSeconds > 0 else {
            throw QueueError.invalid("A lease of \(leaseSeconds) s; it must be more than 0.")
        }
        let address = try RedisAddress(url, authorities: authorities)
        self.leaseSeconds = leaseSeconds
        self.prefix = prefix
        self.exchange = exchange
        pool = ConnectionPool(
            (0..<Self.connections).map { RedisConnection(address, label: "jobs.redis.\($0)") })
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

    /// Sends a command that may safely be sent twice.
    func command(_ arguments: [String]) async throws -> RedisReply {
        try await perform(isRepeatable: true) { try $0.send(arguments) }
    }

    /// Returns the key of a job.
    func key(of id: String) -> String { "\(prefix)job:\(id)" }

    /// Runs a script, and retries it once if the connection broke and the script is repeatable.
    func run(_ script: RedisScript, _ arguments: [String] = [], isRepeatable: Bool = true) async throws -> RedisReply {
        let lease = String(Microseconds.of(seconds: leaseSeconds))
        let rest = ["1", prefix + "jobs:requested", prefix, lease] + arguments
        return try await perform(isRepeatable: isRepeatable) { [self] connection in
            if let hash = hashes.withLock({ $0[script.name] }) {
                let reply = try connection.send(["EVALSHA", hash] + rest)
                // The server was restarted or its script cache was flushed. The script has not run.
                guard case .error(let message) = reply, message.hasPrefix("NOSCRIPT") else { return reply }
            } else if let hash = try connection.send(["SCRIPT", "LOAD", script.source]).string {
                hashes.withLock { $0[script.name] = hash }
            }
            // The server caches the script.
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
