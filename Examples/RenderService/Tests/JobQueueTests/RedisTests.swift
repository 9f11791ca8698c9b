// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestServers

@testable import JobQueue

@Suite("Jobs in Redis", .timeLimit(.minutes(2)))
struct RedisTests {
    private func withQueue(lease: Double = 30, _ body: (RedisServer, RedisJobQueue) async throws -> Void) async throws {
        let server = try RedisServer()
        let queue = try RedisJobQueue(url: server.url, leaseSeconds: lease)
        try await body(server, queue)
        await queue.close()
        server.stop()
    }

    @Test("A server that ends and comes back has lost nothing", arguments: [false, true])
    func restart(killing: Bool) async throws {
        try await withQueue { server, queue in
            for id in ["a", "b", "c", "d"] { _ = try await queue.submit(render(id)) }
            let a = try await queue.mustClaim()
            let b = try await queue.mustClaim()
            try await queue.release(b, afterSeconds: 0.2, status: "later", isAttempt: true)
            try await queue.split(try await queue.mustClaim(), into: [segment("p")], status: "")
            async let waiting: Void = queue.waitForWork(seconds: 60)
            if killing { server.kill() } else { server.stop() }
            await #expect(throws: QueueError.self) { try await queue.check() }
            await #expect(throws: QueueError.self) { try await queue.submit(render("e")) }
            await #expect(throws: QueueError.self) { try await queue.claim(for: "w") }
            try server.start()
            try await afterRecovery { try await queue.check() }
            await waiting
            #expect(try await queue.heartbeat(a, status: "on") == .goOn)
            #expect(try await queue.complete(a))
            var ids: Set<String> = []
            while ids.count < 3 { ids.insert(try await queue.nextClaim().job.id) }
            #expect(ids == ["b", "d", "p"])
            #expect(try await queue.counts() == QueueCounts(waiting: 0, claimed: 3))
        }
    }

    @Test("Who waits is woken by a server that came back")
    func wakeAfterRestart() async throws {
        try await withQueue { server, queue in
            await queue.waitForWork(seconds: 0.1)
            try server.restart()
            async let waiting: Claim = queue.nextClaim()
            _ = try await afterRecovery { try await queue.submit(render("a")) }
            #expect(try await waiting.job.id == "a")
        }
    }

