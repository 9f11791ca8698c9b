// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing
import TestServers

@Suite("Entries that other programs add to the streams", .timeLimit(.minutes(2)))
struct ForeignTests {
    /// An exchange that reads every entry with a kind `render` and a payload.
    private static let exchange = RedisExchange(
        read: { entry throws(RedisExchange.Unreadable) in
            let reply = entry.fields["reply"]
            guard entry.fields["kind"] == "render" else { throw .init("no such kind", reply: reply) }
            guard let payload = entry.fields["payload"] else { throw .init("no payload", reply: reply) }
            return ForeignJob(
                NewJob(
                    kind: .render, caller: entry.fields["caller"] ?? "anyone", generationID: entry.fields["id"],
                    priority: entry.priority ?? .normal, payload: payload,
                    after: entry.fields["after"].map { [$0] } ?? []), reply: reply)
        }, outcome: { ("result of \($0)", "error of \($0)") })

    private func withQueue(lease: Double = 30, _ body: (RedisServer, RedisJobQueue) async throws -> Void) async throws {
        let server = try RedisServer()
        let queue = try RedisJobQueue(url: server.url, leaseSeconds: lease, exchange: Self.exchange)
        try await body(server, queue)
        await queue.close()
        server.stop()
    }

    private static func add(
        _ server: RedisServer, _ fields: [String], to stream: String = "jobs:requested"
    ) throws {
        #expect(try server.command(["XADD", stream, "*"] + fields).hasPrefix("$"))
    }

