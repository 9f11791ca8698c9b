// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A minimal S3 server that fails on demand.
final class FaultServer: Sendable {
    /// A fault that replaces a correct response.
    enum Fault: Sendable {
        /// A response with an error status and, as in S3, an error code in XML.
        case status(Int, code: String)
        /// The connection is reset.
        case reset
        /// The connection is closed after a number of bytes of a longer body.
        case truncated(Int)
        /// Nothing follows after a number of bytes of a longer body.
        case stalled(Int)
        /// The request is carried out, but the connection is reset instead of a response.
        case lostAnswer
        /// No response ever comes.
        case silence
    }

    /// A request, with its method and the part of the URL after the host.
    struct Asked: Sendable {
        /// The number of the request, starting at 0.
        let number: Int
        let method: String
        let uri: String
        let headers: HTTPHeaders
    }

    struct State {
        var objects: [String: ByteBuffer] = [:]
        /// The ETags of objects whose ETag is not their size.
        var etags: [String: String] = [:]
        var parts: [String: [Int: ByteBuffer]] = [:]
        var asked: [Asked] = []
        /// The number of body bytes written to sockets.
        var sent = 0
    }

    let state = Mutex(State())
    private let fault: @Sendable (Asked) -> Fault?
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// Creates a server that listens on a free port.
    init(_ fault: @escaping @Sendable (Asked) -> Fault?) async throws {
        self.fault = fault
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(server: self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
    }

    var endpoint: URL {
        var address = URLComponents()
        address.scheme = "http"
        address.host = "127.0.0.1"
        address.port = channel.withLock { $0?.localAddress?.port }
        return address.url ?? URL(filePath: "/")
    }

    /// The methods and paths of all requests.
    var asked: [String] { state.withLock { $0.asked.map { "\($0.method) \($0.uri)" } } }

    func stop() async throws {
        try await channel.withLock { $0 }?.close()
    }

    fileprivate func answer(_ head: HTTPRequestHead, _ body: ByteBuffer) -> Answer {
        state.withLock { state in
            let asked = Asked(
                number: state.asked.count, method: head.method.rawValue, uri: head.uri, headers: head.headers)
            state.asked.append(asked)
            let fault = self.fault(asked)
            switch fault {
            case .status(let status, let code):
                return Answer(status: status, body: ByteBuffer(string: "<Error><Code>\(code)</Code></Error>"))
            case .reset, .silence:
                return Answer(status: 500, fault: fault)
            case .truncated, .stalled, .lostAnswer, nil:
                var answer = Self.answer(head, body, &state)
                answer.fault = fault
                return answer
            }
        }
    }

    private static func answer(_ head: HTTPRequestHead, _ body: ByteBuffer, _ state: inout State) -> Answer {
        let halves = head.uri.split(separator: "?", maxSplits: 1).map(String.init)
        let (path, query) = (halves[0], halves.count > 1 ? halves[1] : "")
        let number = query.firstMatch(of: /partNumber=([0-9]+)/).flatMap { Int($0.1) }
        switch (head.method, query) {
        case (.POST, "uploads="):
            state.parts[path] = [:]
            return Answer(body: ByteBuffer(string: "<R><UploadId>upload</UploadId></R>"))
        case (.POST, _):
            guard let parts = state.parts.removeValue(forKey: path) else {
                return Answer(status: 404, body: ByteBuffer(string: "<Error><Code>NoSuchUpload</Code></Error>"))
            }
            var whole = ByteBuffer()
            for part in parts.sorted(by: { $0.key < $1.key }) { whole.writeImmutableBuffer(part.value) }
            state.objects[path] = whole
            let etag = "\(whole.readableBytes)-\(parts.count)"
            state.etags[path] = etag
            return Answer(body: ByteBuffer(string: "<R><ETag>&quot;\(etag)&quot;</ETag></R>"))
        case (.PUT, _):
            if let number { state.parts[path]?[number] = body } else { state.objects[path] = body }
            return Answer(headers: ["etag": "\"\(body.readableBytes)\""])
        case (.DELETE, _):
            if query.isEmpty { state.objects[path] = nil } else { state.parts[path] = nil }
            return Answer(status: 204)
        default:
            return object(state.objects[path], etag: state.etags[path], head)
        }
    }

    private static func object(_ object: ByteBuffer?, etag: String?, _ head: HTTPRequestHead) -> Answer {
        guard let object else {
            return Answer(status: 404, body: ByteBuffer(string: "<Error><Code>NoSuchKey</Code></Error>"))
        }
        let etag = "\"\(etag ?? "\(object.readableBytes)")\""
        if let match = head.headers.first(name: "if-match"), match != etag { return Answer(status: 412) }
        var answer = Answer(headers: ["etag": etag, "content-type": "a/b"], body: object)
        if let range = head.headers.first(name: "range")?.wholeMatch(of: /bytes=([0-9]+)-([0-9]+)/),
            let first = Int(range.1), let last = Int(range.2)
        {
            let end = min(last + 1, object.readableBytes)
            answer.status = 206
            answer.headers.add(name: "content-range", value: "bytes \(first)-\(end - 1)/\(object.readableBytes)")
            answer.body = object.getSlice(at: object.readerIndex + first, length: end - first) ?? ByteBuffer()
        }
        return answer
    }
}

private struct Answer {
    var status = 200
    var headers: HTTPHeaders = [:]
    var body = ByteBuffer()
    var fault: FaultServer.Fault?
}

/// A channel handler that reads requests and sends responses in pieces.
private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: FaultServer
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(server: FaultServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(let piece):
            body.writeImmutableBuffer(piece)
        case .end:
            guard let head else { return }
            send(server.answer(head, body), to: head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func send(_ answer: Answer, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var body = answer.body
        switch answer.fault {
        case .silence: return
        case .reset, .lostAnswer:
            // Without lingering, closing the socket resets the connection.
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            return context.close(promise: nil)
        case .truncated(let count), .stalled(let count):
            body = body.readSlice(length: min(count, body.readableBytes)) ?? ByteBuffer()
        case .status, nil: break
        }
        var response = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: answer.status), headers: answer.headers)
        if answer.status != 204 { response.headers.add(name: "content-length", value: "\(answer.body.readableBytes)") }
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        let end: End =
            if body.readableBytes == answer.body.readableBytes { .whole } else if case .stalled = answer.fault {
                .none
            } else {
                .closed
            }
        if head.method == .HEAD { body.clear() }
        sendPieces(of: body, then: end, context)
    }

    /// The way in which a response ends.
    private enum End {
        case whole
        case closed
        case none
    }

    private func sendPieces(of body: ByteBuffer, then end: End, _ context: ChannelHandlerContext) {
        var rest = body
        guard let piece = rest.readSlice(length: min(64 * 1024, rest.readableBytes)), piece.readableBytes > 0 else {
            switch end {
            case .whole: return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .none: return context.flush()
            case .closed:
                context.flush()
                return context.close(promise: nil)
            }
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece)))).whenSuccess { [rest] in
            let (handler, context) = bound.value
            handler.server.state.withLock { $0.sent += piece.readableBytes }
            handler.sendPieces(of: rest, then: end, context)
        }
    }
}
