// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing

@Suite("Claiming jobs", .timeLimit(.minutes(2)))
struct ClaimingTests {
    @Test("The highest priority goes first, and of one priority what came first", arguments: Backend.allCases)
    func order(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            for (id, priority) in [
                ("l1", Job.Priority.low), ("n1", .normal), ("h1", .high), ("l2", .low), ("n2", .normal), ("h2", .high),
            ] { _ = try await queue.submit(render(id, priority: priority)) }
            var ids: [String] = []
            while let claim = try await queue.claim(for: "w") { ids.append(claim.job.id) }
            #expect(ids == ["h1", "h2", "n1", "n2", "l1", "l2"])
        }
    }

    @Test("Callbacks have a lane of their own, whatever their priority", arguments: Backend.allCases)
    func lanes(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 0.4) { queue in
            _ = try await queue.submit(render("r", priority: .low))
            _ = try await queue.submit(render("s", kind: .segment))
            for (id, priority) in [("c1", Job.Priority.low), ("c2", .high)] {
                _ = try await queue.submit(render(id, priority: priority, kind: .callback))
            }
            #expect(try await queue.counts() == QueueCounts(waiting: 4))
            #expect(try await queue.claim(for: "w", lane: .callbacks)?.job.id == "c1")
            let c2 = try #require(try await queue.claim(for: "w", lane: .callbacks))
            #expect(try await queue.complete(c2))
            #expect(try await queue.claim(for: "w", lane: .rendering)?.job.id == "s")
            #expect(try await queue.claim(for: "w", lane: .rendering)?.job.id == "r")
            try await Task.sleep(for: .milliseconds(500))
            // An expired claim in one lane does not wake those that wait for the other.
            for id in ["s", "r"] {
                let claim = try await queue.claim(for: "w", lane: .rendering)
                #expect(claim?.job.id == id)
                if let claim { #expect(try await queue.complete(claim)) }
            }
            let start = ContinuousClock.now
            await queue.waitForWork(seconds: 0.2, lane: .rendering)
            #expect(ContinuousClock.now - start >= .milliseconds(190))
            #expect(try await queue.claim(for: "w", lane: .callbacks)?.job.id == "c1")
        }
    }

    @Test("A claimed job runs, and nobody else gets it", arguments: Backend.allCases)
    func claimed(_ backend: Backend) async throws {
        try await backend.withQueues(2) { queues in
            _ = try await queues[0].submit(render("a"))
            let claim = try await queues[1].mustClaim()
            #expect(claim.job.state == .running && claim.job.attempts == 1 && claim.job.startedAt != nil)
            #expect(try await queues[0].job("a") == claim.job)
            #expect(try await queues[0].claim(for: "other") == nil)
        }
    }

    @Test("A claim that is not renewed is taken over, and is no longer good", arguments: Backend.allCases)
    func takeover(_ backend: Backend) async throws {
        try await backend.withQueues(2, lease: 0.3) { queues in
            _ = try await queues[0].submit(render("a"))
            let old = try await queues[0].mustClaim("dead")
            _ = try await queues[0].heartbeat(old, status: "half")
            let new = try await queues[1].nextClaim("alive")
            #expect(new.job.id == "a" && new.token != old.token && new.job.attempts == 2)
            #expect(new.job.status == "half" && new.job.startedAt == old.job.startedAt)
            let before = try await queues[0].job("a")
            #expect(try await queues[0].heartbeat(old, status: "stale") == .lost)
            #expect(try await !queues[0].complete(old))
            #expect(try await !queues[0].release(old, afterSeconds: 0, status: "stale", isAttempt: false))
            #expect(try await !queues[0].split(old, into: [segment("never")], status: "stale"))
            #expect(try await queues[0].job("a") == before)
            #expect(try await queues[0].job("never") == nil)
        }
    }

    @Test("A claim that is renewed lasts", arguments: Backend.allCases)
    func renewed(_ backend: Backend) async throws {
        try await backend.withQueues(2, lease: 0.8) { queues in
            _ = try await queues[0].submit(render("a"))
            let claim = try await queues[0].mustClaim()
            for _ in 0..<20 {
                #expect(try await queues[0].heartbeat(claim, status: nil) == .goOn)
                #expect(try await queues[1].claim(for: "other") == nil)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await queues[0].complete(claim))
        }
    }

    @Test("A job ends once, and nothing can be done after", arguments: Backend.allCases)
    func ends(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            for state in [Job.State.completed, .failed, .cancelled] {
                let id = try await queue.submit(render()).id
                let claim = try await queue.mustClaim()
                #expect(try await queue.finish(claim, as: state, status: "end"))
                let job = try await queue.mustFind(id)
                #expect(job.state == state && job.status == "end" && job.finishedAt != nil)
                #expect(try await !queue.finish(claim, as: .failed, status: "again"))
                #expect(try await queue.heartbeat(claim, status: "again") == .lost)
                #expect(try await !queue.release(claim, afterSeconds: 0, status: "again", isAttempt: true))
                #expect(try await queue.cancel(id) == job)
                #expect(try await queue.job(id) == job)
            }
            #expect(try await queue.claim(for: "w") == nil)
            await #expect(throws: QueueError.self) {
                _ = try await queue.submit(render("b"))
                try await queue.finish(try await queue.mustClaim(), as: .running, status: "")
            }
        }
    }

    @Test("A released job can be claimed after its delay, not before", arguments: Backend.allCases)
    func delay(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            let first = try await queue.mustClaim()
            let start = ContinuousClock.now
            #expect(try await queue.release(first, afterSeconds: 0.4, status: "later", isAttempt: true))
            let job = try await queue.mustFind("a")
            #expect(job.state == .running && job.status == "later" && job.attempts == 1)
            #expect(try await queue.heartbeat(first, status: nil) == .lost)
            let second = try await queue.nextClaim()
            #expect(ContinuousClock.now - start >= .milliseconds(399))
            #expect(second.job.attempts == 2 && second.token != first.token && second.job.status == "later")
        }
    }

    @Test("A job that was handed back unworked was not attempted", arguments: Backend.allCases)
    func unworked(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            #expect(
                try await queue.release(try await queue.mustClaim(), afterSeconds: 0, status: nil, isAttempt: false))
            let job = try await queue.mustFind("a")
            #expect(job.state == .queued && job.attempts == 0 && job.startedAt == nil)
            #expect(try await queue.release(try await queue.mustClaim(), afterSeconds: 0, status: nil, isAttempt: true))
            #expect(
                try await queue.release(try await queue.mustClaim(), afterSeconds: 0, status: nil, isAttempt: false))
            let again = try await queue.mustFind("a")
            #expect(again.state == .running && again.attempts == 1 && again.startedAt != nil)
        }
    }

    @Test("Eight who claim get each of 200 jobs once", arguments: Backend.allCases)
    func exactlyOnce(_ backend: Backend) async throws {
        try await backend.withQueues(4) { queues in
            for index in 0..<200 { _ = try await queues[index % 4].submit(render("\(index)")) }
            let ids = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<8 {
                    let queue = queues[worker % 4]
                    group.addTask {
                        var ids: [String] = []
                        while let claim = try await queue.claim(for: "w\(worker)") {
                            ids.append(claim.job.id)
                            #expect(try await queue.complete(claim))
                        }
                        return ids
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(ids.count == 200 && Set(ids).count == 200)
            #expect(try await queues[0].unfinished(of: "anna") == 0)
        }
    }

    @Test("Workers that die, give back and are late end each job once all the same", arguments: Backend.allCases)
    func chaos(_ backend: Backend) async throws {
        try await backend.withQueues(2, lease: 0.3) { queues in
            for index in 0..<40 { _ = try await queues[index % 2].submit(render("\(index)")) }
            let ends = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<6 {
                    let queue = queues[worker % 2]
                    group.addTask {
                        var ends: [String] = []
                        while try await queue.unfinished(of: "anna") > 0 {
                            guard let claim = try await queue.claim(for: "w\(worker)") else {
                                await queue.waitForWork(seconds: 0.2)
                                continue
                            }
                            switch claim.job.attempts > 3 ? 9 : Int.random(in: 0..<10) {
                            case 0: continue
                            case 1: try await queue.release(claim, afterSeconds: 0.05, status: nil, isAttempt: true)
                            case 2: try await Task.sleep(for: .milliseconds(350))
                            default: break
                            }
                            if try await queue.complete(claim) { ends.append(claim.job.id) }
                        }
                        return ends
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(ends.count == 40 && Set(ends).count == 40)
            #expect(try await queues[0].counts() == QueueCounts())
        }
    }
}
