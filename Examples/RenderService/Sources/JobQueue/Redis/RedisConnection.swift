// SPDX-License-Identifier: Apache-2.0

internal import CHiredis
internal import Dispatch
internal import Foundation

/// Why there was no answer.
struct RedisFailure: Error {
    let message: String
    /// Whether the server may have carried the command out all the same.
    var mayHaveRun = false
    /// Whether the server took too long, and not the connection broke.
    var isTimeout = false
}

/// One connection, which is made when it is first needed, and again after it broke.
///
/// hiredis blocks, so that all but ``perform(_:)`` may be called on the connection's own queue only.
final class RedisConnection: @unchecked Sendable {  // `context` is touched on `queue` only, and in `deinit`.
    private let address: RedisAddress
    private let queue: DispatchQueue
    private var context: UnsafeMutablePointer<redisContext>?

    private static let connectSeconds = 2
    private static let commandSeconds = 5

    /// A connection that is not made yet.
    init(_ address: RedisAddress, label: String) {
        self.address = address
        queue = DispatchQueue(label: label)
        Self.ignoreBrokenPipes
    }

    deinit { disconnect() }

    /// Ignores `SIGPIPE`.
    ///
    /// hiredis writes with `write(2)`, which by default ends the process where the server has hung up. For the whole
    /// process, as SwiftNIO does it; somebody else's handler stays.
    private static let ignoreBrokenPipes: Void = {
        var action = sigaction()
        sigaction(SIGPIPE, nil, &action)
        #if canImport(Glibc) || canImport(Musl)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        if handler == nil { signal(SIGPIPE, SIG_IGN) }
    }()

    /// Runs what blocks on the connection's queue, after what was to run before.
    func perform<T: Sendable>(_ body: @escaping @Sendable (RedisConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }

    // MARK: On the queue

    /// Sends a command and waits for the answer, which may be an error of the server's; blocks for the time-outs at most.
    func send(_ arguments: [String]) throws -> RedisReply {
        // What the server has hung up on while it lay idle is found out before it costs a command.
        if isReadable(milliseconds: 0) { disconnect() }
        return try exchange(arguments, on: try connected())
    }

    /// Waits until the server says something unasked, as it does to subscribers; blocks for so long at most.
    func isReadable(milliseconds: Int32) -> Bool {
        guard let context else { return false }
        var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    /// Reads what is there and throws it away; blocks until there is something.
    func skipMessages() throws {
        guard let context else { return }
        guard redisBufferRead(context) == REDIS_OK else { throw broken(context) }
        while true {
            var reply: UnsafeMutableRawPointer?
            // The reply is ours to free.
            guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw broken(context) }
            guard let reply else { return }
            freeReplyObject(reply)
        }
    }

    /// Whether there is a connection, as far as is known.
    var isConnected: Bool { context != nil }

    /// Does nothing for a while; blocks.
    func pause(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }

    /// Hangs up; does not block.
    func disconnect() {
        guard let context else { return }
        // Frees all that belongs to it.
        redisFree(context)
        self.context = nil
    }

    // MARK: -

    /// The connection, made where there is none; blocks for the time-outs at most, and for the name server.
    private func connected() throws -> UnsafeMutablePointer<redisContext> {
        if let context { return context }
        // Ours to free, also where it says that it failed.
        guard
            let new = redisConnectWithTimeout(
                address.host, address.port, timeval(tv_sec: Self.connectSeconds, tv_usec: 0))
        else { throw RedisFailure(message: "no memory for a connection") }
        context = new
        guard new.pointee.err == 0 else { throw broken(new, mayHaveRun: false) }
        // Programs that this one starts have no business with it.
        _ = fcntl(new.pointee.fd, F_SETFD, FD_CLOEXEC)
        redisSetTimeout(new, timeval(tv_sec: Self.commandSeconds, tv_usec: 0))
        redisEnableKeepAlive(new)
        for greeting in address.greetings {
            do {
                if case .error(let message) = try exchange(greeting, on: new) {
                    throw RedisFailure(message: "\(greeting[0]): \(message)")
                }
            } catch let failure as RedisFailure {
                disconnect()
                // Nothing of the caller's was sent yet.
                throw RedisFailure(message: failure.message)
            }
        }
        return new
    }

    /// Sends a command and waits for the answer; blocks for the time-out at most.
    private func exchange(
        _ arguments: [String], on context: UnsafeMutablePointer<redisContext>
    ) throws -> RedisReply {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arguments.reduce(0) { $0 + $1.utf8.count })
        for argument in arguments { bytes.append(contentsOf: argument.utf8) }
        let lengths = arguments.map(\.utf8.count)
        errno = 0
        // hiredis copies the arguments; the reply is ours to free.
        let reply = bytes.withUnsafeBytes { bytes in
            var start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var pointers: [UnsafePointer<CChar>?] = lengths.map { length in
                defer { start = start.map { $0 + length } }
                return start
            }
            return redisCommandArgv(context, Int32(pointers.count), &pointers, lengths)
        }
        guard let reply else { throw broken(context, isTimeout: errno == EAGAIN || errno == EWOULDBLOCK) }
        defer { freeReplyObject(reply) }
        return RedisReply(UnsafePointer(reply.assumingMemoryBound(to: redisReply.self)))
    }

    /// Hangs up on a connection that failed, and says why it did.
    private func broken(
        _ context: UnsafeMutablePointer<redisContext>, mayHaveRun: Bool = true, isTimeout: Bool = false
    ) -> RedisFailure {
        let message = withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        disconnect()
        return RedisFailure(
            message: isTimeout ? "no answer within \(Self.commandSeconds) s" : message, mayHaveRun: mayHaveRun,
            isTimeout: isTimeout)
    }
}
