// SPDX-License-Identifier: Apache-2.0

import Compose
import CoreMetrics
import Encoders
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOCore
import ObjectStorage
import ServiceLifecycle

/// The routes for submitting, watching and cancelling jobs.
struct JobRoutes: Sendable {
    let workplace: Workplace
    let presenter: JobPresenter
    let desk: RequestDesk

    func add(to router: some RouterMethods<ServiceContext>) {
        router.post("/render") { try await submit($0, $1, .here) }
        router.post("/render/auto") { try await submit($0, $1, .auto) }
        router.post("/render/remote") { try await submit($0, $1, .remote) }
        // This is the former name of the route.
        router.post("/render/modal") { try await submit($0, $1, .remote) }
        // The routes of compose engines behind a web front end, which know a job by its generation ID.
        let place = RenderTask.Place(workplace.configuration.remoteUse)
        router.post("/api/v1/compose/render") { try await submit($0, $1, place, isCompose: true) }
        router.get("/api/v1/compose/{id}/status") { _, context in
            try Response.json(try await view(of: try await desk.jobOrGeneration(context)))
        }
        router.get("/jobs") { try await list($0, $1) }
        router.post("/jobs") { try await submitAny($0, $1) }
        router.get("/jobs/socket") { _, _ -> Response in
            throw APIError(
                .upgradeRequired, "upgradeRequired", "connect with a WebSocket, from a page of this site",
                headers: [.upgrade: "websocket"])
        }
        router.get("/job/{id}/status") { try await status($0, $1) }
        router.get("/job/{id}/events") { try await events($0, $1) }
        router.delete("/job/{id}") { try await cancel($0, $1) }
    }

    private struct Accepted: Encodable {
        let id: String
        let state: String
        let generationId: String?
        let statusURL: String
        let eventsURL: String
        let outputURL: String
    }

    private func submit(
        _ request: Request, _ context: ServiceContext, _ place: RenderTask.Place, isCompose: Bool = false
    ) async throws -> Response {
        let wanted = try await desk.read(request)
        if isCompose, workplace.configuration.asksByEvent {
            return try accepted(try await desk.ask(wanted, of: context.caller), isCompose)
        }
        return try accepted(try await desk.submit(wanted, of: context.caller, place), isCompose)
    }

    /// Submits a job of any kind.
    private func submitAny(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let wanted = try await problems { try await desk.readJob(request) }
        if wanted.kind == .render { return try accepted(try await desk.submit(wanted, of: context.caller), false) }
        return try accepted(try await problems { try await desk.submit(wanted, of: context.caller) }, false)
    }

    /// Runs a closure whose problems are not those of an edit.
    private func problems<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as ComposeProblems {
            throw APIError(
                .badRequest, "invalidJob", error.problems.map(\.description).joined(separator: "\n"),
                problems: error.problems)
        }
    }

    /// Returns the response to a request that has become a job.
    func accepted(_ job: Job, _ isCompose: Bool) throws -> Response {
        let asked = job.eventRequest
        let name = asked?.generationID ?? job.generationID
        let base = "/job/\(asked == nil ? job.id : name ?? job.id)"
        let status = isCompose ? "/api/v1/compose/\(name ?? job.id)/status" : base + "/status"
        var response = try Response.json(
            Accepted(
                id: asked == nil ? job.id : name ?? job.id,
                state: asked == nil ? job.state.rawValue : JobPresenter.state(ofRequest: job).rawValue,
                generationId: name, statusURL: status,
                eventsURL: base + "/events", outputURL: base + "/output"), status: .accepted)
        response.headers[.location] = status
        return response
    }

    private func status(_ request: Request, _ context: ServiceContext) async throws -> Response {
        try .json(try await view(of: try await desk.job(context)))
    }

    /// Returns a job with the state of its callbacks.
    private func view(of job: Job) async throws -> JobView {
        var callbacks: [Job] = []
        if RenderTask.mayHaveCallbacks(job, workplace.configuration) {
            for name in Callbacks.names(of: job) {
                if let callback = try await workplace.queue.job(name) { callbacks.append(callback) }
            }
        }
        return await presenter.view(of: job, callbacks: callbacks)
    }

    private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct List: Encodable { let jobs: [JobView] }
        let limit = request.uri.queryParameters["limit"].flatMap { Int($0) } ?? 20
        let jobs = try await workplace.queue.recent(of: context.caller, limit: min(max(limit, 1), 100))
        var views: [JobView] = []
        for job in jobs { views.append(await presenter.view(of: job)) }
        return try .json(List(jobs: views))
    }

    private func cancel(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let job = try await desk.job(context)
        guard let now = try await workplace.queue.cancel(job.id) else { throw RequestDesk.noSuchJob }
        if now.state == .cancelled, !job.state.isFinal { Metric.jobs(now.state.rawValue).increment() }
        return try .json(try await view(of: now))
    }

    /// Streams the status as server-sent events whenever it changes, until the job has ended.
    private func events(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let first = try await desk.job(context)
        let body = ResponseBody { writer in
            var job = first
            var last = ""
            var said = ContinuousClock.now - .seconds(1)
            while true {
                let silence = said.duration(to: .now)
                // Progress is sent a few times a second at most; the end of the job is sent immediately.
                if silence > .milliseconds(240) || job.state.isFinal {
                    let text = String(decoding: try JobPresenter.encoder.encode(try await view(of: job)), as: UTF8.self)
                    if text != last {
                        try await writer.write(ByteBuffer(string: "event: status\ndata: \(text)\n\n"))
                        last = text
                        said = .now
                    } else if silence > .seconds(10) {
                        // Proxies close idle connections, and only writing reveals that the client has disconnected.
                        try await writer.write(ByteBuffer(string: ": still here\n\n"))
                        said = .now
                    }
                }
                if job.state.isFinal || Task.isShuttingDownGracefully { break }
                try await Task.sleep(for: .milliseconds(80))
                guard let next = try await workplace.queue.job(job.id) else { break }
                job = next
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no"], body: body)
    }
}

extension HTTPField.Name {
    static let xAccelBuffering = known("X-Accel-Buffering")
}

extension RenderTask {
    var text: String { get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) } }

    static func mayHaveCallbacks(_ job: Job, _ configuration: Configuration) -> Bool {
        configuration.events != nil || job.payload.contains("\"callbackURL\"")
    }
}
