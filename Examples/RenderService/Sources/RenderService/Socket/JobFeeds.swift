// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Logging

/// The newest jobs of each caller that somebody follows, asked for once however many follow them.
actor JobFeeds {
    private struct Feed {
        var listeners: [UUID: AsyncStream<[Job]>.Continuation] = [:]
        var last: [Job]?
        var task: Task<Void, Never>?
    }

    private let queue: any JobQueue
    private let logger: Logger
    private let pause: Duration
    private var feeds: [String: Feed] = [:]
    /// How many jobs of a caller are followed.
    private static let limit = 200

    init(queue: any JobQueue, logger: Logger, pause: Duration = .milliseconds(200)) {
        self.queue = queue
        self.logger = logger
        self.pause = pause
    }

    /// Returns a caller's newest jobs whenever they have changed; who is slow gets the last of several changes.
    func jobs(of caller: String) -> AsyncStream<[Job]> {
        let id = UUID()
        let (stream, listener) = AsyncStream.makeStream(of: [Job].self, bufferingPolicy: .bufferingNewest(1))
        listener.onTermination = { _ in Task { await self.remove(id, of: caller) } }
        var feed = feeds[caller] ?? Feed()
        feed.listeners[id] = listener
        if let last = feed.last { listener.yield(last) }
        if feed.task == nil {
            feed.task = Task {
                while !Task.isCancelled {
                    await self.look(at: caller)
                    try? await Task.sleep(for: pause)
                }
            }
        }
        feeds[caller] = feed
        return stream
    }

    /// The number of callers who are followed.
    var count: Int { feeds.count }

    private func remove(_ id: UUID, of caller: String) {
        feeds[caller]?.listeners[id] = nil
        guard let feed = feeds[caller], feed.listeners.isEmpty else { return }
        feed.task?.cancel()
        feeds[caller] = nil
    }

    private func look(at caller: String) async {
        do {
            let jobs = try await queue.recent(of: caller, limit: Self.limit)
            guard let feed = feeds[caller], feed.last != jobs else { return }
            feeds[caller]?.last = jobs
            for listener in feed.listeners.values { listener.yield(jobs) }
        } catch { logger.debug("jobs cannot be followed", metadata: ["error": "\(error)"]) }
    }
}
