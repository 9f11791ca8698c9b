// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing

@Suite("Splitting jobs", .timeLimit(.minutes(2)))
struct SplittingTests {
    @Test("A job waits for its parts, and is claimed again after them", arguments: Backend.allCases)
    func parts(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 0.5) { queue in
            _ = try await queue.submit(render("a"))
            let whole = try await queue.mustClaim()
            let new = [segment("p", units: 10), segment("q", units: 20), segment("q", units: 20)]
            #expect(try await queue.split(whole, into: new, status: "split"))
            #expect(try await queue.heartbeat(whole, status: nil) == .lost)
            var job = try await queue.mustFind("a")
            #expect(job.state == .running && job.parts == 2 && job.partsLeft == 2 && job.status == "split")
            #expect(try await queue.mustFind("p").parent == "a")
            let p = try await queue.mustClaim()
            let q = try await queue.mustClaim()
            #expect(p.job.id == "p" && p.job.parent == "a" && q.job.id == "q")
            #expect(try await queue.complete(p))
            job = try await queue.mustFind("a")
            #expect(job.partsLeft == 1 && job.unitsDone == 10 && job.state == .running)
            #expect(try await queue.heartbeat(q, status: nil) == .goOn)
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.complete(q))
            let again = try await queue.mustClaim()
            #expect(again.job.id == "a" && again.token != whole.token && again.job.partsLeft == 0)
            #expect(again.job.unitsDone == 30 && again.job.state == .running && again.job.attempts == 2)
            #expect(try await queue.complete(again))
            #expect(try await queue.mustFind("a").state == .completed)
        }
    }

    @Test("What was begun goes before what waits", arguments: Backend.allCases)
    func beforeOthers(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 30) { queue in
            for id in ["a", "b"] { _ = try await queue.submit(render(id)) }
            try await queue.split(
                try await queue.mustClaim(), into: [render("p", priority: .high, kind: .segment)], status: "")
            let part = try await queue.mustClaim()
            #expect(part.job.id == "p")
            #expect(try await queue.complete(part))
            let again = try await queue.mustClaim()
            #expect(again.job.id == "a" && again.job.priority == .high)
            #expect(try await queue.mustClaim().job.id == "b")
        }
    }

    @Test("A job that waits for its parts has no lease that ends", arguments: Backend.allCases)
    func patience(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 0.3) { queue in
            _ = try await queue.submit(render("a"))
            try await queue.split(try await queue.mustClaim(), into: [segment("p")], status: "")
            _ = try await queue.mustClaim()
            try await Task.sleep(for: .milliseconds(400))
            let part = try await queue.mustClaim()
            #expect(part.job.id == "p" && part.job.attempts == 2)
            #expect(try await queue.claim(for: "w") == nil)
        }
    }

    @Test("A part that fails fails the whole, and its siblings are called off", arguments: Backend.allCases)
    func failure(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            let names = ["p", "q", "r", "s"]
            try await queue.split(try await queue.mustClaim(), into: names.map { segment($0) }, status: "split")
            #expect(try await queue.complete(try await queue.mustClaim()))
            let q = try await queue.mustClaim()
            let r = try await queue.mustClaim()
            #expect(try await queue.finish(q, as: .failed, status: "bad frame"))
            let job = try await queue.mustFind("a")
            #expect(job.state == .failed && job.status == "bad frame" && job.finishedAt != nil)
            #expect(try await queue.mustFind("p").state == .completed)
            #expect(try await queue.mustFind("s").state == .cancelled)
            #expect(try await queue.heartbeat(r, status: nil) == .cancelled)
            #expect(try await queue.finish(r, as: .failed, status: "worse"))
            #expect(try await queue.job("a") == job)
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.unfinished(of: "anna") == 0)
        }
    }

    @Test("Parts that are completed already count as such", arguments: Backend.allCases)
    func earlier(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(segment("p", units: 7))
            #expect(try await queue.complete(try await queue.mustClaim()))
            _ = try await queue.submit(render("a"))
            try await queue.split(
                try await queue.mustClaim(), into: [segment("p"), segment("q", units: 2)], status: "")
            var job = try await queue.mustFind("a")
            #expect(job.parts == 2 && job.partsLeft == 1 && job.unitsDone == 7)
            #expect(try await queue.complete(try await queue.mustClaim()))
            // The job is split again, with no part left to wait for.
            try await queue.split(try await queue.mustClaim(), into: [segment("p"), segment("q")], status: "")
            job = try await queue.mustFind("a")
            #expect(job.parts == 2 && job.partsLeft == 0 && job.unitsDone == 9)
            let again = try await queue.mustClaim()
            #expect(again.job.id == "a")
            // The job is split again, with one more part.
            try await queue.split(again, into: [segment("p"), segment("q"), segment("r", units: 1)], status: "")
            #expect(try await queue.complete(try await queue.mustClaim()))
            let last = try await queue.mustClaim()
            #expect(last.job.id == "a" && last.job.parts == 3 && last.job.unitsDone == 10)
        }
    }

    @Test("A job without parts can be claimed at once", arguments: Backend.allCases)
    func none(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            try await queue.split(try await queue.mustClaim(), into: [], status: "")
            #expect(try await queue.mustClaim().job.id == "a")
        }
    }

    @Test("A name that another job has is refused, and nothing is changed", arguments: Backend.allCases)
    func taken(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            let claim = try await queue.mustClaim()
            _ = try await queue.submit(segment("q"))
            await #expect(throws: QueueError.self) {
                try await queue.split(claim, into: [segment("p"), segment("q")], status: "never")
            }
            #expect(try await queue.job("p") == nil)
            #expect(try await queue.job("a") == claim.job)
            #expect(try await queue.heartbeat(claim, status: nil) == .goOn)
        }
    }

    @Test("Parts can have parts", arguments: Backend.allCases)
    func nested(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            for end in [Job.State.completed, .failed] {
                let prefix = end.rawValue
                _ = try await queue.submit(render(prefix))
                try await queue.split(try await queue.mustClaim(), into: [segment(prefix + "p")], status: "")
                try await queue.split(try await queue.mustClaim(), into: [segment(prefix + "pp")], status: "")
                #expect(try await queue.finish(try await queue.mustClaim(), as: end, status: "end"))
                if end == .completed {
                    #expect(try await queue.complete(try await queue.mustClaim()))
                    #expect(try await queue.complete(try await queue.mustClaim()))
                }
                #expect(try await queue.mustFind(prefix).state == end)
                #expect(try await queue.claim(for: "w") == nil)
            }
        }
    }

    @Test("Parts that end at once end the whole once", arguments: Backend.allCases)
    func race(_ backend: Backend) async throws {
        try await backend.withQueues(2) { queues in
            _ = try await queues[0].submit(render("a"))
            let parts = (0..<40).map { segment("p\($0)", units: 1) }
            try await queues[0].split(try await queues[0].mustClaim(), into: parts, status: "")
            let wholes = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<6 {
                    let queue = queues[worker % 2]
                    group.addTask {
                        var wholes = 0
                        while try await !queue.mustFind("a").state.isFinal {
                            guard let claim = try await queue.claim(for: "w\(worker)") else { continue }
                            if claim.job.id == "a" { wholes += 1 }
                            #expect(try await queue.complete(claim))
                        }
                        return wholes
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(wholes == 1)
            #expect(try await queues[0].mustFind("a").unitsDone == 40)
        }
    }
}
