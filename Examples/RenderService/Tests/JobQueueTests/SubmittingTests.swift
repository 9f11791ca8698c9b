// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing

@Suite("Taking jobs in", .timeLimit(.minutes(2)))
struct SubmittingTests {
    @Test("A job is as it was asked for", arguments: Backend.allCases)
    func asAsked(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            let new = render("a", caller: "anna", generationID: "g", priority: .high, payload: "p", units: 3)
            let job = try await queue.submit(new)
            #expect(job.id == "a" && job.kind == .render && job.caller == "anna" && job.generationID == "g")
            #expect(job.priority == .high && job.payload == "p" && job.units == 3 && job.parent == nil)
            #expect(job.state == .queued && job.attempts == 0 && job.status == "" && !job.isCancelRequested)
            #expect(job.startedAt == nil && job.finishedAt == nil)
            #expect(abs(job.createdAt.timeIntervalSinceNow) < 30)
            #expect(try await queue.job("a") == job)
            #expect(try await queue.job("b") == nil)
        }
    }

    @Test("A name that there is gives the job there is", arguments: Backend.allCases)
    func sameName(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            let first = try await queue.submit(render("a", payload: "first"))
            #expect(try await queue.submit(render("a", payload: "second")) == first)
            let claim = try await queue.mustClaim()
            #expect(try await queue.submit(render("a")).state == .running)
            #expect(try await queue.complete(claim))
            #expect(try await queue.submit(render("a")).state == .completed)
            #expect(try await queue.claim(for: "w") == nil)
        }
    }

    @Test("A generation ID that there is gives the job there is, whoever asks", arguments: Backend.allCases)
    func sameGeneration(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            let first = try await queue.submit(render("a", caller: "anna", generationID: "g"))
            #expect(try await queue.submit(render("b", caller: "anna", generationID: "g")) == first)
            #expect(try await queue.submit(render("c", caller: "bert", generationID: "g")) == first)
            #expect(try await queue.job("b") == nil)
            #expect(try await queue.job(generationID: "g") == first)
            #expect(try await queue.job(generationID: "h") == nil)
            #expect(try await queue.unfinished(of: "bert") == 0)
            #expect(try await queue.submit(render("d", generationID: "")).id == "d")
            #expect(try await queue.submit(render("e", generationID: "")).id == "d")
        }
    }

    @Test("Fifty who ask at once for the same get one job", arguments: Backend.allCases)
    func race(_ backend: Backend) async throws {
        try await backend.withQueues(2) { queues in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<50 {
                    let queue = queues[index % 2]
                    group.addTask { try await queue.submit(render(generationID: "g")).id }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            _ = try await queues[0].mustClaim()
            #expect(try await queues[1].claim(for: "w") == nil)
        }
    }

    @Test("Payloads and statuses come back as they were", arguments: Backend.allCases)
    func payloads(_ backend: Backend) async throws {
        let texts = [
            "", "ä€😀 e\u{301}", "{\"a\":[],\"n\":12345678901234567890,\"f\":1e-7}", "\r\n$5\r\n*1\u{1}\u{7f}\u{fffd}",
            String(repeating: "0123456789abcdéf", count: 65_536),
        ]
        try await backend.withQueue { queue in
            for text in texts {
                let job = try await queue.submit(render(generationID: text.prefix(40) + "g", payload: text))
                #expect(job.payload == text)
                let claim = try await queue.mustClaim()
                #expect(claim.job.payload == text)
                #expect(try await queue.heartbeat(claim, status: text) == .goOn)
                #expect(try await queue.mustFind(job.id).status == text)
                #expect(try await queue.finish(claim, as: .failed, status: text))
                #expect(try await queue.mustFind(job.id).status == text)
                #expect(try await queue.recent(of: "anna", limit: 1).first?.payload == text)
            }
        }
    }

    @Test("A caller's newest jobs come first, without those of the service's own kinds", arguments: Backend.allCases)
    func recent(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            for id in ["a", "b"] { _ = try await queue.submit(render(id)) }
            _ = try await queue.submit(render("c", kind: .generate))
            _ = try await queue.submit(render("x", caller: "bert"))
            _ = try await queue.submit(render("y", kind: .callback))
            #expect(try await queue.recent(of: "anna", limit: 10).map(\.id) == ["c", "b", "a"])
            #expect(try await queue.recent(of: "anna", limit: 2).map(\.id) == ["c", "b"])
            #expect(try await queue.recent(of: "anna", limit: 0).isEmpty)
            #expect(try await queue.recent(of: "carl", limit: 10).isEmpty)
            #expect(try await queue.unfinished(of: "anna") == 3)
            #expect(try await queue.complete(try await queue.mustClaim()))
            _ = try await queue.cancel("b")
            #expect(try await queue.unfinished(of: "anna") == 1)
            #expect(try await queue.recent(of: "anna", limit: 10).map(\.state) == [.queued, .cancelled, .completed])
        }
    }

    @Test("It is known how many wait and how many are claimed", arguments: Backend.allCases)
    func counts(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            #expect(try await queue.counts() == QueueCounts())
            for id in ["a", "b", "c", "d"] { _ = try await queue.submit(render(id)) }
            #expect(try await queue.counts() == QueueCounts(waiting: 4))
            let a = try await queue.mustClaim()
            let b = try await queue.mustClaim()
            let c = try await queue.mustClaim()
            #expect(try await queue.counts() == QueueCounts(waiting: 1, claimed: 3))
            try await queue.release(a, afterSeconds: 60, status: nil, isAttempt: true)
            try await queue.split(b, into: [segment("b1"), segment("b2")], status: "")
            #expect(try await queue.counts() == QueueCounts(waiting: 4, claimed: 1))
            #expect(try await queue.complete(c))
            _ = try await queue.cancel("d")
            _ = try await queue.cancel("a")
            #expect(try await queue.counts() == QueueCounts(waiting: 2))
            _ = try await queue.cancel("b")
            #expect(try await queue.counts() == QueueCounts())
        }
    }

    @Test("What ended is forgotten, and its generation ID is free again", arguments: Backend.allCases)
    func forget(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a", generationID: "g"))
            _ = try await queue.submit(render("b"))
            #expect(try await queue.complete(try await queue.mustClaim()))
            try await queue.forget(endedBefore: 3600)
            #expect(try await queue.job("a") != nil)
            try await queue.forget(endedBefore: 0)
            #expect(try await queue.job("a") == nil)
            #expect(try await queue.job(generationID: "g") == nil)
            #expect(try await queue.recent(of: "anna", limit: 9).map(\.id) == ["b"])
            #expect(try await queue.submit(render("c", generationID: "g")).id == "c")
            #expect(try await queue.mustClaim().job.id == "b")
        }
    }

    @Test("Completed parts are kept for as long as the whole has not ended", arguments: Backend.allCases)
    func forgetParts(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            try await queue.split(try await queue.mustClaim(), into: [segment("p"), segment("q")], status: "")
            #expect(try await queue.complete(try await queue.mustClaim()))
            try await queue.forget(endedBefore: 0)
            #expect(try await queue.job("p") != nil)
            #expect(try await queue.complete(try await queue.mustClaim()))
            #expect(try await queue.complete(try await queue.mustClaim()))
            try await queue.forget(endedBefore: 0)
            for id in ["a", "p", "q"] { #expect(try await queue.job(id) == nil) }
        }
    }

    @Test("Calls of a cancelled task are carried out", arguments: Backend.allCases)
    func cancelledTask(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            let task = Task { () async throws -> Bool in
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await queue.submit(render("a"))
                let claim = try await queue.mustClaim()
                return try await queue.release(claim, afterSeconds: 0, status: nil, isAttempt: false)
            }
            let isReleased = try await task.value
            #expect(isReleased)
            #expect(try await queue.mustFind("a").state == .queued)
        }
    }
}
