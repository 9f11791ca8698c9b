// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Logging
import NIOCore
import NIOWebSocket
import ServiceLifecycle
import Synchronization

/// The sockets on which callers follow their jobs, at `/jobs/socket`.
///
/// A caller is told the state of each unfinished job, and each change. What a slow caller has not read is replaced by
/// what is newer, so that nothing piles up.
struct JobSockets: Sendable {
    static let path = "/jobs/socket"

    let access: Access
    let presenter: JobPresenter
    let feeds: JobFeeds
    let logger: Logger
    /// How often a caller is asked for a sign of life, and after how long without one the socket is closed.
    var ping = Duration.seconds(20)
    var silence = Duration.seconds(60)
    /// How long a caller may take to say who it is.
    var patience = Duration.seconds(10)

    /// Returns whether a request becomes a socket; any other is answered by its route.
    ///
    /// A page of another site could otherwise use a service without credentials on its reader's machine.
    func accepts(_ request: SocketRequest) async -> Bool {
        guard request.path == Self.path else { return false }
        if access.isOpen { return !request.isForeign }
        guard request.hasCredentials else { return true }
        return await caller(request.authorization, request.apiKey) != nil
    }

    private func caller(_ authorization: String?, _ apiKey: String?) async -> String? {
        try? await access.caller(authorization: authorization, apiKey: apiKey)
    }

    /// Serves a socket until either side ends it, or the service stops.
    func serve(_ channel: SocketChannel.Frames, _ request: SocketRequest) async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                let session = SocketSession(outbound: outbound)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await session.read(inbound) }
                    group.addTask {
                        guard let code = await end(of: session, request) else { return }
                        await withTaskGroup(of: Void.self) { group in
                            // A caller that does not read holds this up.
                            group.addTask { await session.close(code) }
                            // It answers with an end of its own, which the reader waits for.
                            try? await Task.sleep(for: .seconds(2))
                            group.cancelAll()
                        }
                    }
                    await group.next()
                    group.cancelAll()
                }
            }
        } catch { logger.debug("a socket ended", metadata: ["error": "\(error)"]) }
    }

    /// Serves a socket, and returns the code to end it with, or `nil` if it is gone.
    private func end(of session: SocketSession, _ request: SocketRequest) async -> WebSocketErrorCode? {
        await withTaskGroup(of: WebSocketErrorCode?.self) { group in
            group.addTask { await follow(session, request) }
            group.addTask { await session.ping(every: ping) }
            group.addTask { await session.silence(of: silence) }
            group.addTask { await session.violation() }
            let code = await group.next() ?? nil
            group.cancelAll()
            return code
        }
    }

    /// What a caller says first, if its request did not.
    private struct Hello: Decodable {
        var token: String?
        var lastEventId: String?
    }

    /// Tells a caller of its jobs, and returns why it ends.
    private func follow(_ session: SocketSession, _ request: SocketRequest) async -> WebSocketErrorCode? {
        var last = request.lastEvent
        var name: String?
        if access.isOpen || request.hasCredentials {
            name = await caller(request.authorization, request.apiKey)
        } else {
            guard let text = await first(of: session.messages),
                let hello = try? JSONDecoder().decode(Hello.self, from: Data(text.utf8)), let token = hello.token
            else { return .policyViolation }
            name = await caller("Bearer \(token)", nil)
            last = hello.lastEventId ?? last
        }
        guard let name else { return .policyViolation }
        var told = ToldJobs(after: last)
        logger.debug("a socket follows jobs", metadata: ["caller": "\(name)"])
        for await jobs in await feeds.jobs(of: name).cancelOnGracefulShutdown() {
            for (job, event) in told.news(in: jobs) {
                let view = await presenter.view(of: job)
                guard let text = Self.message(view, event), (try? await session.send(text)) != nil else { return nil }
            }
        }
        return Task.isCancelled ? nil : .goingAway
    }

    private func first(of messages: AsyncStream<String>) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                for await message in messages { return message }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private struct Message: Encodable {
        let event = "status"
        let id: String
        let data: JobView
    }

    private static func message(_ view: JobView, _ event: String) -> String? {
        (try? JobPresenter.encoder.encode(Message(id: event, data: view))).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What a caller has been told of its jobs.
struct ToldJobs: Sendable {
    private var told: [String: Job] = [:]
    /// The end of the newest job that the caller has been told of, in microseconds.
    private var newest: Int64
    private var isFirst = true

    /// How far back it begins before an event, in microseconds: an end may be recorded after one that is a little later.
    private static let overlap: Int64 = 5_000_000

    /// Begins after an event, whose name is the time of an end; without one, what has ended before is not told.
    init(after event: String?) {
        newest = event.flatMap { Int64($0) }.map { max(0, max(0, $0) - Self.overlap) } ?? .max
    }

    /// Returns the jobs to tell of and the names of the events, ends first and in their order.
    mutating func news(in jobs: [Job]) -> [(Job, event: String)] {
        func end(of job: Job) -> Int64 {
            Int64(((job.finishedAt ?? .distantPast).timeIntervalSince1970 * 1e6).rounded())
        }
        let after = newest
        if newest == .max { newest = jobs.filter(\.state.isFinal).map(end).max() ?? 0 }
        var news: [(Job, event: String)] = []
        for job in jobs.filter(\.state.isFinal).sorted(by: { end(of: $0) < end(of: $1) }) {
            // A job that was being followed is told of, whatever the clocks say.
            guard told[job.id] != job, told[job.id] != nil || (isFirst ? end(of: job) > after : true) else { continue }
            newest = max(newest, end(of: job))
            news.append((job, String(newest)))
        }
        for job in jobs.reversed() where !job.state.isFinal && told[job.id] != job {
            news.append((job, String(newest)))
        }
        told = Dictionary(jobs.map { ($0.id, $0) }) { $1 }
        isFirst = false
        return news
    }
}
