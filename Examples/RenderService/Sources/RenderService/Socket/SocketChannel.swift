// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// A connection of a caller, over HTTP or, after an upgrade, as a socket (RFC 6455).
struct SocketChannel: HTTPChannelHandler {
    typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// What a connection has become.
    enum Negotiated: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case socket(Frames, SocketRequest)
    }

    /// A connection, and what it becomes with its first request.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    let responder: Responder
    let sockets: JobSockets
    /// The largest message that a caller may send, in bytes.
    private static let largestFrame = 1 << 14

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let upgrader = NIOTypedWebSocketServerUpgrader<Negotiated>(
                maxFrameSize: Self.largestFrame,
                // The gate has decided.
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        .socket(try Frames(wrappingChannelSynchronously: channel), SocketRequest(head))
                    }
                })
            let upgrade = NIOTypedHTTPServerUpgradeConfiguration<Negotiated>(upgraders: [upgrader]) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                    try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
                    return .http(
                        try NIOAsyncChannel(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true)))
                }
            }
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrade)
            // Requests are taken one after the other, and checked, by the server.
            configuration.enablePipelining = false
            configuration.enableResponseHeaderValidation = false
            let pipeline = channel.pipeline.syncOperations
            let negotiated = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self).handler
            try pipeline.addHandler(UpgradeGate(accepts: sockets.accepts), position: .after(decoder))
            return Value(channel: channel, negotiated: negotiated)
        }
    }

    func handle(value: Value, logger: Logger) async {
        guard let negotiated = try? await value.negotiated.get() else {
            // It was closed before its first request, or that was none.
            try? await value.channel.close()
            return
        }
        switch negotiated {
        case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
        case .socket(let channel, let request): await sockets.serve(channel, request)
        }
    }
}

/// The request that asked for a socket.
struct SocketRequest: Sendable {
    let path: String
    /// The event after which the caller wants to go on.
    let lastEvent: String?
    let authorization: String?
    let apiKey: String?
    /// Whether a page of another site has asked.
    let isForeign: Bool

    init(_ head: HTTPRequestHead) {
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        path = parts.first.map(String.init) ?? "/"
        let query = parts.count > 1 ? parts[1] : ""
        let asked = query.split(separator: "&").first { $0.hasPrefix("lastEventId=") }?.dropFirst(12)
        lastEvent = head.headers.first(name: "last-event-id") ?? asked.map(String.init)
        authorization = head.headers.first(name: "authorization")
        apiKey = head.headers.first(name: "x-api-key")
        let host = head.headers.first(name: "host")
        isForeign =
            head.headers.first(name: "origin").map { origin in
                origin.split(separator: "/").last.map(String.init) != host
            } ?? false
    }

    /// Whether the request itself says who asks.
    var hasCredentials: Bool { authorization != nil || apiKey != nil }
}
