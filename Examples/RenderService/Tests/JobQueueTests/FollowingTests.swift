// SPDX-License-Identifier: Apache-2.0

import JobQueue
import Testing

@Suite("Jobs that follow others", .timeLimit(.minutes(2)))
struct FollowingTests {
    @Test("A job waits until all that it follows are completed", arguments: Backend.allCases)
    func waits(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            for id in ["a", "b"] { _ = try await queue.submit(render(id, generationID: "g-\(id)", kind: .generate)) }
            // Names may be the caller's own, and occur twice.
            let film = try await queue.submit(render("film", after: ["g-a", "b", "a"]))
            #expect(film.after == ["a", "b"] && film.state == .queued)
            #expect(try await queue.mustFind("film") == film)
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.counts().waiting == 2, "what cannot be claimed yet is not waiting for a worker")
            #expect(try await queue.unfinished(of: "anna") == 3)
            let a = try #require(try await queue.claim(for: "w", lane: .kind(.generate)))
            #expect(try await queue.complete(a))
            #expect(try await queue.claim(for: "w") == nil)
            let b = try #require(try await queue.claim(for: "w", lane: .kind(.generate)))
            #expect(try await queue.complete(b))
            let claim = try await queue.mustClaim()
            #expect(claim.job.id == "film" && claim.job.after == ["a", "b"] && claim.job.attempts == 1)
            #expect(try await queue.complete(claim))
        }
    }

    @Test("Who waits for work is woken when a job may go on", arguments: Backend.allCases)
    func wakes(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a", kind: .generate))
            _ = try await queue.submit(render("b", after: ["a"]))
            let claim = try #require(try await queue.claim(for: "w", lane: .kind(.generate)))
            async let next = queue.nextClaim()
            #expect(try await queue.complete(claim))
            #expect(try await next.job.id == "b")
        }
    }

    @Test("A job whose predecessors are completed already can be claimed at once", arguments: Backend.allCases)
    func late(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            #expect(try await queue.complete(try await queue.mustClaim()))
            _ = try await queue.submit(render("b", after: ["a"]))
            #expect(try await queue.mustClaim().job.id == "b")
        }
    }

    @Test(
        "When a job fails or is cancelled, all that follow it fail, and name it",
        arguments: Backend.allCases, [Job.State.failed, .cancelled])
    func fails(_ backend: Backend, _ end: Job.State) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a", generationID: "first"))
            _ = try await queue.submit(render("other"))
            _ = try await queue.submit(render("b", after: ["other", "a"]))
            _ = try await queue.submit(render("c", after: ["b"]))
            let claim = try await queue.mustClaim()
            try await queue.finish(claim, as: end, status: "broken")
            for id in ["b", "c"] {
                let job = try await queue.mustFind(id)
                #expect(job.state == .failed && job.endedBy == "first" && job.finishedAt != nil)
                #expect(job.startedAt == nil && job.attempts == 0 && job.status == "")
            }
            #expect(try await queue.mustFind("a").endedBy == nil)
            // So does what is submitted later, and what it does not follow goes on.
            let late = try await queue.submit(render("late", after: ["c"]))
            #expect(late.state == .failed && late.endedBy == "first")
            #expect(try await queue.mustClaim().job.id == "other")
            #expect(try await queue.unfinished(of: "anna") == 1)
        }
    }

    @Test("A job that waits can be cancelled, and stays so", arguments: Backend.allCases)
    func cancelled(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            _ = try await queue.submit(render("b", after: ["a"]))
            _ = try await queue.submit(render("c", after: ["b"]))
            #expect(try await queue.cancel("b")?.state == .cancelled)
            #expect(try await queue.mustFind("c").endedBy == "b")
            #expect(try await queue.complete(try await queue.mustClaim()))
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.mustFind("b").state == .cancelled)
        }
    }

    @Test("A job that is tried again holds up those that follow it until it ends", arguments: Backend.allCases)
    func retried(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            _ = try await queue.submit(render("b", priority: .high, after: ["a"]))
            try await queue.release(try await queue.mustClaim(), afterSeconds: 0, status: "", isAttempt: true)
            let claim = try await queue.mustClaim()
            #expect(claim.job.id == "a" && claim.job.attempts == 2)
            try await queue.split(claim, into: [segment("p")], status: "")
            #expect(try await queue.complete(try await queue.mustClaim()), "its part")
            let whole = try await queue.mustClaim()
            #expect(whole.job.id == "a")
            #expect(try await queue.complete(whole))
            #expect(try await queue.mustClaim().job.id == "b")
        }
    }

    @Test("A part that fails fails what follows the whole", arguments: Backend.allCases)
    func parts(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            _ = try await queue.submit(render("b", after: ["a"]))
            try await queue.split(try await queue.mustClaim(), into: [segment("p"), segment("q")], status: "")
            try await queue.finish(try await queue.mustClaim(), as: .failed, status: "bad frame")
            #expect(try await queue.mustFind("a").status == "bad frame")
            #expect(try await queue.mustFind("b").endedBy == "a")
            #expect(try await queue.mustFind("b").status == "", "the reason is that of the other job")
        }
    }

    @Test(
        "What there is not, what is another caller's, and what callers do not submit cannot be followed",
        arguments: Backend.allCases)
    func refused(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a", caller: "bert", generationID: "g"))
            _ = try await queue.submit(render("c", kind: .callback))
            _ = try await queue.submit(render("s", kind: .segment))
            _ = try await queue.submit(render("mine"))
            for name in ["nobody", "a", "g", "c", "s", "new", "x-1"] {
                // A job cannot follow itself, because it must be there first.
                await #expect(throws: QueueError.unknownJob(name)) {
                    try await queue.submit(render("new", generationID: "x-1", after: ["mine", name]))
                }
                #expect(try await queue.job("new") == nil)
            }
            // The same name again is the same job, whatever it is to follow.
            _ = try await queue.submit(render("new", after: ["mine"]))
            #expect(try await queue.submit(render("new", after: ["nobody"])).after == ["mine"])
        }
    }

    @Test("A line of three thousand jobs ends at once", arguments: Backend.allCases)
    func long(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("0"))
            for number in 1..<3000 { _ = try await queue.submit(render("\(number)", after: ["\(number - 1)"])) }
            _ = try await queue.cancel("0")
            #expect(try await queue.mustFind("2999").endedBy == "0")
            #expect(try await queue.unfinished(of: "anna") == 0)
        }
    }

    @Test("A job that thousands follow, with large payloads, ends without reading these", arguments: Backend.allCases)
    func wide(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            let payload = String(repeating: "x", count: 200_000)
            _ = try await queue.submit(render("a"))
            _ = try await queue.submit(render("b"))
            for number in 0..<1000 {
                _ = try await queue.submit(render("f\(number)", payload: payload, after: ["a", "b"]))
            }
            let claims = [try await queue.mustClaim(), try await queue.mustClaim()]
            #expect(try await queue.complete(claims[0]))
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.complete(claims[1]))
            #expect(try await queue.counts() == QueueCounts(waiting: 1000))
            #expect(try await queue.mustClaim().job.id == "f0", "in the order of submission")
        }
    }

    @Test("What is followed is not forgotten before that which follows it has ended", arguments: Backend.allCases)
    func forgotten(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            _ = try await queue.submit(render("b", after: ["a"]))
            #expect(try await queue.complete(try await queue.mustClaim()))
            try await queue.forget(endedBefore: 0)
            #expect(try await queue.job("a") != nil)
            #expect(try await queue.complete(try await queue.mustClaim()))
            try await queue.forget(endedBefore: 0)
            for id in ["a", "b"] { #expect(try await queue.job(id) == nil) }
            await #expect(throws: QueueError.unknownJob("a")) { try await queue.submit(render("c", after: ["a"])) }
        }
    }
}
