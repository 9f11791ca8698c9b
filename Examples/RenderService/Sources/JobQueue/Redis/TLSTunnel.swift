// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// A connection over TLS that hiredis uses as a local socket.
///
/// Not every version of hiredis has TLS, and none checks the server's name. The certificate must be valid for the host,
/// and signed by an authority of the system or by one of a file.
struct TLSTunnel: Sendable {
    private let host: String
    private let port: Int
    private let context: NIOSSLContext
    private static let connectSeconds: Int64 = 2
    private static let handshakeSeconds: Int64 = 5

    /// Creates a tunnel to a server, which is not opened yet; the file contains certificates of authorities.
    init(to host: String, port: Int, authorities: String?) throws {
        self.host = host
        self.port = port
        var configuration = TLSConfiguration.makeClientConfiguration()
        do {
            if let authorities { configuration.trustRoots = .file(authorities) }
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw QueueError.invalid(
                "The certificates in \(authorities ?? "the system's folder") cannot be used (\(error)); "
                    + "REDIS_CA_FILE is a file of certificates in PEM form.")
        }
    }

    /// Opens a connection, and returns the socket that stands for it, which the caller must close.
    ///
    /// Blocks at most for the time-outs, plus the time of the DNS lookup.
    func open() throws -> Int32 {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let handshake = loop.makePromise(of: Void.self)
        let limit = loop.scheduleTask(in: .seconds(Self.handshakeSeconds)) {
            handshake.fail(RedisFailure(message: "no TLS within \(Self.handshakeSeconds) s"))
        }
        defer { limit.cancel() }
        let remote: any Channel
        do {
            remote = try ClientBootstrap(group: loop)
                .connectTimeout(.seconds(Self.connectSeconds))
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { [host, context] channel in
                    channel.eventLoop.makeCompletedFuture {
                        // Addresses have no place in SNI; the certificate is then checked for the address itself.
                        let name = Self.isAddress(host) ? nil : host
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(try NIOSSLClientHandler(context: context, serverHostname: name))
                        try pipeline.addHandler(HandshakeHandler(handshake))
                    }
                }.connect(host: host, port: port).wait()
        } catch {
            handshake.fail(error)
            throw RedisFailure(message: "\(error)")
        }
        do {
            try handshake.futureResult.wait()
            return try Self.local(of: remote)
        } catch {
            remote.close(promise: nil)
            throw (error as? RedisFailure) ?? RedisFailure(message: "TLS with \(host): \(error)")
        }
    }

    /// Returns a socket whose other end is connected with a channel for as long as both are open.
    private static func local(of remote: any Channel) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc) || canImport(Musl)
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw RedisFailure(message: "no socket: \(String(cString: strerror(errno)))")
        }
        let (own, other) = (ends[0], ends[1])
        do {
            // The channel owns its end from here on, also if this fails.
            let near = try ClientBootstrap(group: remote.eventLoop).withConnectedSocket(other).wait()
            let pair = try remote.eventLoop.submit {
                (
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: near),
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: remote)
                )
            }.wait()
            Task { try? await relay(pair.0, pair.1) }
            return own
        } catch {
            close(own)
            throw error
        }
    }

    /// Passes bytes on in both directions until one side ends.
    private static func relay(
        _ near: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ far: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    ) async throws {
        try await near.executeThenClose { nearBytes, toNear in
            try await far.executeThenClose { farBytes, toFar in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for try await bytes in nearBytes { try await toFar.write(bytes) } }
                    group.addTask { for try await bytes in farBytes { try await toNear.write(bytes) } }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }

    private static func isAddress(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }
}

/// A handler that waits for the end of a handshake.
private final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<Void>

    init(_ promise: EventLoopPromise<Void>) { self.promise = promise }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { promise.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(RedisFailure(message: "the server hung up during TLS"))
        context.fireChannelInactive()
    }
}
