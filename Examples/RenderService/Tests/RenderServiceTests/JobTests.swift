// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of the API, which must behave in the same way with every backend.
@Suite(.serialized)
struct JobTests {
    @Test("a slideshow is asked for, rendered, and fetched in parts", arguments: Backend.allCases)
    func slideshow(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let service = try site.service()
        let client = Client(service)
        try await Samples.upload(to: client)
        var body = Samples.slideshow()
        body["generationId"] = "first"
        let accepted = try await client.ask(body)
        #expect(accepted.status == 202)
        #expect(accepted.string("state") == "queued")
        let id = accepted.string("id")
        #expect(accepted.headers["location"] == "/job/\(id)/status")

        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed")
        #expect(done.string("result.key") == "compose/renders/first/output.mp4")
        #expect(done.number("result.frames") == 60)
        #expect(done.number("result.duration") == 2)
        #expect(done.number("progress.fraction") == 1)
        #expect(done.string("encoder.name") == "x264")
        #expect(done.string("encoder.reason").isEmpty == false)

        let whole = try await client.get("job/\(id)/output")
        #expect(whole.status == 200)
        #expect(whole.headers["content-type"] == "video/mp4")
        #expect(whole.body.count == Int(done.number("result.bytes")))
        #expect(whole.body[4..<8].elementsEqual(Array("ftyp".utf8)))
        let part = try await client.get("job/\(id)/output", headers: ["Range": "bytes=4-7"])
        #expect(part.status == 206)
        #expect(part.text == "ftyp")
        #expect(part.headers["content-range"] == "bytes 4-7/\(whole.body.count)")
        let past = try await client.get("job/\(id)/output", headers: ["Range": "bytes=999999999-"])
        #expect(past.status == 416)
        let head = try await client.send("HEAD", "job/\(id)/output")
        #expect(head.status == 200)
        #expect(head.headers["content-length"] == String(whole.body.count))
        let poster = try await client.get("job/\(id)/poster")
        #expect(poster.body.starts(with: [0xFF, 0xD8, 0xFF]))
        let report = try await client.get("job/\(id)/report")
        #expect(report.number("video.frames") == 60)
        // The link works without credentials.
        let link = try await Client(service).get(done.string("result.url"))
        #expect(link.body == whole.body)
    }

