// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of jobs that follow others, of different kinds.
@Suite(.serialized)
struct ChainTests {
    @Test("what one job makes is composed by the next and published by the last", arguments: Backend.allCases)
    func chain(_ backend: Backend) async throws {
        let (generator, publisher) = (try await FakeProgram(), try await FakeProgram())
        let photo = try Samples.data("photo1.jpg")
        let web = try await Receiver { _, _ in .init(headers: ["ETag": "\"1\""], body: photo) }
        var generate = generator.settings
        // With a store, the program writes to it. Otherwise its result is an address.
        if backend == .distributed { generate["output"] = "picture.jpg" }
        let site = try await Site(
            backend,
            try KindTests.kinds(["video/generate": generate, "publish/tiktok": publisher.settings]).merging([
                "ALLOWED_MEDIA_HOSTS": "127.0.0.1", "ALLOW_PRIVATE_ADDRESSES": "1", "SPREAD_SECONDS": "0",
            ]) { $1 })
        let client = Client(try site.service())
        let first = try await client.submit("video/generate", ["prompt": "the sea"], as: "gen-1")
        let source =
            backend == .distributed ? "job://gen-1/picture.jpg" : "job://gen-1/picture.jpg#/images/0/url"
        var body = Samples.slideshow(seconds: 0.2, photos: 1, audio: false)
        body["images"] = [source]
        body["after"] = ["gen-1"]
        body["generationId"] = "film-1"
        let film = try await client.submit(body)
        let last = try await client.submit("publish/tiktok", ["caption": "hi"], after: [film], as: "post-1")
        let waiting = try await client.status(film)
        #expect(waiting.string("state") == "queued" && waiting["after"] as? [String] == [first], "\(waiting.text)")

        let asked = try #require(try await generator.submitted(1).first)
        if backend == .distributed {
            let output = try #require(asked.json["output"] as? [String: String])
            #expect(output["key"] == "compose/renders/gen-1/picture.jpg" && output["contentType"] == "image/jpeg")
            try await Bucket.put(photo, output["url"] ?? "")
            generator.answer(#"{"status":"completed","result":{"key":"media/other/secret.jpg"}}"#)
        } else {
            #expect(asked.json["output"] == nil)
            generator.answer(#"{"status":"completed","result":{"images":[{"url":"\#(web.url)/a.jpg"}]}}"#)
        }
        let made = try await client.wait(for: film)
        #expect(made.string("state") == "completed", "\(made.text)")
        let published = try #require(try await publisher.submitted(1).first)
        let inputs = published.json["inputs"] as? [String: [String: Any]]
        #expect(inputs?.keys.sorted() == ["film-1"])
        #expect(inputs?["film-1"]?["key"] as? String == "compose/renders/film-1/output.mp4")
        #expect(inputs?["film-1"]?["frames"] as? Int == 6)
        if backend == .distributed {
            let video = try await Bucket.get(inputs?["film-1"]?["url"] as? String ?? "").body
            #expect(video.count == Int(made.number("result.bytes")), "the program needs no credentials")
            let picture = try await client.get("job/\(first)/output")
            #expect(picture.body == photo)
            #expect(try await client.status(first).string("result.key") == "compose/renders/gen-1/picture.jpg")
        }
        publisher.answer(#"{"status":"completed","result":{"post":"42"}}"#)
        #expect(try await client.wait(for: last).string("result.post") == "42")
    }

    @Test(
        "when a job fails, those that follow it are told to have failed for that, by all ways",
        arguments: Backend.allCases)
    func failure(_ backend: Backend) async throws {
        let program = try await FakeProgram()
        let receiver = try await Receiver { _, _ in .init() }
        let site = try await Site(
            backend, try KindTests.kinds(["k": program.settings]).merging(["ALLOW_PRIVATE_ADDRESSES": "1"]) { $1 })
        let client = Client(try site.service())
        let first = try await client.submit("k", as: "first")
        let next = try await client.submit("k", after: ["first"], as: "next", ["callbackURL": receiver.url + "/told"])
        var body = Samples.color()
        body["after"] = [next]
        let last = try await client.submit(body)
        program.answer(#"{"status":"failed","error":{"code":"nsfw","message":"no"}}"#)
        #expect(try await client.wait(for: first).string("error.code") == "nsfw")
        for id in [next, last] {
            let failed = try await client.wait(for: id)
            #expect(failed.string("state") == "failed" && failed.string("error.code") == "predecessor")
            #expect(failed.string("error.message").contains("the job first, which it follows"), "\(failed.text)")
            #expect(failed["startedAt"] == nil && failed.number("attempts") == 0)
        }
        let told = try await receiver.wait(for: 1)
        #expect(told.compactMap { $0.json["name"] as? String } == ["k.failed"])
        if backend == .embedded {
            let record = try await RecordTests.wait(client, "next") { $0.string("state") == "failed" }
            #expect(record.string("error.code") == "predecessor" && record["after"] as? [String] == [first])
        }
        let late = try await client.ask(["kind": "k", "after": ["first"]], at: "jobs")
        #expect(late.status == 202 && late.string("state") == "failed")
        #expect(program.submitted.count == 1)
    }

    @Test("credits that were reserved for a job are given back when one that it follows is cancelled")
    func credits() async throws {
        let program = try await FakeProgram()
        let site = try await CreditTests.site(.embedded, try KindTests.kinds(["k": program.settings]))
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        try await CreditTests.deposit(100, to: "anna", "invoice", service)
        let first = try await anna.submit("k", as: "first")
        var body = Samples.slideshow(seconds: 0.1, photos: 1, audio: false)
        body["images"] = ["job://first/a.jpg"]
        body["after"] = ["first"]
        let film = try await anna.submit(body)
        #expect(try await anna.get("credits").number("reservedCents") == 3, "what it takes is not known yet")
        _ = try await anna.send("DELETE", "job/\(first)")
        #expect(try await anna.wait(for: film).string("error.code") == "predecessor")
        #expect(try await CreditTests.settled(anna).number("availableCents") == 100)
    }

    @Test("only jobs of one's own that are there can be followed, and files only of those that are named")
    func refused() async throws {
        let program = try await FakeProgram()
        let site = try await Site(
            .embedded,
            try KindTests.kinds(["k": program.settings]).merging(["API_KEYS": "anna:a-key,bert:b-key"]) { $1 })
        let service = try site.service("serve", ["WORKERS": "0"])
        let (anna, bert) = (Client(service, key: "a-key"), Client(service, key: "b-key"))
        let hers = try await anna.submit("k", as: "hers")
        for name in [hers, "hers", "nobody", "self"] {
            let answer = try await bert.ask(["kind": "k", "after": [name], "generationId": "self"], at: "jobs")
            #expect(answer.status == 400 && answer.string("error.problems.0.path") == "after[0]", "\(answer.text)")
            #expect(answer.string("error.message").contains("submitted before it"))
        }
        func render(_ src: String, after: [String]?) async throws -> Answer {
            var body = Samples.slideshow(seconds: 0.1, photos: 1, audio: false)
            body["images"] = [src]
            body["after"] = after
            return try await anna.ask(body)
        }
        for (src, after, words) in [
            ("job://hers/a.jpg", nil, "is not in \"after\""), ("job://other/a.jpg", ["hers"], "is not in \"after\""),
            ("job:///a.jpg", ["hers"], "is not like job://"), ("job://hers#x", ["hers"], "is not like job://"),
            ("job://../a.jpg", ["hers"], "is not like job://"),
        ] {
            let answer = try await render(src, after: after)
            #expect(answer.status == 400 && answer.string("error.message").contains(words), "\(src): \(answer.text)")
        }
        #expect(try await render("job://hers/a.jpg", after: ["hers"]).status == 202)
        var body = Samples.slideshow(seconds: 0.1, photos: 1, audio: false)
        body["images"] = ["job://hers/a.jpg"]
        body["after"] = ["hers"]
        let checked = try await anna.ask(body, at: "validate")
        #expect(checked["valid"] as? Bool == false && checked.text.contains("is not completed"), "\(checked.text)")
    }

    @Test(
        "a program cannot lead a render to files that its caller may not read",
        arguments: [
            ("media/bert/secret.jpg", "is not the name of an upload"),
            ("compose/renders/hers/output.mp4", "is not the name of an upload"),
            ("http://169.254.169.254/latest/meta-data", "may not be fetched"), ("../../etc/passwd", "is not the name"),
        ])
    func hostileResults(_ file: String, _ words: String) async throws {
        let program = try await FakeProgram()
        program.answer(#"{"status":"completed","result":{"key":"\#(file)"}}"#)
        let site = try await Site(.embedded, try KindTests.kinds(["k": program.settings]))
        let client = Client(try site.service())
        let id = try await client.submit("k", as: "first")
        #expect(try await client.wait(for: id).string("state") == "completed")
        var body = Samples.slideshow(seconds: 0.1, photos: 1, audio: false)
        body["images"] = ["job://first/a.jpg"]
        body["after"] = ["first"]
        // It is refused at once, because the result is known.
        let answer = try await client.ask(body)
        var message = answer.string("error.message")
        if answer.status == 202 {
            message = try await client.wait(for: answer.string("id")).string("error.message")
        }
        #expect(message.contains(words), "\(message)")
        #expect(try await client.get("job/\(id)/output").status == 404)
        #expect(try await client.status(id)["result.url"] == nil)
    }
}
