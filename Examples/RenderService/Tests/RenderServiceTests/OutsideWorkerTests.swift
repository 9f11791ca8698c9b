// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of workers outside, which take jobs of their kind from Redis: `workers/worker.py` with real servers.
@Suite(.serialized)
struct OutsideWorkerTests {
    private func site(_ more: [String: String] = [:]) async throws -> Site {
        try await Site(
            .distributed,
            KindTests.kinds(["lipsync": ["attempts": 3, "timeoutSeconds": 20]]).merging([
                "ALLOW_PRIVATE_ADDRESSES": "1", "RETRY_SECONDS": "0.05",
            ]) { $1 }.merging(more) { $1 })
    }

    /// Starts a worker in a process of its own, which ends with what is returned.
    private func worker(_ site: Site, _ number: Int = 0) throws -> Worker {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let program = tests.appendingPathComponent("../../workers/worker.py").standardizedFileURL.path
        let log = site.folder.appendingPathComponent("worker-\(number).log").path
        return Worker(
            process: try ChildProcess(
                S3Server.python,
                [program, try #require(site.redis).url, "lipsync", tests.appendingPathComponent("lipsync.py").path],
                environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""], output: log), log: log)
    }

    private final class Worker: Sendable {
        let process: ChildProcess
        private let log: String
        init(process: ChildProcess, log: String) {
            self.process = process
            self.log = log
        }
        var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
        deinit { process.kill() }
    }

    @Test("a worker outside takes jobs, reports how they go, and gets what the jobs before have made")
    func whole() async throws {
        let site = try await site()
        let receiver = try await Receiver { _, _ in .init() }
        let service = try site.service()
        let client = Client(service)
        var color = Samples.color()
        color["generationId"] = "film"
        _ = try await client.submit(color)
        let id = try await client.submit(
            "lipsync", ["text": "ä \"b\"", "steps": 5], after: ["film"], as: "lips",
            ["callbackURL": receiver.url + "/told"])
        let waiting = try await client.status(id)
        #expect(waiting.string("state") == "queued")
        let worker = try worker(site)
        let half = try await client.wait(for: id) { $0.number("progress.fraction") >= 0.4 }
        #expect(half.string("state") == "running" && half.number("attempts") == 1)
        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed" && done.string("result.text") == "ä \"b\"", "\(worker.text)")
        #expect(done.string("result.inputs.film.key") == "compose/renders/film/output.mp4", "\(done.text)")
        let told = try await receiver.wait(for: 2)
        #expect(told.compactMap { $0.json["name"] as? String } == ["lipsync.started", "lipsync.completed"])
        let ends = try site.redis?.command(["XRANGE", "jobs:completed", "-", "+"]) ?? ""
        #expect(ends.contains("lips") && ends.contains(#"\u00e4"#))
    }

    @Test("what a worker outside cannot do fails with its reason, and is tried again where it says so")
    func failures() async throws {
        let site = try await site()
        let client = Client(try site.service())
        let worker = try worker(site)
        let failed = try await client.wait(
            for: try await client.submit("lipsync", ["fails": "no \"face\"", "steps": 0]))
        #expect(failed.string("error.code") == "worker" && failed.string("error.message") == "no \"face\"")
        #expect(failed.number("attempts") == 1)
        let busy = try await client.wait(for: try await client.submit("lipsync", ["busy": "later", "steps": 0]))
        #expect(busy.string("error.code") == "busy" && busy.number("attempts") == 3, "\(worker.text)")
        let odd = try await client.submit("lipsync", ["result": ["not", "an object"], "steps": 0])
        #expect(try await client.wait(for: odd).string("state") == "failed")
        let fine = try await client.wait(for: try await client.submit("lipsync", ["result": ["a": 1], "steps": 0]))
        #expect(fine.number("result.a") == 1, "it goes on: \(worker.text)")
    }

    @Test("a job whose worker dies is another's, and one that is cancelled is stopped")
    func stops() async throws {
        let site = try await site()
        let client = Client(try site.service())
        let first = try worker(site)
        let id = try await client.submit("lipsync", ["dies": site.folder.path + "/died", "steps": 1])
        while first.process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let second = try worker(site, 1)
        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed" && done.number("attempts") == 2, "\(second.text)")

        let unwanted = try await client.submit("lipsync", ["steps": 100])
        _ = try await client.wait(for: unwanted, until: ["running"])
        let later = try await client.submit("lipsync", after: [unwanted])
        _ = try await client.send("DELETE", "job/\(unwanted)")
        #expect(try await client.wait(for: unwanted).string("state") == "cancelled")
        #expect(try await client.wait(for: later).string("error.code") == "predecessor")
    }

    @Test("what takes too long is ended, and Redis may go away and lose what workers need")
    func outage() async throws {
        let site = try await site(["JOB_KINDS": #"{"lipsync": {"timeoutSeconds": 1, "attempts": 1}}"#])
        let client = Client(try site.service())
        let worker = try worker(site)
        let slow = try await client.wait(for: try await client.submit("lipsync", ["steps": 100]))
        #expect(slow.string("state") == "failed" && slow.string("error.message") == "timeout")
        let redis = try #require(site.redis)
        try redis.command(["DEL", "jobs:protocol:1"])
        try redis.command(["SCRIPT", "FLUSH"])
        let id = try await client.submit("lipsync", ["steps": 0])
        #expect(try await client.wait(for: id).string("state") == "completed", "\(worker.text)")
    }

    @Test("without a worker a job waits, and what workers need is in Redis")
    func protocols() async throws {
        let site = try await site()
        let client = Client(try site.service())
        let redis = try #require(site.redis)
        let id = try await client.submit("lipsync")
        var published = ""
        while !published.contains("attempts") {
            published = try redis.command(["HGET", "jobs:protocol:1", "kind:lipsync"])
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(published.contains(#"{"attempts":3,"retrySeconds":0.05,"timeoutSeconds":20}"#), "\(published)")
        #expect(try await client.status(id).string("state") == "queued")
        let lease = try redis.command(["HGET", "jobs:protocol:1", "lease"])
        #expect(lease == "$7\r\n1000000\r\n")
        #expect(try redis.command(["HLEN", "jobs:protocol:1"]) == ":6\r\n")
    }
}