    @Test("Connections that were hung up on are made again without an error")
    func hungUp() async throws {
        try await withQueue { server, queue in
            for index in 0..<5 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 { group.addTask { _ = try await queue.submit(render()) } }
                    try await group.waitForAll()
                }
                try server.command(["CLIENT", "KILL", "TYPE", "normal"])
                _ = try await queue.mustClaim()
                #expect(try await queue.counts() == QueueCounts(waiting: 19 * (index + 1), claimed: index + 1))
            }
        }
    }

    @Test("A server that forgets the scripts is told them again")
    func scriptFlush() async throws {
        try await withQueue { server, queue in
            _ = try await queue.submit(render("a"))
            try server.command(["SCRIPT", "FLUSH"])
            _ = try await queue.submit(render("b"))
            let claim = try await queue.mustClaim()
            try server.command(["SCRIPT", "FLUSH"])
            #expect(try await queue.heartbeat(claim, status: nil) == .goOn)
            #expect(try await queue.complete(claim))
        }
    }

    @Test("With the group no job is lost, nor a claim")
    func groupDestroyed() async throws {
        try await withQueue(lease: 1) { server, queue in
            for id in ["a", "b", "c"] { _ = try await queue.submit(render(id)) }
            let a = try await queue.mustClaim("one")
            let b = try await queue.mustClaim("two")
            try server.command(["XGROUP", "DESTROY", "jobs:requested", "renderers"])
            #expect(try await queue.heartbeat(a, status: nil) == .goOn)
            #expect(try await queue.heartbeat(b, status: nil) == .goOn)
            #expect(try await queue.mustClaim("three").job.id == "c")
            #expect(try await queue.claim(for: "three") == nil)
            #expect(try await queue.complete(a))
            // The job of a worker that dies now is still taken over.
            let ids = [try await queue.nextClaim().job.id, try await queue.nextClaim().job.id]
            #expect(Set(ids) == ["b", "c"])
            #expect(try await queue.heartbeat(b, status: nil) == .lost)
        }
    }

    @Test("With a stream and the delayed no job is lost, nor a claim")
    func streamDeleted() async throws {
        try await withQueue { server, queue in
            for id in ["a", "b", "c"] { _ = try await queue.submit(render(id)) }
            let a = try await queue.mustClaim()
            try await queue.release(try await queue.mustClaim(), afterSeconds: 60, status: nil, isAttempt: true)
            try server.command(["DEL", "jobs:requested", "jobs:delayed"])
            let ids = [try await queue.mustClaim().job.id, try await queue.mustClaim().job.id]
            #expect(Set(ids) == ["b", "c"])
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.heartbeat(a, status: nil) == .goOn)
            #expect(try await queue.complete(a))
        }
    }

    @Test("A claimed job whose entry was lost is taken over when its lease is over")
    func entryLost() async throws {
        try await withQueue(lease: 0.3) { server, queue in
            _ = try await queue.submit(render("a"))
            _ = try await queue.mustClaim()
            try server.command(["XTRIM", "jobs:requested", "MAXLEN", "0"])
            #expect(try await queue.nextClaim("other").job.attempts == 2)
        }
    }

    @Test("What is sent twice is done once, and answered alike")
    func twice() async throws {
        try await withQueue { _, queue in
            _ = try await queue.submit(render("a", hasNotices: true))
            _ = try await queue.submit(render("last", priority: .low, hasNotices: true))
            for (script, arguments) in [
                (RedisScript.release, ["0", "0", "0", ""]), (.release, ["0", "1", "1", "s"]),
                (.split, ["s"] + segment("p").arguments),
                (.finish, ["completed", "s", "", ""]),
                (.finish, ["completed", "s", "", ""]), (.finish, ["failed", "s", "", ""]),
            ] {
                let claim = try #require(try await queue.claim(for: "w", lane: .rendering))
                let call = [claim.job.id, claim.token, UUID().uuidString] + arguments
                #expect(try await queue.run(script, call) == .integer(1))
                let job = try await queue.job(claim.job.id)
                let counts = try await queue.counts()
                #expect(try await queue.run(script, call) == .integer(1))
                #expect(try await queue.job(claim.job.id) == job)
                #expect(try await queue.counts() == counts)
                let other = [claim.job.id, claim.token, UUID().uuidString] + arguments
                #expect(try await queue.run(script, other) == .integer(0))
            }
        }
    }

    @Test("What has ended can be followed in streams")
    func followed() async throws {
        try await withQueue { server, queue in
            for id in ["a", "b"] { _ = try await queue.submit(render(id)) }
            #expect(try await queue.complete(try await queue.mustClaim()))
            try await queue.finish(try await queue.mustClaim(), as: .failed, status: "broken")
            #expect(try server.command(["XLEN", "jobs:completed"]) == ":2\r\n")
            let dead = try server.command(["XRANGE", "jobs:failed", "-", "+"])
            for word in ["id", "b", "kind", "render", "status", "broken"] { #expect(dead.contains("\r\n\(word)\r\n")) }
            #expect(try server.command(["XLEN", "jobs:requested"]) == ":0\r\n")
            #expect(try server.command(["XPENDING", "jobs:requested", "renderers"]).hasPrefix("*4\r\n:0\r\n"))
            try await queue.forget(endedBefore: 0)
            let keys = try server.command(["KEYS", "*"])
            #expect(!keys.contains("job:a") && !keys.contains("recent") && !keys.contains("ended"))
        }
    }

    @Test("Passwords and databases of the address are used")
    func address() async throws {
        let server = try RedisServer(password: "s3 cret/")
        let base = "127.0.0.1:\(server.port)"
        let queue = try RedisJobQueue(url: "redis://:s3%20cret%2F@\(base)/3", leaseSeconds: 30)
        _ = try await queue.submit(render("a"))
        #expect(try server.command(["INFO", "keyspace"]).contains("db3:"))
        await queue.close()
        for url in ["redis://:wrong@\(base)", "redis://\(base)", "redis://who:ever@\(base)"] {
            let refused = try RedisJobQueue(url: url, leaseSeconds: 30)
            let error = await #expect(throws: QueueError.self) { try await refused.check() }
            #expect(error?.description.contains("wrong") == false)
            await refused.close()
        }
    }

    @Test(
        "An address that cannot be used is a clear error",
        arguments: [
            "", "redis://", "rediss://", "rediss://h:0", "http://h", "redis://h/x", "redis://h:99999", "h:6379",
        ])
    func wrongAddress(_ url: String) {
        #expect(throws: QueueError.self) { try RedisJobQueue(url: url, leaseSeconds: 30) }
    }

    @Test("Two hundred who ask are all answered")
    func many() async throws {
        try await withQueue { _, queue in
            _ = try await queue.submit(render("a"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        for _ in 0..<10 {
                            let id = try await queue.job("a")?.id
                            #expect(id == "a")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("Workers outside get the results of the jobs before, and must tell theirs as JSON")
    func outside() async throws {
        let exchange = RedisExchange(
            read: { _ throws(RedisExchange.Unreadable) in throw .init("none") },
            outcome: { (#"{"made":"\#($0)"}"#, "") })
        let server = try RedisServer()
        let queue = try RedisJobQueue(url: server.url, leaseSeconds: 30, exchange: exchange)
        _ = try await queue.submit(render("a", generationID: "first \"a\""))
        #expect(try await queue.complete(try await queue.mustClaim()))
        _ = try await queue.submit(render("b", kind: .generate))
        _ = try await queue.submit(render("c", kind: .generate, after: ["b", "a"]))
        func claim() async throws -> [String: String] {
            try await queue.run(.claim, ["w", "token", "video/generate"], isRepeatable: false).fields
        }
        #expect(try await claim()["inputs"] == "{}")
        for (status, result, error) in [("{}", "[", ""), ("{}", "", "no")] {
            await #expect(throws: QueueError.self) {
                try await queue.run(.finish, ["b", "token", "call", "completed", status, result, error])
            }
        }
        #expect(try await queue.mustFind("b").state == .running, "nothing has changed")
        #expect(
            try await queue.run(.finish, ["b", "token", "call", "completed", "{}", "", ""]) == .integer(1))
        let next = try await claim()
        #expect(next["id"] == "c" && next["attempts"] == "1")
        let inputs = try JSONSerialization.jsonObject(with: Data((next["inputs"] ?? "").utf8)) as? [String: Any]
        #expect((inputs?["first \"a\""] as? [String: String]) == ["made": "done"])
        #expect(inputs?["b"] is NSNull)
        await queue.close()
        server.stop()
    }
}
