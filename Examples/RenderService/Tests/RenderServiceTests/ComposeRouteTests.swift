// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import TestServers
import Testing

@testable import RenderService

/// Tests of the routes and bodies of compose engines behind a web front end.
@Suite(.serialized)
struct ComposeRouteTests {
    @Test("a front end's words are understood, and its generation ID is the job's name", arguments: Backend.allCases)
    func words(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let accepted = try await client.ask(
            [
                "generationId": "gen-1", "imageUrls": ["photo1.jpg", "media/anyone/photo2.jpg"],
                "audioUrl": "music.m4a", "durationPerImage": 0.1, "size": "64x64", "transition": "none",
            ], at: "api/v1/compose/render")
        #expect(accepted.status == 202, "\(accepted.text)")
        #expect(accepted.string("statusURL") == "/api/v1/compose/gen-1/status")
        #expect(accepted.headers["location"] == accepted.string("statusURL"))
        let done = try await client.wait(for: accepted.string("id"))
        #expect(done.string("state") == "completed", "\(done.text)")
        #expect(done.string("result.key") == "compose/renders/gen-1/output.mp4")
        #expect(done.number("result.frames") == 6)
        for name in ["gen-1", accepted.string("id")] {
            let status = try await client.get("api/v1/compose/\(name)/status")
            #expect(status.status == 200 && status.string("id") == done.string("id"))
            #expect(status.string("state") == "completed")
        }
        #expect(done.string("rendererReason") == "no remote renderer is configured")
    }

    @Test("the same rules hold as for the other routes")
    func rules() async throws {
        let site = try await Site(.embedded, ["API_KEYS": "anna:a-key,bert:b-key", "RATE_LIMIT": "5"])
        let service = try site.service("serve", ["WORKERS": "0"])
        let anna = Client(service, key: "a-key")
        let bert = Client(service, key: "b-key")
        var body = Samples.color()
        body["generationId"] = "mine"
        let route = "api/v1/compose/render"
        #expect(try await Client(service).ask(body, at: route).status == 401)
        #expect(try await anna.ask(body, at: route).status == 202)
        #expect(try await Client(service).get("api/v1/compose/mine/status").status == 401)
        #expect(try await bert.get("api/v1/compose/mine/status").status == 404)
        #expect(try await anna.get("api/v1/compose/mine/status").string("state") == "queued")
        #expect(try await anna.get("api/v1/compose/other/status").status == 404)
        #expect(try await bert.ask(body, at: route).status == 409)
        let wrong = try await anna.ask(["images": ["photo9.jpg"], "imageUrls": ["photo9.jpg"]], at: route)
        #expect(wrong.status == 400 && wrong.string("error.problems.0.path") == "imageUrls", "\(wrong.text)")
        var statuses: [Int] = []
        for _ in 0..<5 { statuses.append(try await anna.ask(body, at: route).status) }
        #expect(statuses.last == 429)
    }

    @Test("keys and addresses of the own bucket are media, where the caller may read them")
    func bucket() async throws {
        let site = try await Site(
            .distributed, ["API_KEYS": "anna:a-key,bert:b-key", "SHARED_MEDIA_PREFIXES": "generations/"])
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        let bert = Client(service, key: "b-key")
        try await anna.upload("photo1.jpg")
        let bucket = site.environment["S3_BUCKET"] ?? ""
        let s3 = site.environment["S3_ENDPOINT"] ?? ""
        // The web front end has put these there itself. Both have the same name.
        for (key, photo) in [("generations/a b/1.jpg", "photo1.jpg"), ("generations/c/1.jpg", "photo2.jpg")] {
            try await Bucket.put(try Samples.data(photo), "\(s3)/\(bucket)/\(key)")
        }
        func ask(_ images: [String], _ client: Client) async throws -> Answer {
            try await client.ask(
                ["images": images, "durationPerImage": 0.1, "size": "64x64", "transition": "none"],
                at: "api/v1/compose/render")
        }
        let accepted = try await ask(
            ["s3://\(bucket)/generations/a b/1.jpg", "generations/c/1.jpg", "s3://\(bucket)/media/anna/photo1.jpg"],
            anna)
        #expect(accepted.status == 202, "\(accepted.text)")
        let done = try await anna.wait(for: accepted.string("id"))
        #expect(done.string("state") == "completed" && done.number("result.frames") == 9, "\(done.text)")
        let missing = try await ask(["generations/none.jpg"], anna)
        #expect(missing.string("error.message").contains("there is no object generations/none.jpg"), "\(missing.text)")
        for src in [
            "s3://\(bucket)/media/anna/photo1.jpg", "media/anna/photo1.jpg", "s3://other/generations/c/1.jpg",
            "generations/../media/anna/photo1.jpg", "s3://\(bucket)/generations/../media/anna/photo1.jpg",
            "s3://\(bucket)//generations/c/1.jpg", "generations/", "s3://\(bucket)/compose/renders/x/output.mp4",
            "s3://\(bucket)", "generations//c/1.jpg",
        ] {
            let answer = try await ask([src], bert)
            #expect(answer.status == 400, "\(src)")
            #expect(answer.string("error.problems.0.path") == "tracks[0].clips[0].src", "\(answer.text)")
        }
    }

    @Test("prefixes that open callers' uploads to others are refused")
    func prefixes() throws {
        for prefix in ["media/", "media/anna/", "/", "photos", "a/../media/", "../", "a//"] {
            #expect(throws: ConfigurationError.self, "\(prefix)") {
                try Configuration(environment: ["SHARED_MEDIA_PREFIXES": prefix])
            }
        }
        let two = try Configuration(environment: ["SHARED_MEDIA_PREFIXES": "a/b/, c/"])
        #expect(two.access.sharedMediaPrefixes == ["a/b/", "c/"])
    }

    @Test("a front end instance hands every job on to its engine")
    func frontEnd() async throws {
        let there = try await Site(.embedded, ["API_KEYS": "front:secret"])
        let engine = try there.service()
        let site = try await Site(
            .embedded, ["COMPOSE_ENGINE_URL": engine.url.absoluteString, "REMOTE_API_KEY": "secret"])
        let client = Client(try site.service())
        let accepted = try await client.ask(Samples.color(), at: "api/v1/compose/render")
        let done = try await client.wait(for: accepted.string("id"))
        #expect(done.string("state") == "completed" && done.string("renderer") == "remote", "\(done.text)")
        engine.stop()
        let lost = try await client.ask(Samples.color(), at: "api/v1/compose/render")
        let failed = try await client.wait(for: lost.string("id"))
        #expect(
            failed.string("state") == "failed" && failed.string("error.code") == "remote", "it renders nothing itself")
    }

    @Test("where jobs go whose route does not say is a setting")
    func remoteUse() throws {
        let remote = ["REMOTE_SUBMIT_URL": "https://g.example/render", "REMOTE_STATUS_URL": "https://g.example/{id}"]
        func use(_ more: [String: String]) throws -> Configuration.RemoteUse {
            try Configuration(environment: more).remoteUse
        }
        #expect(try use([:]) == .whenWell)
        #expect(try use(remote) == .whenWell)
        #expect(try use(remote.merging(["USE_MODAL_RENDER": "false"]) { $1 }) == .never)
        #expect(try use(["COMPOSE_ENGINE_URL": "https://e.example"]) == .always)
        #expect(try use(["COMPOSE_ENGINE_URL": "https://e.example", "USE_MODAL_RENDER": "0"]) == .never)
        #expect(throws: ConfigurationError.self) { try use(["USE_MODAL_RENDER": "1"]) }
    }
}
