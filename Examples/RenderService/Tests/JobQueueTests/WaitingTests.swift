// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import JobQueue

@Suite("Waiting for work", .timeLimit(.minutes(2)))
struct WaitingTests {
    /// Waits for an event, and checks that the wait ends long before its time-out.
    private func wait(_ queue: any JobQueue, until event: @escaping @Sendable () async throws -> Void) async throws {
        let start = ContinuousClock.now
        async let waited: Void = queue.waitForWork(seconds: 60)
        try await Task.sleep(for: .milliseconds(100))
        try await event()
        await waited
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("Who waits is woken by what can be claimed", arguments: Backend.allCases)
    func woken(_ backend: Backend) async throws {
        try await backend.withQueues(2) { queues in
            let queue = queues[0]
            try await wait(queue) { _ = try await queue.submit(render("a")) }
            let first = try await queue.mustClaim()
            try await wait(queue) { try await queue.release(first, afterSeconds: 0, status: nil, isAttempt: true) }
            let second = try await queue.mustClaim()
            try await wait(queue) { try await queue.split(second, into: [segment("p")], status: "") }
            let part = try await queue.mustClaim()
            try await wait(queue) { _ = try await queue.complete(part) }
            #expect(try await queue.mustClaim().job.id == "a")
            let other = queues[1]
            try await wait(queue) { _ = try await other.submit(render("b")) }
            #expect(try await queue.mustClaim().job.id == "b")
        }
    }

    @Test("Who waits is woken by delays and leases that end", arguments: Backend.allCases)
    func due(_ backend: Backend) async throws {
        try await backend.withQueue(lease: 0.3) { queue in
            _ = try await queue.submit(render("a"))
            let claim = try await queue.mustClaim()
            let start = ContinuousClock.now
            try await queue.release(claim, afterSeconds: 0.4, status: nil, isAttempt: true)
            _ = try await queue.nextClaim()
            _ = try await queue.nextClaim("other")
            #expect(ContinuousClock.now - start > .milliseconds(690))
        }
    }

    @Test("There is no waiting where there is work", arguments: Backend.allCases)
    func atOnce(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            let start = ContinuousClock.now
            await queue.waitForWork(seconds: 60)
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test("Who waits asks the store now and then, not all the time")
    func calm() async {
        let asked = Mutex(0)
        await WakeSignal().waitForWork(seconds: 0.5, every: 0.1) {
            asked.withLock { $0 += 1 }
            return nil
        }
        #expect(asked.withLock { $0 } <= 7)
    }

    @Test("What becomes claimable after a long wait is noticed too", arguments: Backend.allCases)
    func late(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            async let waiting: Claim = queue.nextClaim()
            try await Task.sleep(for: .milliseconds(1300))
            let start = ContinuousClock.now
            _ = try await queue.submit(render("a"))
            #expect(try await waiting.job.id == "a")
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test("Waiting ends when its time is over, and when the task is cancelled", arguments: Backend.allCases)
    func ends(_ backend: Backend) async throws {
        try await backend.withQueue { queue in
            _ = try await queue.submit(render("a"))
            _ = try await queue.mustClaim()
            let start = ContinuousClock.now
            await queue.waitForWork(seconds: 0.3)
            #expect(ContinuousClock.now - start >= .milliseconds(290))
            let task = Task { await queue.waitForWork(seconds: 60) }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            await task.value
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }
}
