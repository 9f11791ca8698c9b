// SPDX-License-Identifier: Apache-2.0

import JobQueue
import Testing

@Suite("Jobs of any kind", .timeLimit(.minutes(2)))
struct KindTests {
    @Test("Each kind has a lane of its own, with priorities", arguments: Backend.allCases)
    func lanes(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            let publish = Job.Kind(rawValue: "publish/tiktok")
            _ = try await queue.submit(render("late", priority: .low, kind: .generate))
            _ = try await queue.submit(render("normal", kind: .generate))
            _ = try await queue.submit(render("early", priority: .high, kind: .generate))
            _ = try await queue.submit(render("post", kind: publish))
            _ = try await queue.submit(render("film"))
            #expect(try await queue.counts() == QueueCounts(waiting: 5))
            #expect(try await queue.claim(for: "w", lane: .kind(publish))?.job.id == "post")
            #expect(try await queue.claim(for: "w", lane: .kind(publish)) == nil)
            #expect(try await queue.claim(for: "w", lane: .kind(Job.Kind(rawValue: "other"))) == nil)
            var order: [String?] = []
            for _ in 0..<4 { order.append(try await queue.claim(for: "w", lane: .kind(.generate))?.job.id) }
            #expect(order == ["early", "normal", "late", nil])
            #expect(try await queue.claim(for: "w", lane: .rendering)?.job.id == "film")
            #expect(try await queue.counts() == QueueCounts(claimed: 5))
        }
    }

    @Test("A claim of any kind expires, is taken over, and ends once", arguments: Backend.allCases)
    func expiry(_ backend: Backend) async throws {
        try await backend.withQueues(2, lease: 1) { queues in
            _ = try await queues[0].submit(render("a", kind: .generate))
            let lost = try #require(try await queues[0].claim(for: "dead", lane: .kind(.generate)))
            var taken: Claim?
            while taken == nil {
                await queues[1].waitForWork(seconds: 1, lane: .kind(.generate))
                taken = try await queues[1].claim(for: "w", lane: .kind(.generate))
            }
            let claim = try #require(taken)
            #expect(claim.job.attempts == 2)
            #expect(try await queues[0].heartbeat(lost, status: nil) == .lost)
            #expect(try await !queues[0].complete(lost))
            #expect(try await queues[1].heartbeat(claim, status: "half") == .goOn)
            #expect(try await queues[1].complete(claim))
            #expect(try await queues[0].mustFind("a").state == .completed)
        }
    }

    @Test("Waiting for one kind is not ended by another, and is by its own", arguments: Backend.allCases)
    func waiting(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("film"))
            let begin = ContinuousClock.now
            await queue.waitForWork(seconds: 0.3, lane: .kind(.generate))
            #expect(begin.duration(to: .now) >= .milliseconds(290))
            async let wait: Void = queue.waitForWork(seconds: 30, lane: .kind(.generate))
            _ = try await queue.submit(render("a", kind: .generate))
            await wait
            #expect(begin.duration(to: .now) < .seconds(20))
        }
    }

    @Test(
        "Names can be part of a key and of a path",
        arguments: [
            ("render", true), ("video/generate", true), ("video/generate.from-image", true), ("a", true), ("A_9", true),
            (String(repeating: "x", count: 64), true), (String(repeating: "x", count: 65), false), ("", false),
            ("/a", false), ("a/", false), ("a//b", false), ("..", false), ("a/../b", false), ("a:high", false),
            ("a b", false), ("ä", false), ("a\n", false),
        ])
    func names(_ name: String, _ isName: Bool) {
        #expect(Job.Kind.isName(name) == isName)
    }
}