    @Test("the same generation ID twice is one job", arguments: Backend.allCases)
    func sameGeneration(_ backend: Backend) async throws {
        let site = try await Site(backend, ["API_KEYS": "anna:a-key,bert:b-key"])
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        var body = Samples.color()
        body["generationId"] = "one"
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            let data = try JSONSerialization.data(withJSONObject: body)
            for _ in 0..<10 { group.addTask { try await anna.send("POST", "render", data).string("id") } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        let other = try await Client(service, key: "b-key").ask(body)
        #expect(other.status == 409)
        _ = try await anna.wait(for: ids.first!)
        let again = try await anna.ask(body)
        #expect(again.string("state") == "completed")
        #expect(try await anna.get("jobs").text.components(separatedBy: "\"generationId\"").count == 2)
    }

    @Test("a wrong edit is refused at once, with every problem and its place", arguments: Backend.allCases)
    func wrongEdit(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let client = Client(try site.service())
        var wrong = Samples.slideshow()
        wrong["durationPerImage"] = -1
        let values = try await client.ask(wrong)
        #expect(values.status == 400 && values.string("error.problems.0.path") == "durationPerImage")
        // What cannot be read is said first, as of an edit.
        wrong["transition"] = "wobble"
        let answer = try await client.ask(wrong)
        #expect(answer.status == 400)
        #expect(answer.string("error.code") == "invalidEdit")
        let paths = (answer["error.problems"] as? [[String: String]] ?? []).compactMap { $0["path"] }
        #expect(paths == ["transition"])

        let missing = try await client.ask(Samples.slideshow(audio: false))
        #expect(missing.string("error.problems.0.path") == "tracks[0].clips[0].src")
        #expect(missing.string("error.problems.0.message").contains("photo1.jpg"))
        for body in ["", "[]", "{", "{\"version\": 1}", "null", "\u{0}"] {
            #expect(try await client.send("POST", "render", Data(body.utf8)).status == 400, "\(body)")
        }
        #expect(try await client.get("jobs").text == #"{"jobs":[]}"#)
    }

    @Test("corrupt and hostile media fail their job with a reason, and the service lives", arguments: Backend.allCases)
    func corruptMedia(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let client = Client(try site.service())
        let photo = try Samples.data("photo1.jpg")
        try await client.send("PUT", "media/cut.jpg", photo.prefix(5000))
        try await client.send("PUT", "media/text.jpg", Data("#!/bin/sh\nexit 1\n".utf8))
        try await client.send("PUT", "media/empty.jpg", Data())
        try await client.send("PUT", "media/list.jpg", Data("ffconcat version 1.0\nfile /etc/passwd\n".utf8))
        for name in ["text.jpg", "empty.jpg", "list.jpg"] {
            let id = try await client.submit(["images": [name], "size": "64x64", "durationPerImage": 0.2])
            let failed = try await client.wait(for: id)
            #expect(failed.string("state") == "failed", "\(name)")
            #expect(failed.string("error.problems.0.path") == "tracks[0].clips[0].src")
            #expect(failed.string("error.message").contains(name))
            #expect(failed.number("attempts") == 1, "trying again cannot help")
        }
        // Decoders show half a photo; the test is that the job ends.
        let id = try await client.submit(["images": ["cut.jpg"], "size": "64x64", "durationPerImage": 0.2])
        _ = try await client.wait(for: id)
        let after = try await client.submit(Samples.color())
        #expect(try await client.wait(for: after).string("state") == "completed")
    }

    @Test("a job is called off, before it begins and while it runs", arguments: Backend.allCases)
    func cancel(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let long = try await client.submit(Samples.slideshow(seconds: 30))
        let waiting = try await client.submit(Samples.color())
        _ = try await client.wait(for: long) { $0.number("progress.frame") > 0 }
        let off = try await client.send("DELETE", "job/\(waiting)")
        #expect(off.string("state") == "cancelled")
        try await client.send("DELETE", "job/\(long)")
        let ended = try await client.wait(for: long, seconds: 10)
        #expect(ended.string("state") == "cancelled")
        #expect(try await client.get("job/\(long)/output").status == 409)
        #expect(try await client.status("nobody").status == 404)
        let next = try await client.submit(Samples.color())
        #expect(try await client.wait(for: next).string("state") == "completed")
    }

    @Test("what is urgent goes first", arguments: Backend.allCases)
    func priority(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let running = try await client.submit(Samples.slideshow(seconds: 3))
        _ = try await client.wait(for: running, until: ["running"])
        var ids: [String: String] = [:]
        for priority in ["low", "normal", "high"] {
            var body = Samples.color()
            body["priority"] = priority
            ids[priority] = try await client.submit(body)
        }
        try await client.send("DELETE", "job/\(running)")
        var started: [String: String] = [:]
        for (priority, id) in ids { started[priority] = try await client.wait(for: id).string("startedAt") }
        #expect(started["high"]! < started["normal"]!)
        #expect(started["normal"]! < started["low"]!)
    }

    @Test("events tell how it goes, and end with the end", arguments: Backend.allCases)
    func events(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let id = try await client.submit(Samples.slideshow(seconds: 1.5))
        let stream = try await client.get("job/\(id)/events")
        #expect(stream.headers["content-type"] == "text/event-stream")
        let events = stream.text.components(separatedBy: "\n\n").filter { $0.hasPrefix("event: status\ndata: {") }
        #expect(events.count >= 2)
        #expect(events.last?.contains(#""state":"completed""#) == true)
        #expect(events.dropLast().allSatisfy { !$0.contains(#""state":"completed""#) })
    }

    @Test("an edit is checked and its cost told without rendering it", arguments: Backend.allCases)
    func validateAndEstimate(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let body = try JSONSerialization.data(withJSONObject: Samples.slideshow(seconds: 2))
        let valid = try await client.send("POST", "validate", body)
        #expect(valid.text == #"{"problems":[],"valid":true}"#)
        let estimate = try await client.send("POST", "estimate", body)
        #expect(estimate.number("frames") == 120)
        #expect(estimate.number("duration") == 4)
        #expect(estimate.number("cpuSeconds") > 0)
        #expect(estimate.number("memoryBytes") > 1e6)
        #expect(estimate.number("outputBytes") > 1e4)
        try await client.send("PUT", "media/photo1.jpg", Data("no photo".utf8))
        let wrong = try await client.send("POST", "validate", body)
        #expect(wrong["valid"] as? Bool == false)
        #expect(wrong.string("problems.0.path") == "tracks[0].clips[0].src")
        #expect(try await client.get("jobs").text == #"{"jobs":[]}"#)
    }

    @Test("files are uploaded by name and by form, and removed", arguments: Backend.allCases)
    func uploads(_ backend: Backend) async throws {
        let site = try await Site(backend, ["MAX_UPLOAD_BYTES": "1000000"])
        let client = Client(try site.service())
        let put = try await client.upload("photo1.jpg")
        #expect(put.status == 201)
        #expect(put.string("key") == "media/anyone/photo1.jpg")
        let form =
            Data(
                ("--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--xyz\r\n"
                    + "Content-Disposition: form-data; name=\"f\"; filename=\"photo2.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n")
                    .utf8)
            + (try Samples.data("photo2.jpg")) + Data("\r\n--xyz--\r\n".utf8)
        let posted = try await client.send(
            "POST", "media", form, headers: ["Content-Type": "multipart/form-data; boundary=xyz"])
        #expect(posted.status == 201)
        #expect(posted.string("media.0.name") == "photo2.jpg")
        #expect(posted.number("media.0.size") == Double(try Samples.data("photo2.jpg").count))
        let id = try await client.submit(Samples.slideshow(seconds: 0.2, audio: false))
        #expect(try await client.wait(for: id).string("state") == "completed")

        // A video among the pictures plays for its own length.
        let video = try await client.get("job/\(id)/output").body
        #expect(try await client.send("PUT", "media/clip.mp4", video).status == 201)
        let mixed = try await client.submit([
            "images": ["photo1.jpg", "clip.mp4"], "durationPerImage": 0.2, "size": "64x64", "transition": "none",
        ])
        let done = try await client.wait(for: mixed)
        #expect(done.string("state") == "completed" && done.number("result.frames") == 6 + 12, "\(done.text)")

        // The service uses these names for its own files.
        try await client.upload("photo1.jpg", as: "output.mp4")
        try await client.upload("photo2.jpg", as: "poster.jpg")
        // In the short form, a name that ends in .mp4 would be a video's.
        let odd = try await client.submit([
            "version": 1,
            "timeline": [
                "size": ["width": 64, "height": 64],
                "tracks": [
                    [
                        "clips": [
                            ["type": "image", "src": "output.mp4", "duration": 0.2],
                            ["type": "image", "src": "poster.jpg", "duration": 0.2],
                        ]
                    ]
                ],
            ],
        ])
        #expect(try await client.wait(for: odd).string("state") == "completed")

        #expect(try await client.send("PUT", "media/big", Data(count: 1_000_001)).status == 413)
        #expect(try await client.send("PUT", "media/..%2F..%2Fetc", Data("x".utf8)).status == 400)
        #expect(try await client.send("PUT", "media/.hidden", Data("x".utf8)).status == 400)
        #expect(try await client.send("POST", "media", Data("x".utf8)).status == 415)
        let broken = try await client.send(
            "POST", "media", Data(count: 20_000), headers: ["Content-Type": "multipart/form-data; boundary=xyz"])
        #expect(broken.status == 400 && broken.string("error.code") == "malformed")
        #expect(try await client.send("DELETE", "media/photo1.jpg").status == 204)
        #expect(try await client.ask(Samples.slideshow(audio: false)).status == 400)
    }

    @Test("callbacks come in order, signed, and again where the receiver is down", arguments: Backend.allCases)
    func callbacks(_ backend: Backend) async throws {
        let site = try await Site(backend, ["CALLBACK_SECRET": "shared", "ALLOW_PRIVATE_ADDRESSES": "1"])
        // The receiver is unavailable at first.
        let receiver = try await Receiver { _, number in Receiver.Reply(status: number < 2 ? 503 : 200) }
        let client = Client(try site.service())
        var body = Samples.color()
        body["callbackURL"] = receiver.url + "/hook"
        let id = try await client.submit(body)
        let done = try await client.wait(for: id) {
            ($0["callbacks"] as? [[String: Any]] ?? []).count == 2
                && ($0["callbacks"] as! [[String: Any]]).allSatisfy { $0["state"] as? String == "completed" }
        }
        #expect(done.string("callbacks.0.name") == "video/compose.started")
        #expect(done.number("callbacks.0.attempts") == 3)
        let requests = receiver.requests
        #expect(requests.count == 4)
        #expect(
            requests.map { $0.json["name"] as? String }
                == [
                    "video/compose.started", "video/compose.started", "video/compose.started",
                    "video/compose.completed",
                ])
        let last = try #require(requests.last)
        let data = last.json["data"] as? [String: Any]
        #expect(data?["id"] as? String == id)
        #expect(data?["state"] as? String == "completed")
        let timestamp = try #require(last.headers["x-compose-timestamp"])
        let signature = HMACReference.sha256(key: "shared", message: Data("\(timestamp).".utf8) + last.body)
        #expect(last.headers["x-compose-signature"] == "v1=" + signature)
    }

