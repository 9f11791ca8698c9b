// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOWebSocket
import Synchronization

/// The frames of one socket.
struct SocketSession: Sendable {
    /// The texts that the caller sends; further ones than the stream holds are left out.
    let messages: AsyncStream<String>
    private let sender: AsyncStream<String>.Continuation
    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private let violations: AsyncStream<WebSocketErrorCode>
    private let violator: AsyncStream<WebSocketErrorCode>.Continuation
    private let state = State()

    private final class State: Sendable {
        let heard = Mutex(ContinuousClock.now)
        let isClosing = Mutex(false)
    }

    init(outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) {
        self.outbound = outbound
        (messages, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(4))
        (violations, violator) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Reads until the caller ends the socket, and answers that.
    func read(_ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>) async {
        defer { sender.finish() }
        do {
            for try await frame in inbound {
                state.heard.withLock { $0 = .now }
                switch frame.opcode {
                case .connectionClose:
                    await close(.normalClosure)
                    return
                // What comes after an end is of no interest.
                case _ where state.isClosing.withLock({ $0 }): continue
                // A message in several frames is larger than any that there is.
                case .text where !frame.fin: violator.yield(.messageTooLarge)
                case .text: sender.yield(String(buffer: frame.unmaskedData))
                case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
                case .pong, .continuation: continue
                default: violator.yield(.unacceptableData)
                }
            }
        } catch { return }
    }

    /// Waits for a frame that is not allowed, and returns the code to end the socket with.
    func violation() async -> WebSocketErrorCode? {
        for await code in violations { return code }
        return nil
    }

    /// Asks for signs of life, until the socket is gone.
    func ping(every pause: Duration) async -> WebSocketErrorCode? {
        while (try? await Task.sleep(for: pause)) != nil {
            let ping = WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())
            guard (try? await outbound.write(ping)) != nil else { return nil }
        }
        return nil
    }

    /// Waits until there has been no sign of life for some time, and returns the code to end the socket with.
    func silence(of limit: Duration) async -> WebSocketErrorCode? {
        while true {
            let left = limit - state.heard.withLock { $0.duration(to: .now) }
            guard left > .zero else { return .normalClosure }
            guard (try? await Task.sleep(for: left)) != nil else { return nil }
        }
    }

    /// Sends a text, and waits while the caller does not read.
    func send(_ text: String) async throws {
        try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
    }

    /// Sends the end of the socket, once.
    func close(_ code: WebSocketErrorCode) async {
        let isFirst = state.isClosing.withLock { isClosing in
            defer { isClosing = true }
            return !isClosing
        }
        guard isFirst else { return }
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        try? await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    }
}
