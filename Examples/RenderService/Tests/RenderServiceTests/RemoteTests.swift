// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of remote rendering, and of the fallback when it fails.
@Suite(.serialized)
struct RemoteTests {
    private func remote(_ url: String, _ more: [String: String] = [:]) -> [String: String] {
        ["REMOTE_SUBMIT_URL": url + "/render", "REMOTE_STATUS_URL": url + "/job/{id}/status"].merging(more) { $1 }
    }

    @Test("another instance renders, and its video is stored here")
    func rendered() async throws {
        let there = try await Site(.embedded, ["API_KEYS": "here:secret"])
        let other = try there.service()
        let site = try await Site(
            .embedded, remote(other.url.absoluteString, ["REMOTE_API_KEY": "secret"]))
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        // The name has the maximum length.
        let long = String(repeating: "p", count: 196) + ".jpg"
        try await client.upload("photo2.jpg", as: long)
        var body = Samples.slideshow()
        body["images"] = ["photo1.jpg", long]
        body["generationId"] = "far"
        let id = try await client.submit(body, at: "render/auto")
        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed", "\(done.text)")
        #expect(done.string("renderer") == "remote")
        #expect(done.number("result.frames") == 60)
        #expect(done.string("encoder.name") == "x264")
        #expect(done.string("result.key") == "compose/renders/far/output.mp4")
        #expect(try await client.get("job/\(id)/output").body.count == Int(done.number("result.bytes")))
        #expect(try await client.get("job/\(id)/poster").status == 200)
        let jobs = try await Client(other, key: "secret").get("jobs")
        #expect(jobs.string("jobs.0.state") == "completed")
        let left = try FileManager.default.subpathsOfDirectory(atPath: there.folder.path + "/data/objects")
        #expect(
            !left.contains { $0.hasSuffix(".jpg") && $0.hasPrefix("media/") }, "files sent there are removed: \(left)")
        // This is the former name of the same route.
        let again = try await client.submit(Samples.color(), at: "render/modal")
        #expect(try await client.wait(for: again).string("renderer") == "remote")
    }

    @Test("calling a job off calls it off there too")
    func cancelled() async throws {
        let there = try await Site(.embedded)
        let other = try there.service()
        let site = try await Site(.embedded, remote(other.url.absoluteString))
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let id = try await client.submit(Samples.slideshow(seconds: 30), at: "render/remote")
        _ = try await client.wait(for: id) { $0.number("progress.frame") > 0 }
        try await client.send("DELETE", "job/\(id)")
        #expect(try await client.wait(for: id, seconds: 10).string("state") == "cancelled")
        let far = try await Client(other).get("jobs").string("jobs.0.id")
        #expect(try await Client(other).wait(for: far, seconds: 10).string("state") == "cancelled")
    }

    @Test(
        "an instance that is dead, slow, or lies is replaced by this one, with the reason",
        arguments: [
            "dead", "slow", "stuck", "nonsense", "wrong frames", "short file", "no video", "refuses",
        ])
    func fallback(_ fault: String) async throws {
        let far = try await Receiver { request, _ in Self.reply(fault, request) }
        let port = fault == "dead" ? try FreePort.find() : far.port
        let site = try await Site(.embedded, remote("http://127.0.0.1:\(port)", ["REMOTE_PATIENCE_SECONDS": "1"]))
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let id = try await client.submit(Samples.slideshow(seconds: 0.1, audio: false), at: "render/auto")
        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed", "\(done.text)")
        #expect(done.string("renderer") == "local")
        #expect(done.string("rendererReason").hasPrefix("the remote renderer failed: "), "\(done.text)")
        #expect((done["notes"] as? [String] ?? []).contains { $0.hasPrefix("remote: ") })
        #expect(done.number("result.frames") == 6)
    }

    /// Returns the response of a faulty instance.
    private static func reply(_ fault: String, _ request: Receiver.Received) -> Receiver.Reply {
        func json(_ text: String, _ status: Int = 200) -> Receiver.Reply {
            Receiver.Reply(status: status, headers: ["Content-Type": "application/json"], body: Data(text.utf8))
        }
        if fault == "refuses" { return json(#"{"error":{"code":"internal","message":"no"}}"#, 500) }
        if fault == "nonsense" { return json("<html>welcome</html>") }
        if request.method == "PUT" { return json("{}", 201) }
        if request.method == "POST" {
            var reply = json(#"{"id":"far-1","state":"queued"}"#, 202)
            if fault == "slow" { reply.delay = 5 }
            return reply
        }
        if request.path.hasSuffix("/status") {
            if fault == "stuck" { return json(#"{"state":"running"}"#) }
            let frames = fault == "wrong frames" ? 5 : 6
            return json(
                #"{"state":"completed","result":{"bytes":1000,"duration":0.2,"frames":\#(frames)},"encoder":{"name":"x","reason":"y"}}"#
            )
        }
        return Receiver.Reply(body: Data(count: fault == "short file" ? 400 : 1000))
    }

    @Test("what is handed back while it is rendered there is rendered there again")
    func handedBack() async throws {
        let there = try await Site(.embedded)
        let other = try there.service()
        let site = try await Site(.embedded, remote(other.url.absoluteString))
        let first = try site.service()
        let client = Client(first)
        try await Samples.upload(to: client)
        let id = try await client.submit(Samples.slideshow(seconds: 20), at: "render/auto")
        _ = try await client.wait(for: id) { $0.number("progress.frame") > 0 }
        first.stop()
        let done = try await Client(try site.service()).wait(for: id)
        #expect(done.string("state") == "completed")
        #expect(done.string("renderer") == "remote", "\(done.text)")
    }

    @Test("who wants the other instance and no other is told when it fails, and it is left alone for a while")
    func forced() async throws {
        let far = try await Receiver { _, _ in Receiver.Reply(status: 500) }
        let site = try await Site(
            .embedded, remote(far.url, ["MAX_ATTEMPTS": "2", "RETRY_SECONDS": "0.05"]))
        let client = Client(try site.service())
        let id = try await client.submit(Samples.color(), at: "render/remote")
        let failed = try await client.wait(for: id)
        #expect(failed.string("state") == "failed")
        #expect(failed.string("error.code") == "remote")
        for _ in 0..<2 { _ = try await client.wait(for: try await client.submit(Samples.color(), at: "render/auto")) }
        let asked = far.requests.count
        let last = try await client.wait(for: try await client.submit(Samples.color(), at: "render/auto"))
        #expect(last.string("rendererReason").contains("not used for a while"))
        #expect(far.requests.count == asked, "nothing is sent while it is left alone")
        let health = try await client.get("health")
        #expect(health.status == 200)
        #expect(health.string("checks.remote").contains("paused"))
    }

    @Test("without another instance, who wants it is told at once")
    func none() async throws {
        let site = try await Site(.embedded)
        let client = Client(try site.service())
        let answer = try await client.ask(Samples.color(), at: "render/remote")
        #expect(answer.status == 503)
        let auto = try await client.submit(Samples.color(), at: "render/auto")
        #expect(try await client.wait(for: auto).string("rendererReason") == "no remote renderer is configured")
    }
}
