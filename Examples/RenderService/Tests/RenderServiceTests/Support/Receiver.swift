// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOFoundationEssentialsCompat
import ServiceLifecycle
import Synchronization
import TestServers

/// A test's own HTTP server for callbacks, for media on the web, or in place of a remote renderer.
final class Receiver: Sendable {
    /// A request to the server.
    struct Received: Sendable {
        let method: String
        let path: String
        var query = ""
        let headers: [String: String]
        let body: Data

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
    }

    /// A response from the server.
    struct Reply: Sendable {
        var status = 200
        var headers: [String: String] = [:]
        var body = Data()
        /// The delay in seconds before the response.
        var delay = 0.0
    }

    let port: Int
    private let received = Mutex<[Received]>([])
    private let task: Task<Void, any Error>

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Received] { received.withLock { $0 } }

    init(port: Int? = nil, _ reply: @escaping @Sendable (Received, _ number: Int) -> Reply) async throws {
        let port = try port ?? FreePort.find()
        self.port = port
        let router = Router()
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let shared = Shared()
        router.on("**", method: .get) { request, _ in try await shared.answer(request) }
        router.on("**", method: .post) { request, _ in try await shared.answer(request) }
        router.on("**", method: .put) { request, _ in try await shared.answer(request) }
        router.on("**", method: .delete) { request, _ in try await shared.answer(request) }
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in isReady.yield() }, logger: logger)
        task = Task { try await application.run() }
        shared.set { [weak self] request in
            let number = self?.received.withLock { list in
                list.append(request)
                return list.count - 1
            }
            return reply(request, number ?? 0)
        }
        for await _ in ready { break }
    }

    deinit { task.cancel() }

    func stop() async {
        task.cancel()
        _ = try? await task.value
    }

    /// Waits until a number of requests has arrived.
    func wait(for count: Int, seconds: Double = 20) async throws -> [Received] {
        let end = ContinuousClock.now + .seconds(seconds)
        while requests.count < count, .now < end { try await Task.sleep(for: .milliseconds(20)) }
        return requests
    }

    private final class Shared: Sendable {
        private let handler = Mutex<(@Sendable (Received) -> Reply)?>(nil)
        func set(_ handler: @escaping @Sendable (Received) -> Reply) { self.handler.withLock { $0 = handler } }

        func answer(_ request: Request) async throws -> Response {
            let body = try await request.body.collect(upTo: 1 << 28)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            let received = Received(
                method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
                headers: headers, body: Data(buffer: body))
            let reply = handler.withLock { $0 }?(received) ?? Reply()
            if reply.delay > 0 { try await Task.sleep(for: .seconds(reply.delay)) }
            var response = Response(
                status: .init(code: reply.status), body: ResponseBody(byteBuffer: ByteBuffer(data: reply.body)))
            for (name, value) in reply.headers {
                if let name = HTTPField.Name(name) { response.headers[name] = value }
            }
            return response
        }
    }
}