    @Test(
        "a callback nobody takes is given up and recorded; the video is there all the same", arguments: Backend.allCases
    )
    func deadReceiver(_ backend: Backend) async throws {
        let site = try await Site(
            backend, ["ALLOW_PRIVATE_ADDRESSES": "1", "CALLBACK_ATTEMPTS": "3", "RETRY_SECONDS": "0.02"])
        let client = Client(try site.service())
        var body = Samples.color()
        body["callbackURL"] = "http://127.0.0.1:\(try FreePort.find())/"
        let id = try await client.submit(body)
        let done = try await client.wait(for: id) { $0.string("callbacks.1.state") == "failed" }
        #expect(done.string("state") == "completed")
        #expect(done.number("callbacks.1.attempts") == 3)
        #expect(done.string("callbacks.1.error").contains("127.0.0.1"))
    }

    @Test("events go to an event engine in its own shape", arguments: Backend.allCases)
    func eventEngine(_ backend: Backend) async throws {
        let engine = try await Receiver { _, _ in Receiver.Reply() }
        let site = try await Site(backend, ["EVENT_URL": engine.url + "/e", "EVENT_KEY": "k1"])
        let client = Client(try site.service())
        let id = try await client.submit(Samples.color())
        let events = try await engine.wait(for: 2)
        #expect(events.map(\.path) == ["/e/k1", "/e/k1"])
        #expect(events.last?.json["name"] as? String == "video/compose.completed")
        #expect((events.last?.json["data"] as? [String: Any])?["id"] as? String == id)
        #expect(events.last?.json["ts"] is NSNumber)
    }
}

/// Computes HMAC-SHA256 in Python, which shares no code with the service.
enum HMACReference {
    static func sha256(key: String, message: Data) -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let output = file.path + ".txt"
        defer {
            try? FileManager.default.removeItem(at: file)
            try? FileManager.default.removeItem(atPath: output)
        }
        try? message.write(to: file)
        let script =
            "import hmac,sys; print(hmac.new(sys.argv[1].encode(), open(sys.argv[2],'rb').read(), 'sha256').hexdigest())"
        let process = try? ChildProcess(
            "python3", ["-c", script, key, file.path],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""],
            output: output)
        _ = process?.wait()
        return ((try? String(contentsOfFile: output, encoding: .utf8)) ?? "").trimmingCharacters(
            in: .whitespacesAndNewlines)
    }
}
