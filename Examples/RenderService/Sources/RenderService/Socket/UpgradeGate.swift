// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// A handler that holds the first request of a connection until it is decided whether it becomes a socket.
///
/// SwiftNIO's upgrade handler loses a request whose upgrade is declined. Such a request is passed on without its
/// `Upgrade` field, so that it is answered like any other. A connection without a request is closed when the server
/// stops, which would otherwise wait for it.
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let accepts: @Sendable (SocketRequest) async -> Bool
    /// The parts that wait for the decision, or `nil` while there is no request.
    private var held: [HTTPServerRequestPart]?
    private var isDecided = false

    init(accepts: @escaping @Sendable (SocketRequest) async -> Bool) { self.accepts = accepts }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDecided else {
            context.fireChannelRead(data)
            return
        }
        let part = unwrapInboundIn(data)
        if held != nil {
            held?.append(part)
            return
        }
        held = [part]
        guard case .head(let head) = part, head.headers.contains(name: "upgrade") else {
            return decide(isSocket: nil, context)
        }
        guard Self.isHandshake(head) else { return decide(isSocket: false, context) }
        let request = SocketRequest(head)
        context.eventLoop.makeFutureWithTask { [accepts] in await accepts(request) }.assumeIsolated()
            .whenComplete { result in
                guard context.channel.isActive else { return }
                self.decide(isSocket: (try? result.get()) ?? false, context)
            }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isDecided || held == nil { context.fireChannelReadComplete() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, !isDecided {
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Passes the request on, and leaves.
    private func decide(isSocket: Bool?, _ context: ChannelHandlerContext) {
        isDecided = true
        let parts = held ?? []
        held = nil
        for part in parts {
            if isSocket == false, case .head(var head) = part {
                head.headers.remove(name: "upgrade")
                context.fireChannelRead(wrapInboundOut(.head(head)))
            } else {
                context.fireChannelRead(wrapInboundOut(part))
            }
        }
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Returns whether a request is the handshake of a socket, complete enough for SwiftNIO.
    private static func isHandshake(_ head: HTTPRequestHead) -> Bool {
        func has(_ name: String, _ value: String) -> Bool {
            head.headers[canonicalForm: name].contains { $0.lowercased() == value }
        }
        return head.method == .GET && head.version == .http1_1 && has("upgrade", "websocket")
            && has("connection", "upgrade")
            && head.headers["sec-websocket-key"].count == 1 && head.headers["sec-websocket-version"] == ["13"]
    }
}
