// SPDX-License-Identifier: Apache-2.0

internal import CHiredis
internal import DatabaseAccess
internal import Dispatch
internal import Foundation

/// An error that prevented a reply.
struct RedisFailure: Error {
    let message: String
    /// Whether the server may have run the command nevertheless.
    var mayHaveRun = false
    /// Whether the command timed out, as opposed to the connection breaking.
    var isTimeout = false
}

/// A connection that is opened on first use and reopened after it breaks.
///
/// hiredis blocks. All methods except `perform` must therefore be called on the connection's own queue.
final class RedisConnection: BlockingConnection, @unchecked Sendable {
    // Sendable because `context` is touched on `queue` only, and in `deinit`.

    private let address: RedisAddress
    let queue: DispatchQueue
    private var context: UnsafeMutablePointer<redisContext>?

    private static let connectSeconds = 2
    private static let commandSeconds = 5

    /// Creates a connection without opening it.
    init(_ address: RedisAddress, label: String) {
        self.address = address
        queue = DispatchQueue(label: label)
        Self.ignoreBrokenPipes
    }

    deinit { disconnect() }

    /// Ignores `SIGPIPE`.
    ///
    /// hiredis uses `write(2)`, which by default terminates the process if the server has closed the connection. The
    /// setting applies to the whole process, as it does in SwiftNIO. An existing handler is kept.
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

    // MARK: On the queue

    /// Sends a command and returns the reply, which may be an error from the server.
    ///
    /// Blocks at most for the time-outs.
    func send(_ arguments: [String]) throws -> RedisReply {
        // Detects a connection that the server closed while it was idle, before a command is lost on it.
        if isReadable(milliseconds: 0) { disconnect() }
        return try exchange(arguments, on: try connected())
    }

    /// Waits until the server sends a message, as it does to subscribers, and returns whether it did.
    ///
    /// Blocks at most for the given time.
    func isReadable(milliseconds: Int32) -> Bool {
        guard let context else { return false }
        var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    /// Reads the available messages and discards them.
    ///
    /// Blocks until there is at least one.
    func skipMessages() throws {
        guard let context else { return }
        guard redisBufferRead(context) == REDIS_OK else { throw broken(context) }
        while true {
            var reply: UnsafeMutableRawPointer?
            // This code must free the reply.
            guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw broken(context) }
            guard let reply else { return }
            freeReplyObject(reply)
        }
    }

    /// Whether the connection is believed to be open.
    var isConnected: Bool { context != nil }

    /// Blocks for a number of milliseconds.
    func pause(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }

    /// Closes the connection without blocking.
    func disconnect() {
        guard let context else { return }
        // This frees everything that belongs to the context.
        redisFree(context)
        self.context = nil
    }

    // MARK: -

    /// Returns the connection, opening it if necessary.
    ///
    /// Blocks at most for the time-outs, plus the time of the DNS lookup.
    private func connected() throws -> UnsafeMutablePointer<redisContext> {
        if let context { return context }
        let socket = try address.tunnel?.open()
        // This code must free the context, even if it reports an error.
        guard
            let new = socket.map({ redisConnectFd($0) })
                ?? redisConnectWithTimeout(
                    address.host, address.port, timeval(tv_sec: Self.connectSeconds, tv_usec: 0))
        else {
            if let socket { close(socket) }
            throw RedisFailure(message: "out of memory for a connection")
        }
        context = new
        guard new.pointee.err == 0 else { throw broken(new, mayHaveRun: false) }
        // Child processes must not inherit the connection.
        _ = fcntl(new.pointee.fd, F_SETFD, FD_CLOEXEC)
        redisSetTimeout(new, timeval(tv_sec: Self.commandSeconds, tv_usec: 0))
        // A tunnel has its own, and a local socket has none.
        if socket == nil { redisEnableKeepAlive(new) }
        for greeting in address.greetings {
            do {
                if case .error(let message) = try exchange(greeting, on: new) {
                    throw RedisFailure(message: "\(greeting[0]): \(message)")
                }
            } catch let failure as RedisFailure {
                disconnect()
                // The caller's command has not been sent yet.
                throw RedisFailure(message: failure.message)
            }
        }
        return new
    }

    /// Sends a command and returns the reply.
    ///
    /// Blocks at most for the time-out.
    private func exchange(
        _ arguments: [String], on context: UnsafeMutablePointer<redisContext>
    ) throws -> RedisReply {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arguments.reduce(0) { $0 + $1.utf8.count })
        for argument in arguments { bytes.append(contentsOf: argument.utf8) }
        let lengths = arguments.map(\.utf8.count)
        errno = 0
        // hiredis copies the arguments. This code must free the reply.
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

    /// Closes a failed connection and returns the error.
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
