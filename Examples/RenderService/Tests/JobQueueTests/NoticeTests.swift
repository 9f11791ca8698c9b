// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing

@Suite("Notices of starts and ends", .timeLimit(.minutes(2)))
struct NoticeTests {
    /// Claims and completes all notices, and returns what they say.
    private func notices(_ queue: any JobQueue) async throws -> [String] {
        var all: [String] = []
        while let claim = try await queue.claim(for: "w", lane: .callbacks) {
            let notice = try #require(JobNotice(claim.job))
            #expect(claim.job.id == "\(notice.job).\(notice.notice.rawValue)" && claim.job.caller == "anna")
            all.append(claim.job.id)
            #expect(try await queue.complete(claim))
        }
        return all
    }

    @Test("A job that has notices is told of when it is begun and when it has ended", arguments: Backend.allCases)
    func both(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a", hasNotices: true))
            _ = try await queue.submit(render("quiet"))
            #expect(try await notices(queue).isEmpty)
            let claim = try #require(try await queue.claim(for: "w", lane: .rendering))
            #expect(try await notices(queue) == ["a.started"])
            // Trying it again is no other start.
            try await queue.release(claim, afterSeconds: 0, status: "", isAttempt: false)
            let quiet = try #require(try await queue.claim(for: "w", lane: .rendering))
            let again = try #require(try await queue.claim(for: "w", lane: .rendering))
            #expect(quiet.job.id == "quiet" && again.job.id == "a")
            for claim in [quiet, again] { #expect(try await queue.complete(claim)) }
            #expect(try await notices(queue) == ["a.ended"])
            #expect(try await !queue.complete(again))
            #expect(try await notices(queue).isEmpty)
        }
    }

    @Test("However a job ends, its end is told", arguments: Backend.allCases)
    func ends(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 1) { queue in
            func submit(_ id: String, after: [String] = []) async throws {
                _ = try await queue.submit(render(id, after: after, hasNotices: true))
            }
            try await submit("unwanted")
            _ = try await queue.cancel("unwanted")
            #expect(try await notices(queue) == ["unwanted.ended"], "it was never begun")

            try await submit("whole")
            try await submit("later", after: ["whole"])
            let claim = try #require(try await queue.claim(for: "w", lane: .rendering))
            try await queue.split(claim, into: [segment("part")], status: "")
            let part = try #require(try await queue.claim(for: "w", lane: .rendering))
            try await queue.finish(part, as: .failed, status: "bad")
            #expect(try await notices(queue) == ["whole.started", "whole.ended", "later.ended"])

            // Its worker dies after it was called off.
            try await submit("dead")
            _ = try #require(try await queue.claim(for: "w", lane: .rendering))
            _ = try await queue.cancel("dead")
            try await Task.sleep(for: .milliseconds(1200))
            #expect(try await queue.claim(for: "w", lane: .rendering) == nil)
            #expect(try await notices(queue) == ["dead.started", "dead.ended"])
        }
    }

    @Test("A job of the service's own has none", arguments: Backend.allCases)
    func own(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a", kind: .callback, hasNotices: true))
            #expect(JobNotice(try await queue.mustFind("a")) == nil)
            #expect(try await queue.complete(try await queue.mustClaim()))
            #expect(try await queue.claim(for: "w") == nil)
        }
    }
}
