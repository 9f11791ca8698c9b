// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import JobQueue
import ObjectStorage
import TestServers
import Testing

@testable import RenderService

/// Tests of jobs that other programs run, at addresses of the configuration.
@Suite(.serialized)
struct KindTests {
    /// Returns the variable with the kinds that programs run.
    static func kinds(_ kinds: [String: [String: Any]]) throws -> [String: String] {
        ["JOB_KINDS": String(decoding: try JSONSerialization.data(withJSONObject: kinds), as: UTF8.self)]
    }

    @Test(
        "a job of another kind is submitted to its program, followed, and has its result", arguments: Backend.allCases)
    func whole(_ backend: Backend) async throws {
        let program = try await FakeProgram()
        let receiver = try await Receiver { _, _ in .init() }
        let settings = program.settings.merging(["headers": ["authorization": "Key k"], "secret": "s3cret"]) { $1 }
        let site = try await Site(
            backend, try Self.kinds(["video/generate": settings]).merging(["ALLOW_PRIVATE_ADDRESSES": "1"]) { $1 })
        let service = try site.service()
        let client = Client(service)
        let payload: [String: Any] = ["prompt": "the sea", "seed": 12_345_678_901_234_567]
        let id = try await client.submit(
            "video/generate", payload, as: "gen-1", ["callbackURL": receiver.url + "/told", "priority": "high"])
        let again = try await client.submit("video/generate", payload, as: "gen-1")
        #expect(again == id)
        _ = try await client.wait(for: id, until: ["running"])
        let asked = try #require(try await program.submitted(1).first)
        #expect(asked.path == "/go" && asked.query == "v=1" && asked.headers["authorization"] == "Key k")
        #expect(asked.headers["idempotency-key"] == id)
        #expect(asked.json["id"] as? String == "gen-1" && asked.json["kind"] as? String == "video/generate")
        #expect(asked.json["attempt"] as? Int == 1 && asked.json["timeoutSeconds"] as? Double == 600)
        #expect((asked.json["inputs"] as? [String: Any])?.isEmpty == true)
        #expect(String(decoding: asked.body, as: UTF8.self).contains(#""seed":12345678901234567"#))

        program.answer(#"{"status":"running","progress":0.4}"#)
        let half = try await client.wait(for: id) { $0.number("progress.fraction") == 0.4 }
        #expect(half.string("kind") == "video/generate" && half.string("priority") == "high")
        #expect(half["progress.frame"] == nil && half["result"] == nil)
        program.answer(#"{"status":"completed","result":{"video":{"url":"https://m.example/a.mp4"},"seed":7}}"#)
        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed" && done.string("result.video.url") == "https://m.example/a.mp4")
        #expect(done.number("result.seed") == 7 && done.number("progress.fraction") == 1, "\(done.text)")
        #expect(program.submitted.count == 1)
        for request in program.submitted + program.asked { try Self.expectSignature(of: request, key: "s3cret") }

        let told = try await receiver.wait(for: 2)
        #expect(
            told.compactMap { $0.json["name"] as? String } == ["video/generate.started", "video/generate.completed"])
        #expect(try await client.get("jobs").string("jobs.0.kind") == "video/generate")
        #expect(try await client.get("job/\(id)/output").status == 404, "it has no file")
        #expect(
            try await client.get("metrics").text.contains(#"jobs_total{kind="video/generate",state="completed"} 1"#))
        if backend == .embedded {
            let record = try await RecordTests.wait(client, "gen-1") { $0.string("state") == "completed" }
            #expect(record.string("kind") == "video/generate" && record.string("payload.prompt") == "the sea")
            #expect(record["edit"] == nil && record.number("result.seed") == 7)
            #expect(try await client.get("generations?kind=video/generate").string("generations.0.id") == id)
        } else {
            let ends = try site.redis?.command(["XRANGE", "jobs:completed", "-", "+"]) ?? ""
            #expect(ends.contains("video/generate") && ends.contains(#""seed":7"#))
        }
    }

    private static func expectSignature(of request: Receiver.Received, key: String) throws {
        let time = try #require(request.headers["x-compose-timestamp"])
        var code = HMAC<SHA256>(key: SymmetricKey(data: Data(key.utf8)))
        code.update(data: Data((time + ".").utf8))
        code.update(data: request.body)
        #expect(request.headers["x-compose-signature"] == "v1=" + hexadecimal(code.finalize()))
        #expect(abs((Double(time) ?? 0) - Date().timeIntervalSince1970) < 300)
    }

    @Test("a program without an address for the status answers with the result, and may tell its cost")
    func synchronous() async throws {
        let program = try await FakeProgram { request, _ in
            let payload = request.json["payload"] as? [String: Any]
            return .init(
                body: Data(
                    #"{"status":"completed","result":{"said":"\#(payload?["text"] ?? "")"},"cost":{"gpuSeconds":2.5}}"#
                        .utf8),
                delay: 0.2)
        }
        var settings = program.settings
        settings["statusURL"] = nil
        let site = try await Site(.embedded, try Self.kinds(["publish/tiktok": settings]))
        let client = Client(try site.service())
        let id = try await client.submit("publish/tiktok", ["text": "hello"])
        #expect(try await client.wait(for: id).string("result.said") == "hello")
        let record = try await RecordTests.wait(client, id) { $0.string("state") == "completed" }
        #expect(record.number("cost.gpuSeconds") == 2.5)
    }

    @Test(
        "what a program refuses or fails is told, and tried again only where that may help",
        arguments: [
            (400, #"{"error":{"code":"badPrompt","message":"no such style"}}"#, 1, "badPrompt", "no such style"),
            (503, #"{"error":{"message":"busy"}}"#, 3, "program", "busy"), (429, "", 3, "program", "429"),
            (302, "", 1, "program", "302"), (200, "<html>", 1, "program", "not the JSON"),
            (200, "{}", 1, "program", "callId"), (200, #"{"callId":""}"#, 1, "program", "callId"),
            (200, #"{"callId":".."}"#, 1, "program", "callId"),
            (200, #"{"status":"failed","error":{"code":"nsfw","message":"no"}}"#, 1, "nsfw", "no"),
            (200, #"{"status":"failed","error":{"message":"later","retry":true}}"#, 3, "program", "later"),
            (200, #"{"status":"failed"}"#, 1, "program", "no reason"),
            (200, #"{"status":"completed","result":[1]}"#, 1, "program", "not an object"),
        ])
    func refusals(_ status: Int, _ body: String, _ attempts: Int, _ code: String, _ words: String) async throws {
        let program = try await FakeProgram { _, _ in
            .init(status: status, headers: ["Location": "http://127.0.0.1:1/"], body: Data(body.utf8))
        }
        let settings = program.settings.merging(["attempts": 3]) { $1 }
        let site = try await Site(.embedded, try Self.kinds(["k": settings]).merging(["RETRY_SECONDS": "0.01"]) { $1 })
        let client = Client(try site.service())
        let failed = try await client.wait(for: try await client.submit("k"))
        #expect(failed.string("state") == "failed" && failed.string("error.code") == code, "\(failed.text)")
        #expect(failed.string("error.message").contains(words), "\(failed.text)")
        #expect(program.submitted.count == attempts)
        // A call that has failed is made anew. Otherwise the answer may have been lost.
        let keys = Set(program.submitted.map { $0.headers["idempotency-key"] })
        #expect(keys.count == (body.contains(#""failed""#) ? attempts : 1))
    }

    @Test("answers that are far too large or too deep fail their job, and the service lives")
    func hugeAnswers() async throws {
        let program = try await FakeProgram { _, number in
            let body =
                number == 0
                ? #"{"status":"completed","result":{"a":""# + String(repeating: "x", count: 300_000) + #""}}"#
                : #"{"status":"completed","result":"# + String(repeating: "[", count: 100_000)
            return .init(body: Data(body.utf8))
        }
        let site = try await Site(.embedded, try Self.kinds(["k": program.settings]))
        let client = Client(try site.service())
        for words in ["larger than 262144 bytes", "not the JSON"] {
            let failed = try await client.wait(for: try await client.submit("k"))
            #expect(failed.string("state") == "failed" && failed.string("error.message").contains(words))
        }
    }

    @Test("a call goes on when the service is killed, and is not made again")
    func goesOn() async throws {
        let program = try await FakeProgram()
        let site = try await Site(.embedded, try Self.kinds(["k": program.settings]))
        var service = try site.service()
        let id = try await Client(service).submit("k")
        program.answer(#"{"status":"running","progress":0.5}"#)
        _ = try await Client(service).wait(for: id) { $0.number("progress.fraction") == 0.5 }
        service.kill()
        service = try site.service()
        program.answer("", code: 502)
        let before = program.asked.count
        _ = try await program.asked(before + 2)
        program.answer(#"{"status":"completed","result":{}}"#)
        let done = try await Client(service).wait(for: id)
        #expect(done.string("state") == "completed" && program.submitted.count == 1, "\(done.text)")

        // One that the program has forgotten is made again.
        program.answer(#"{"status":"running","progress":0.25}"#)
        let other = try await Client(service).submit("k")
        _ = try await Client(service).wait(for: other) { $0.number("progress.fraction") == 0.25 }
        service.stop()
        program.forget()
        service = try site.service()
        _ = try await program.submitted(3)
        program.answer(#"{"status":"completed","result":{}}"#)
        #expect(try await Client(service).wait(for: other).string("state") == "completed")
        #expect(program.submitted.count == 3)
    }

    @Test("what takes too long, or cannot be asked for too long, ends")
    func timeouts() async throws {
        let (slow, gone) = (try await FakeProgram(), try await FakeProgram())
        gone.answer("", code: 500)
        let site = try await Site(
            .embedded,
            try Self.kinds([
                "slow": slow.settings.merging(["timeoutSeconds": 1]) { $1 },
                "gone": gone.settings.merging(["attempts": 1]) { $1 },
            ]).merging(["LEASE_SECONDS": "0.3"]) { $1 })
        let client = Client(try site.service())
        let ids = [try await client.submit("slow"), try await client.submit("gone")]
        #expect(try await client.wait(for: ids[0]).string("error.code") == "timeout")
        #expect(try await client.wait(for: ids[1]).string("error.message").contains("500"))
        // One that waits is cancelled at once.
        let waiting = try await client.submit("slow")
        _ = try await client.wait(for: waiting, until: ["running"])
        _ = try await client.send("DELETE", "job/\(waiting)")
        #expect(try await client.wait(for: waiting).string("state") == "cancelled")
    }

    @Test("jobs of other kinds hold up no render, and no more run at the same time than may")
    func concurrency() async throws {
        let program = try await FakeProgram()
        let settings = program.settings.merging(["concurrency": 2]) { $1 }
        let site = try await Site(.embedded, try Self.kinds(["k": settings]))
        let client = Client(try site.service())
        var ids: [String] = []
        for _ in 0..<4 { ids.append(try await client.submit("k")) }
        _ = try await program.submitted(2)
        #expect(try await client.wait(for: try await client.submit(Samples.color())).string("state") == "completed")
        #expect(program.submitted.count == 2)
        program.answer(#"{"status":"completed"}"#)
        for id in ids { #expect(try await client.wait(for: id).string("state") == "completed") }
        #expect(program.submitted.count == 4)
    }

    @Test("each kind has its price, which is reserved, taken, and given back")
    func prices() async throws {
        let program = try await FakeProgram()
        let prices = FileManager.default.temporaryDirectory.appendingPathComponent("prices-\(UUID().uuidString).json")
        try Data(#"{"gpuSecond": 2, "kinds": {"k": 5}}"#.utf8).write(to: prices)
        let site = try await CreditTests.site(
            .embedded, try Self.kinds(["k": program.settings]).merging(["CREDIT_PRICES_FILE": prices.path]) { $1 })
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        #expect(try await anna.ask(["kind": "k"], at: "jobs").number("error.missingCents") == 5)
        try await CreditTests.deposit(20, to: "anna", "invoice", service)
        let id = try await anna.submit("k", as: "one")
        #expect(try await anna.get("credits").number("reservedCents") == 5)
        program.answer(#"{"status":"completed","cost":{"gpuSeconds":1.5}}"#)
        _ = try await anna.wait(for: id)
        #expect(try await CreditTests.settled(anna).number("availableCents") == 12)
        program.answer(#"{"status":"failed"}"#)
        _ = try await anna.wait(for: try await anna.submit("k", as: "two"))
        #expect(try await CreditTests.settled(anna).number("availableCents") == 12)
    }

    @Test("a request for a job says all that is wrong with it")
    func wrong() async throws {
        let program = try await FakeProgram()
        let site = try await Site(.embedded, try Self.kinds(["video/generate": program.settings]))
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        for (body, words) in [
            (#"{"kind": "dance"}"#, "use render, video/generate"), (#"{"kind": "segment"}"#, "no kind"),
            (#"{"payload": {}}"#, "expected the name of a kind"), (#"{"kind": "a b"}"#, "expected the name of a kind"),
            (#"{"kind": "video/generate", "payload": 1}"#, "expected an object"),
            (#"{"kind": "video/generate", "prompt": "x"}"#, "prompt: there is no such field"),
            (#"{"kind": "video/generate", "after": "x"}"#, "an array of at most 20"),
            (#"{"kind": "video/generate", "after": ["a/b"]}"#, "an array of at most 20"),
            (#"{"kind": "video/generate", "callbackURL": "http://a.example/"}"#, "plain HTTP"),
            (#"{"kind": "render", "payload": {"images": []}}"#, "images"),
            (#"{"kind": "render", "payload": {"images": ["a.jpg"], "after": ["b"]}}"#, "put it beside it"),
            ("[]", "not a JSON object"), ("{", "line 1"),
        ] {
            let answer = try await client.send("POST", "jobs", Data(body.utf8))
            #expect(answer.status == 400 && answer.string("error.message").contains(words), "\(body): \(answer.text)")
        }
        let unknown = try await client.ask(["kind": "dance"], at: "jobs")
        #expect(unknown.string("error.code") == "invalidJob" && unknown.string("error.problems.0.path") == "kind")
        #expect(try await client.get("jobs").text == #"{"jobs":[]}"#)
        let render = try await client.submit("render", Samples.color(), as: "film")
        #expect(try await client.status(render).string("kind") == "render")
    }

    @Test("a program gets the addresses of the files that a payload names, and only of those that its caller may read")
    func files() async throws {
        let program = try await FakeProgram()
        let settings = program.settings.merging(["files": ["face", "sounds"]]) { $1 }
        let site = try await Site(
            .distributed, try Self.kinds(["lipsync": settings]).merging(["ALLOWED_MEDIA_HOSTS": "cdn.example"]) { $1 })
        let client = Client(try site.service())
        try await client.upload("photo1.jpg")
        var body = Samples.color()
        body["generationId"] = "film"
        _ = try await client.submit(body)
        let id = try await client.submit(
            "lipsync",
            ["face": "photo1.jpg", "sounds": ["https://cdn.example/a.m4a", "job://film"], "text": "photo1.jpg"],
            after: ["film"])
        let payload = try #require(try await program.submitted(1).first?.json["payload"] as? [String: Any])
        #expect(payload["text"] as? String == "photo1.jpg", "it names no file")
        let face = payload["face"] as? String ?? ""
        #expect(face.contains("/media/anyone/photo1.jpg?X-Amz-"))
        #expect(try await Bucket.get(face).body == Samples.data("photo1.jpg"))
        let sounds = payload["sounds"] as? [String] ?? []
        #expect(sounds.first == "https://cdn.example/a.m4a" && sounds.count == 2)
        #expect(sounds.last?.contains("/compose/renders/film/output.mp4?X-Amz-") == true)
        program.answer(#"{"status":"completed"}"#)
        #expect(try await client.wait(for: id).string("state") == "completed")
        for (payload, path, words) in [
            (["face": "nothing.jpg"], "payload.face", "there is no upload nothing.jpg"),
            (["face": "media/bert/a.jpg"], "payload.face", "is not the name of an upload"),
            (["sounds": ["photo1.jpg", "http://169.254.169.254/"]], "payload.sounds[1]", "may not be fetched"),
            (["face": 1], "payload.face", "expected the name of a file"),
            (["face": "job://film"], "payload.face", "is not in \"after\""),
        ] as [([String: Any], String, String)] {
            let answer = try await client.ask(["kind": "lipsync", "payload": payload], at: "jobs")
            #expect(answer.status == 400 && answer.string("error.problems.0.path") == path, "\(answer.text)")
            #expect(answer.string("error.message").contains(words), "\(answer.text)")
        }
    }

    @Test("kinds are read strictly, and what is wrong with one names it")
    func configuration() throws {
        func read(_ text: String, _ more: [String: String] = ["REDIS_URL": "redis://h"]) throws -> JobKinds {
            try Configuration(environment: more.merging(["JOB_KINDS": text]) { $1 }).kinds
        }
        let kinds = try read(
            #"{"lipsync": {}, "video/generate": {"submitURL": "https://a.example/x", "statusURL": "https://a.example/{id}"}}"#
        )
        #expect(kinds.all.map(\.kind.rawValue) == ["lipsync", "video/generate"])
        let generate = try #require(kinds[Job.Kind(rawValue: "video/generate")])
        #expect(generate.attempts == 5 && generate.seconds == 600 && generate.concurrency == 10)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("kinds-\(UUID().uuidString).json")
        try Data(#" {"k": {"attempts": 2}}"#.utf8).write(to: file)
        #expect(try read(file.path)[Job.Kind(rawValue: "k")]?.attempts == 2)
        for (text, words) in [
            ("/nowhere.json", "cannot be read"), ("{", "not JSON"), (#"{"a b": {}}"#, "no name of a kind"),
            (#"{"render": {}}"#, "no name of a kind"), (#"{"k": 1}"#, "k: is an object"),
            (#"{"k": {"url": "x"}}"#, "there is no field \"url\""), (#"{"k": {"submitURL": "ftp://h"}}"#, "submitURL"),
            (#"{"k": {"statusURL": "https://h"}}"#, "needs submitURL"), (#"{"k": {"attempts": 0}}"#, "1 to 100"),
            (#"{"k": {"submitURL": "https://h", "output": "../x"}}"#, "name of a file"),
            (#"{"k": {"submitURL": "https://h", "output": "a.mp4"}}"#, "S3_BUCKET"),
            (#"{"k": {"submitURL": "https://h", "files": ["a"]}}"#, "S3_BUCKET"),
            (#"{"k": {"submitURL": "https://h", "files": "a"}}"#, "array of names"),
            (#"{"k": {"submitURL": "https://h", "headers": {"a": "b\r\nc"}}}"#, "line breaks"),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try read(text) }
            #expect(error?.description.contains(words) == true, "\(text): \(error?.description ?? "")")
        }
        let error = #expect(throws: ConfigurationError.self) { try read(#"{"k": {}}"#, [:]) }
        #expect(error?.description.contains("REDIS_URL") == true)
    }
}

extension FakeProgram {
    /// Waits until a number of submissions has arrived.
    func submitted(_ count: Int) async throws -> [Receiver.Received] {
        try await Self.wait {
            submitted
        } until: {
            $0 >= count
        }
    }

    /// Waits until a number of requests for the status has arrived.
    func asked(_ count: Int) async throws -> [Receiver.Received] {
        try await Self.wait {
            asked
        } until: {
            $0 >= count
        }
    }

    private static func wait(
        _ list: () -> [Receiver.Received], until isEnough: (Int) -> Bool
    ) async throws -> [Receiver.Received] {
        for _ in 0..<1000 where !isEnough(list().count) { try await Task.sleep(for: .milliseconds(20)) }
        let found = list()
        guard isEnough(found.count) else {
            throw ServiceProcess.Failure(description: "only \(found.count) requests have arrived")
        }
        return found
    }
}
