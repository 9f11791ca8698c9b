// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing

@Suite("Calling jobs off", .timeLimit(.minutes(2)))
struct CancellingTests {
    @Test("A job nobody works on is cancelled at once", arguments: Backend.allCases)
    func queued(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            #expect(try await queue.cancel("none") == nil)
            _ = try await queue.submit(render("a"))
            let job = try #require(try await queue.cancel("a"))
            #expect(job.state == .cancelled && job.finishedAt != nil)
            #expect(try await queue.cancel("a") == job)
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.counts() == QueueCounts())
        }
    }

    @Test("So is one that waits to be tried again", arguments: Backend.allCases)
    func delayed(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            try await queue.release(try await queue.mustClaim(), afterSeconds: 0.1, status: "s", isAttempt: true)
            let job = try await queue.cancel("a")
            #expect(job?.state == .cancelled && job?.status == "s")
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await queue.claim(for: "w") == nil)
        }
    }

    @Test("Whoever works on a job is told", arguments: Backend.allCases)
    func running(_ backend: Backend) async throws {
        try await backend.withQueues(2) { queues in
            _ = try await queues[0].submit(render("a"))
            let claim = try await queues[0].mustClaim()
            let job = try await queues[1].cancel("a")
            #expect(job?.state == .running && job?.isCancelRequested == true)
            #expect(try await queues[0].heartbeat(claim, status: nil) == .cancelled)
            #expect(try await queues[0].heartbeat(claim, status: nil) == .cancelled)
            #expect(try await queues[0].finish(claim, as: .cancelled, status: "off"))
            #expect(try await queues[1].mustFind("a").state == .cancelled)
        }
    }

    @Test("One whose worker dies ends as cancelled", arguments: Backend.allCases)
    func dead(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 0.3) { queue in
            _ = try await queue.submit(render("a"))
            let claim = try await queue.mustClaim()
            _ = try await queue.cancel("a")
            try await Task.sleep(for: .milliseconds(400))
            #expect(try await queue.claim(for: "other") == nil)
            #expect(try await queue.mustFind("a").state == .cancelled)
            #expect(try await queue.heartbeat(claim, status: nil) == .lost)
        }
    }

    @Test("One whose worker has died already is cancelled at once", arguments: Backend.allCases)
    func expired(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 0.3) { queue in
            _ = try await queue.submit(render("a"))
            _ = try await queue.mustClaim()
            try await Task.sleep(for: .milliseconds(400))
            #expect(try await queue.cancel("a")?.state == .cancelled)
            #expect(try await queue.claim(for: "other") == nil)
        }
    }

    @Test("One that was called off and is given back ends as cancelled", arguments: Backend.allCases)
    func givenBack(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            for id in ["a", "b"] {
                _ = try await queue.submit(render(id))
                let claim = try await queue.mustClaim()
                _ = try await queue.cancel(id)
                if id == "a" {
                    #expect(try await queue.release(claim, afterSeconds: 0, status: "s", isAttempt: true))
                } else {
                    #expect(try await queue.split(claim, into: [segment("p")], status: "s"))
                }
                let job = try await queue.mustFind(id)
                #expect(job.state == .cancelled && job.status == "s")
            }
            #expect(try await queue.job("p") == nil)
            #expect(try await queue.claim(for: "w") == nil)
        }
    }

    @Test("With a job its parts are called off, and who works on one is told", arguments: Backend.allCases)
    func parts(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            try await queue.split(try await queue.mustClaim(), into: ["p", "q", "r"].map { segment($0) }, status: "")
            let p = try await queue.mustClaim()
            #expect(try await queue.complete(p))
            let q = try await queue.mustClaim()
            #expect(try await queue.cancel("a")?.state == .cancelled)
            #expect(try await queue.mustFind("p").state == .completed)
            #expect(try await queue.mustFind("q").state == .running)
            #expect(try await queue.mustFind("r").state == .cancelled)
            #expect(try await queue.heartbeat(q, status: nil) == .cancelled)
            #expect(try await queue.complete(q))
            let job = try await queue.mustFind("a")
            #expect(job.state == .cancelled && job.partsLeft == 2)
            #expect(try await queue.claim(for: "w") == nil)
        }
    }

    @Test("A part that is called off takes the whole with it", arguments: Backend.allCases)
    func part(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            try await queue.split(try await queue.mustClaim(), into: ["p", "q"].map { segment($0) }, status: "s")
            #expect(try await queue.cancel("q")?.state == .cancelled)
            #expect(try await queue.mustFind("a").state == .cancelled)
            #expect(try await queue.mustFind("a").status == "s")
            #expect(try await queue.mustFind("p").state == .cancelled)
        }
    }
}
