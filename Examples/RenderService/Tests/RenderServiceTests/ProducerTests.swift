// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import TestServers
import Testing

@testable import RenderService

/// Tests of jobs that another program asks for through Redis.
@Suite(.serialized)
struct ProducerTests {
    /// Runs the Python program with a list of entries, and returns what it was told of each.
    private func ends(of entries: [[String: Any]], at site: Site) async throws -> [String: [String: String]] {
        let requests = site.folder.appendingPathComponent("requests.json")
        try JSONSerialization.data(withJSONObject: entries).write(to: requests)
        let said = try await PythonProgram.run(
            "producer.py", [try #require(site.redis).url, requests.path], in: site.folder)
        return try #require(
            try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: [String: String]], "\(said)")
    }

    private func json(_ text: String?) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data((text ?? "").utf8)) as? [String: Any])
    }

    @Test("a Python program asks for videos, and is told how each ended")
    func python() async throws {
        let hook = try await Receiver { _, _ in Receiver.Reply() }
        let site = try await Site(.distributed, ["ALLOW_PRIVATE_ADDRESSES": "1"])
        let service = try site.service()
        let client = Client(service)
        try await Samples.upload(to: client)
        var missing = Samples.slideshow(seconds: 0.1)
        missing["images"] = ["nothing.jpg"]
        let ended = try await ends(
            of: [
                [
                    "kind": "render", "id": "slides", "payload": Samples.slideshow(seconds: 0.1),
                    "reply": hook.url + "/hook",
                ],
                ["kind": "render", "id": "gone", "payload": missing],
                ["kind": "render", "id": "strange", "payload": ["images": 7], "reply": "jobs:replies:strange"],
                ["kind": "lip-sync", "id": "other", "payload": [String: String]()],
            ], at: site)
        #expect(ended["slides"]?["state"] == "completed", "\(ended)")
        let result = try json(ended["slides"]?["result"])
        #expect(result["key"] as? String == "compose/renders/slides/output.mp4")
        #expect(result["frames"] as? Int == 6)
        #expect(ended["slides"]?["kind"] == "render" && ended["slides"]?["error"] == "")
        #expect((ended["slides"]?["seconds"]).flatMap { Double($0) }.map { $0 > 0 } == true)
        // It is a job like any other.
        let id = try #require(ended["slides"]?["job"])
        let view = try await client.wait(for: id) { $0.string("callbacks.1.state") == "completed" }
        #expect(view.string("generationId") == "slides")
        #expect(try await client.get("job/\(id)/output").body.count == result["bytes"] as? Int)
        #expect(
            hook.requests.map { $0.json["name"] as? String } == ["video/compose.started", "video/compose.completed"])

        #expect(ended["gone"]?["state"] == "failed")
        #expect(try json(ended["gone"]?["error"])["code"] as? String == "invalidEdit")
        #expect(ended["strange"]?["state"] == "failed")
        #expect(try json(ended["strange"]?["error"])["code"] as? String == "unreadable")
        #expect((try json(ended["other"]?["error"])["message"] as? String)?.contains("use render") == true)
        let redis = try #require(site.redis)
        #expect(try redis.command(["XLEN", "jobs:dead"]) == ":2\r\n")
        #expect(try redis.command(["XLEN", "jobs:replies:strange"]) == ":1\r\n")
        #expect(try redis.command(["XLEN", "jobs:requested"]) == ":0\r\n")
    }

    private static let good = ["kind": "render", "id": "one", "payload": #"{"images":["a.jpg"],"size":"64x64"}"#]

    @Test("an entry is read with its priority, its caller and its reply")
    func read() throws {
        let requests = ForeignRequests(Configuration())
        func job(_ more: [String: String], _ stream: String = "jobs:requested") throws -> ForeignJob {
            try requests.job(of: ForeignEntry(stream: stream, entry: "1-0", fields: Self.good.merging(more) { $1 }))
        }
        let plain = try job([:])
        #expect(plain.job.caller == "anyone" && plain.job.generationID == "one" && plain.reply == nil)
        #expect(plain.job.priority == .normal && plain.job.kind == .render)
        #expect(try job(["caller": "anna"], "jobs:requested:high").job.priority == .high)
        #expect(try job(["caller": "anna"]).job.caller == "anna")
        #expect(try job(["reply": "jobs:replies:anna:1"]).reply == "jobs:replies:anna:1")
        let task = try JSONDecoder().decode(
            RenderTask.self, from: Data(try job(["reply": "https://a.example/x"]).job.payload.utf8))
        #expect(task.callbackURL?.absoluteString == "https://a.example/x")
    }

    @Test(
        "an entry that cannot be used is refused with what to do",
        arguments: [
            (["kind": ""], "kind is missing"), (["id": "a/b"], "the id is"), (["caller": "../anna"], "the caller is"),
            (["payload": ""], "payload is missing"), (["payload": "{"], "the payload cannot be used"),
            (["payload": "[]"], "not a JSON object"),
            (["payload": #"{"images":["a.jpg"],"durationPerImage":-1}"#], "-1"),
            (["payload": #"{"images":["a.jpg"],"generationId":"two"}"#], "another generationId"),
            (["payload": String(repeating: " ", count: 4_000_001)], "more than the 4000000 allowed"),
            (["reply": "jobs:requested"], "begins with jobs:replies:"), (["reply": "jobs:replies:"], "begins with"),
            (["reply": "jobs:replies:a b"], "begins with"), (["reply": "http://a.example/"], "plain HTTP"),
            (["reply": "file:///etc/passwd"], "begins with"),
            (
                [
                    "payload": #"{"images":["a.jpg"],"callbackURL":"https://a.example/"}"#,
                    "reply": "https://b.example/",
                ],
                "leave one of them out"
            ),
        ] as [([String: String], String)])
    func refused(_ change: [String: String], _ words: String) throws {
        let fields = Self.good.merging(change) { $1 }
        let error = #expect(throws: RedisExchange.Unreadable.self) {
            try ForeignRequests(Configuration()).job(
                of: ForeignEntry(stream: "jobs:requested", entry: "1-0", fields: fields))
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
