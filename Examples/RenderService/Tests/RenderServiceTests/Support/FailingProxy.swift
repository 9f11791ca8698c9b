// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import TestServers

/// A proxy that forwards requests to another server and fails every second one.
final class FailingProxy: Sendable {
    let url: String
    private let counts: Counts
    private let task: Task<Void, any Error>

    private final class Counts: Sendable {
        let requests = Mutex(0)
        let failures = Mutex(0)
    }

    /// The number of requests that were not forwarded.
    var failures: Int { counts.failures.withLock { $0 } }

    init(to server: URL) async throws {
        let port = try FreePort.find()
        url = "http://127.0.0.1:\(port)"
        let counts = Counts()
        self.counts = counts
        let router = Router()
        let client = HTTPClient.shared
        let base =
            server.absoluteString.hasSuffix("/") ? String(server.absoluteString.dropLast()) : server.absoluteString
        let handler: @Sendable (Request, BasicRequestContext) async throws -> Response = { request, _ in
            let number = counts.requests.withLock { count in
                count += 1
                return count
            }
            let body = try await request.body.collect(upTo: 1 << 28)
            if number.isMultiple(of: 2) {
                counts.failures.withLock { $0 += 1 }
                return Response(status: .serviceUnavailable)
            }
            var passed = HTTPClientRequest(url: base + request.uri.string)
            passed.method = .init(rawValue: request.method.rawValue)
            for field in request.headers
            where !["content-length", "transfer-encoding"].contains(field.name.canonicalName) {
                passed.headers.add(name: field.name.rawName, value: field.value)
            }
            if let authority = request.head.authority { passed.headers.replaceOrAdd(name: "host", value: authority) }
            if request.method == .put || request.method == .post { passed.body = .bytes(body) }
            let answer = try await client.execute(passed, timeout: .seconds(30))
            let content = try await answer.body.collect(upTo: 1 << 28)
            var response = Response(
                status: .init(code: Int(answer.status.code)), body: ResponseBody(byteBuffer: content))
            for (name, value) in answer.headers where !["transfer-encoding", "connection"].contains(name.lowercased()) {
                if let name = HTTPField.Name(name) { response.headers[name] = value }
            }
            return response
        }
        for method in [HTTPRequest.Method.get, .put, .post, .delete, .head] {
            router.on("**", method: method, use: handler)
        }
        var logger = Logger(label: "proxy")
        logger.logLevel = .critical
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in isReady.yield() }, logger: logger)
        task = Task { try await application.run() }
        for await _ in ready { break }
    }

    deinit { task.cancel() }
}