    @Test("An entry becomes a job, in the order of the priorities, and leaves the stream")
    func adopted() async throws {
        try await withQueue { server, queue in
            try Self.add(server, ["kind", "render", "id", "late", "payload", "{1}"], to: "jobs:requested:low")
            // The order of the fields does not matter, nor do further ones.
            try Self.add(server, ["payload", "{2}", "id", "early", "extra", "x", "kind", "render"])
            _ = try await queue.submit(render("own"))
            let claims = [try await queue.mustClaim(), try await queue.mustClaim(), try await queue.mustClaim()]
            #expect(claims.map(\.job.generationID) == [nil, "early", "late"])
            #expect(claims[1].job.payload == "{2}" && claims[1].job.caller == "anyone" && claims[1].job.attempts == 1)
            #expect(try await queue.job(generationID: "late")?.priority == .low)
            #expect(try await queue.recent(of: "anyone", limit: 5).map(\.generationID) == ["late", "early"])
            for claim in claims { #expect(try await queue.complete(claim)) }
            for stream in ["jobs:requested", "jobs:requested:low"] {
                #expect(try server.command(["XLEN", stream]) == ":0\r\n")
                #expect(try server.command(["XPENDING", stream, "renderers"]).hasPrefix("*4\r\n:0\r\n"))
            }
            #expect(try server.command(["EXISTS", "jobs:dead"]) == ":0\r\n")
        }
    }

    @Test("An end is told in full, also to the stream that was named for it")
    func ends() async throws {
        try await withQueue { server, queue in
            for id in ["good", "bad", "unwanted"] {
                try Self.add(
                    server, ["kind", "render", "id", id, "payload", "{}", "reply", "jobs:replies:\(id)"])
            }
            let first = try await queue.mustClaim()
            try await queue.finish(first, as: .completed, status: "one")
            _ = try await queue.submit(render("x", kind: .callback))
            try await queue.finish(try await queue.mustClaim(), as: .failed, status: "two")
            try await queue.finish(try await queue.mustClaim(), as: .cancelled, status: "three")
            #expect(try await queue.complete(try await queue.mustClaim()), "the callback")
            #expect(try server.command(["XLEN", "jobs:completed"]) == ":3\r\n", "callbacks are not told")
            for (id, state, result, error) in [
                ("good", "completed", "result of one", ""), ("bad", "failed", "", "error of two"),
                ("unwanted", "cancelled", "", ""),
            ] {
                let told = try fields(server.command(["XRANGE", "jobs:replies:\(id)", "-", "+"]))
                #expect(
                    told.filter { !["seconds", "job"].contains($0.key) }
                        == ["id": id, "kind": "render", "state": state, "result": result, "error": error])
                #expect(told["seconds"].flatMap { Double($0) }.map { $0 >= 0 && $0 < 60 } == true)
                #expect(try await queue.job(told["job"] ?? "")?.generationID == id)
                #expect(
                    try !server.command(["TTL", "jobs:replies:\(id)"]).hasPrefix(":-"), "it does not stay for ever")
            }
        }
    }

    @Test("The same id again is the same job, and whoever asks again is told its end again")
    func again() async throws {
        try await withQueue { server, queue in
            let fields = ["kind", "render", "id", "one", "payload", "{}", "reply", "jobs:replies:one"]
            try Self.add(server, fields)
            try Self.add(server, fields)
            let claim = try await queue.mustClaim()
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.complete(claim))
            #expect(try server.command(["XLEN", "jobs:replies:one"]) == ":1\r\n")
            try Self.add(server, fields)
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try server.command(["XLEN", "jobs:replies:one"]) == ":2\r\n")
            // Another caller's identifier is refused, and its job is not told to this one.
            try Self.add(server, fields + ["caller", "mallory"])
            #expect(try await queue.claim(for: "w") == nil)
            let dead = try self.fields(server.command(["XRANGE", "jobs:dead", "-", "+"]))
            #expect(dead["reason"]?.contains("another caller") == true)
            #expect(
                try server.command(["XLEN", "jobs:completed"]) == ":2\r\n", "the first caller's job has not failed")
            #expect(try server.command(["XLEN", "jobs:replies:one"]) == ":3\r\n")
        }
    }

    @Test(
        "What cannot be read is kept with the reason, and told as failed where it has an id",
        arguments: [
            ["kind", "dance", "id", "a", "payload", "{}"], ["kind", "render", "id", "a"], ["id", "a"],
            ["hello", "world"],
            ["kind", "render", "id", "a", "reply", "jobs:replies:a"],
        ])
    func dead(_ entry: [String]) async throws {
        try await withQueue { server, queue in
            try Self.add(server, entry)
            try Self.add(server, ["kind", "render", "id", "next", "payload", "{}"])
            #expect(try await queue.mustClaim().job.generationID == "next", "what comes after it is not held up")
            #expect(try server.command(["XLEN", "jobs:dead"]) == ":1\r\n")
            let letter = try fields(server.command(["XRANGE", "jobs:dead", "-", "+"]))
            #expect(letter["reason"]?.isEmpty == false && letter["stream"] == "jobs:requested")
            for index in stride(from: 0, to: entry.count, by: 2) {
                #expect(letter["request:\(entry[index])"] == entry[index + 1])
            }
            let told = try fields(server.command(["XRANGE", "jobs:completed", "-", "+"]))
            #expect(told["state"] == (entry.contains("id") ? "failed" : nil))
            if entry.contains("reply") {
                let replied = try fields(server.command(["XRANGE", "jobs:replies:a", "-", "+"]))
                #expect(
                    replied["error"] == #"{"code":"unreadable","message":"no payload"}"#
                        || replied["error"] == #"{"message":"no payload","code":"unreadable"}"#)
            }
        }
    }

    @Test("An entry whose worker died while it took it in is taken in by another")
    func interrupted() async throws {
        try await withQueue(lease: 0.3) { server, queue in
            try Self.add(server, ["kind", "render", "id", "a", "payload", "{}"])
            try server.command(["XGROUP", "CREATE", "jobs:requested", "renderers", "0"])
            let taken = try server.command(
                ["XREADGROUP", "GROUP", "renderers", "dead", "COUNT", "1", "STREAMS", "jobs:requested", ">"])
            #expect(taken.contains("payload"))
            #expect(try await queue.nextClaim().job.generationID == "a")
        }
    }

    @Test("An entry may follow jobs that are there, and is refused if they are not")
    func following() async throws {
        try await withQueue { server, queue in
            try Self.add(server, ["kind", "render", "id", "one", "payload", "{}"])
            try Self.add(server, ["kind", "render", "id", "two", "payload", "{}", "after", "one"])
            try Self.add(server, ["kind", "render", "id", "lost", "payload", "{}", "after", "nobody"])
            let claim = try await queue.mustClaim()
            #expect(claim.job.generationID == "one")
            #expect(try await queue.claim(for: "w") == nil)
            #expect(try await queue.job(generationID: "two")?.after == [claim.job.id])
            let letter = try fields(server.command(["XRANGE", "jobs:dead", "-", "+"]))
            #expect(letter["request:id"] == "lost" && letter["reason"]?.contains("nobody") == true)
            try await queue.finish(claim, as: .failed, status: "")
            #expect(try await queue.job(generationID: "two")?.state == .failed)
            let ends = try server.command(["XRANGE", "jobs:completed", "-", "+"])
            #expect(ends.contains("the job one, which it follows, was not completed") && ends.contains("predecessor"))
        }
    }

    @Test("An entry in the stream of a kind, where only the queue adds, holds up nothing and is kept")
    func misplaced() async throws {
        try await withQueue { server, queue in
            try Self.add(server, ["kind", "video/generate", "id", "a"], to: "jobs:kind:video/generate")
            _ = try await queue.submit(render("b", kind: .generate))
            #expect(try await queue.claim(for: "w", lane: .kind(.generate))?.job.id == "b")
            let letter = try fields(server.command(["XRANGE", "jobs:dead", "-", "+"]))
            #expect(letter["reason"]?.contains("add them to jobs:requested") == true && letter["request:id"] == "a")
        }
    }

    @Test("A stream for replies that is no stream ends no job in the middle")
    func noStream() async throws {
        try await withQueue { server, queue in
            try server.command(["SET", "jobs:replies:x", "mine"])
            try Self.add(server, ["kind", "render", "id", "a", "payload", "{}", "reply", "jobs:replies:x"])
            #expect(try await queue.complete(try await queue.mustClaim()))
            #expect(try await queue.job(generationID: "a")?.state == .completed)
            #expect(try server.command(["GET", "jobs:replies:x"]) == "$4\r\nmine\r\n")
            #expect(try server.command(["TTL", "jobs:replies:x"]) == ":-1\r\n")
        }
    }

    @Test("A queue that reads no entries keeps them too")
    func unread() async throws {
        let server = try RedisServer()
        let queue = try RedisJobQueue(url: server.url, leaseSeconds: 30)
        try Self.add(server, ["kind", "render", "id", "a", "payload", "{}"])
        #expect(try await queue.claim(for: "w") == nil)
        #expect(try server.command(["XLEN", "jobs:dead"]) == ":1\r\n")
        await queue.close()
        server.stop()
    }

    /// Returns the fields of the only entry in a raw reply to `XRANGE`, whose texts contain no line breaks.
    private func fields(_ reply: String) throws -> [String: String] {
        let lines = reply.components(separatedBy: "\r\n")
        // An entry is an array of its identifier and an array of the fields.
        guard let start = lines.firstIndex(where: { $0.hasPrefix("$") }) else { return [:] }
        let texts = stride(from: start + 4, to: lines.count - 1, by: 2).map { lines[$0] }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: texts.count - 1, by: 2) { fields[texts[index]] = texts[index + 1] }
        return fields
    }
}
