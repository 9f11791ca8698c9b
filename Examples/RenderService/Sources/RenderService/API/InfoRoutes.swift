// SPDX-License-Identifier: Apache-2.0

import Archive
import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Logging
import NIOCore
import NIOFoundationEssentialsCompat
import ObjectStorage

/// The routes for the web page, the API description, health and metrics.
struct InfoRoutes: Sendable {
    let workplace: Workplace
    let page: ByteBuffer
    let description: ByteBuffer

    init(_ workplace: Workplace) throws {
        self.workplace = workplace
        func resource(_ name: String, _ type: String) throws -> String {
            guard let url = Bundle.module.url(forResource: name, withExtension: type) else {
                throw ConfigurationError(
                    "\(name).\(type)", "is missing next to the program; copy its .resources folder as well")
            }
            return try String(contentsOf: url, encoding: .utf8)
        }
        page = ByteBuffer(string: try resource("index", "html"))
        description = ByteBuffer(string: try APIDescription.complete(try resource("openapi", "json")))
    }

    func add(to router: some RouterMethods<ServiceContext>) {
        router.get("/") { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
                    // Nothing is loaded from other origins except images and videos, which an object store may serve.
                    .contentSecurityPolicy:
                        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
                        + "img-src 'self' blob: data: https: http:; media-src 'self' blob: https: http:; base-uri 'none'; "
                        + "form-action 'none'; frame-ancestors 'none'",
                ], body: ResponseBody(byteBuffer: page))
        }
        router.get("/openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: description))
        }
        router.get("/health/live") { _, _ in try Response.json(["live": true]) }
        router.get("/health/ready") { _, _ in try await health(isWhole: false) }
        router.get("/health") { _, _ in try await health(isWhole: true) }
        router.get("/metrics") { _, _ in
            if let counts = try? await workplace.queue.counts() {
                Metric.queueWaiting.record(counts.waiting)
                Metric.queueClaimed.record(counts.claimed)
            }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: PrometheusMetrics.shared.text)))
        }
    }

    private struct Health: Encodable {
        let live = true
        let ready: Bool
        let checks: [String: String]
    }

    /// Returns whether the service is ready, which means that the queue and the store can be reached.
    ///
    /// The database is asked for the whole answer only: it may take seconds to be found unreachable, and a balancer that
    /// waits for less would take a ready service for another.
    private func health(isWhole: Bool) async throws -> Response {
        var checks = ["queue": "ok", "storage": "ok"]
        do { try await workplace.queue.check() } catch { checks["queue"] = "\(error)" }
        do { _ = try await workplace.store.info("health/check") } catch { checks["storage"] = "\(error)" }
        if let remote = workplace.remote { checks["remote"] = remote.isWell ? "ok" : "paused after failures" }
        if isWhole, let archive = workplace.archive {
            do { try await archive.database.check() } catch {
                checks["archive"] = "the database cannot be reached"
                workplace.logger.warning("the database cannot be reached", metadata: ["error": "\(error)"])
            }
            checks["archive"] = checks["archive"] ?? "ok"
        }
        // Records wait in the queue while the database is away. Without the remote renderer, jobs are rendered here.
        let ready = checks["queue"] == "ok" && checks["storage"] == "ok"
        return try .json(Health(ready: ready, checks: checks), status: ready ? .ok : .serviceUnavailable)
    }
}
