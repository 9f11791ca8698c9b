// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

@testable import RenderService

/// Tests of a remote renderer that is another program, of two addresses.
@Suite(.serialized)
struct RendererAppTests {
    /// Returns a site with AWS's variables, and those of the program.
    private func site(_ app: FakeApp, _ more: [String: String] = [:]) async throws -> (site: Site, bucket: String) {
        let s3 = try await S3Server.shared()
        let bucket = try await s3.makeBucket()
        let environment = app.environment.merging([
            "AWS_S3_BUCKET": bucket, "AWS_ENDPOINT_URL": s3.endpoint.absoluteString, "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret", "REMOTE_PATIENCE_SECONDS": "1",
        ]) { $1 }
        return (
            try await Site(.embedded, environment.merging(more) { $1 }),
            s3.endpoint.absoluteString + "/" + bucket
        )
    }

    private var photos: [String: Any] {
        ["imageUrls": ["photo1.jpg", "photo2.jpg"], "durationPerImage": 0.1, "size": "64x64", "transition": "none"]
    }

    @Test("it renders what it is given the addresses of, and its video is where it was told to put it")
    func rendered() async throws {
        let app = try await FakeApp(token: "let me in")
        let photo = try Samples.data("photo2.jpg")
        let web = try await Receiver { _, _ in .init(headers: ["ETag": "\"1\""], body: photo) }
        let (site, bucket) = try await site(
            app,
            [
                "MODAL_AUTH_TOKEN": "let me in", "MODAL_ENABLED": "true", "USE_MODAL_RENDER": "true",
                "ALLOWED_MEDIA_HOSTS": "127.0.0.1", "ALLOW_PRIVATE_ADDRESSES": "1",
            ])
        let service = try site.service()
        let client = Client(service)
        try await Samples.upload(to: client)
        var body = photos
        body["imageUrls"] = ["photo1.jpg", web.url + "/photo2.jpg"]
        body["generationId"] = "gen-1"
        let accepted = try await client.ask(body, at: "api/v1/compose/render")
        #expect(accepted.status == 202, "\(accepted.text)")
        let done = try await client.wait(for: accepted.string("id"))
        #expect(done.string("state") == "completed" && done.string("renderer") == "remote", "\(done.text)")
        #expect(done.string("encoder.name") == "nvenc")
        #expect(done.string("result.key") == "compose/renders/gen-1/output.mp4")
        #expect(done.number("result.frames") == 6 && done.number("progress.fraction") == 1)
        #expect(done["result.reportURL"] == nil, "it makes no report")
        #expect(try await client.get("job/\(done.string("id"))/poster").body.starts(with: [0xFF, 0xD8, 0xFF]))
        let video = try await Bucket.get(bucket + "/compose/renders/gen-1/output.mp4")
        #expect(
            video.body.count == Int(done.number("result.bytes")) && video.body[4..<8].elementsEqual(Array("ftyp".utf8)))

        let asked = try #require(app.submitted.first?.json)
        #expect(app.submitted.count == 1)
        #expect(
            asked["id"] as? String == "gen-1" && asked["gpu"] as? Bool == true && asked["timeoutSeconds"] as? Int == 600
        )
        let output = try #require(asked["output"] as? [String: String])
        #expect(output["key"] == "compose/renders/gen-1/output.mp4" && output["contentType"] == "video/mp4")
        let inputs = try #require(asked["inputs"] as? [[String: String]])
        let edit = String(decoding: app.submitted[0].body, as: UTF8.self)
        #expect(inputs.count == 2 && inputs.allSatisfy { edit.contains("\"src\":\"\($0["src"] ?? "-")\"") })
        #expect(inputs.contains { $0["url"]?.contains("/media/anyone/photo1.jpg?") == true }, "uploads are not copied")
        let copy = try #require(inputs.compactMap { $0["url"] }.first { $0.contains("/compose/inputs/") })
        #expect(try await Bucket.get(String(copy.split(separator: "?")[0])).status == 404, "copies are removed")
        #expect(!edit.contains(web.url), "it is not sent to addresses of callers")
        #expect(!service.text.contains("let me in"))
    }

    @Test("a program that is busy or fails for a moment is asked again")
    func busy() async throws {
        let app = try await FakeApp(.answers([429, 503, 500]))
        let (site, _) = try await site(app, ["REMOTE_PATIENCE_SECONDS": "20"])
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let done = try await client.wait(for: try await client.submit(photos, at: "render/modal"))
        #expect(done.string("state") == "completed" && done.string("renderer") == "remote", "\(done.text)")
        #expect(app.submitted.count == 4 && done.number("attempts") == 1)
        #expect(Set(app.submitted.map { $0.json["id"] as? String }).count == 1, "it is the same render each time")
    }

    @Test(
        "a program that fails or lies is replaced by this one, with the reason",
        arguments: [
            (FakeApp.Fault.answers([401]), "answers 401: not today"), (.answers([302]), "answers 302"),
            (.answers([400]), "answers 400"), (.answers(Array(repeating: 503, count: 50)), "answers 503"),
            (.fails("internal", retry: true), "it broke"), (.fails("oom", retry: false), "it broke"),
            (.stores(nil), "stored no video"), (.stores(Data(count: 1000)), "not an MP4"),
            (.liesAboutSize, "bytes instead of"), (.status(200, "<html>"), "not a status"),
            (.status(500, ""), "answers 500"),
            (.status(200, #"{"status":"dancing"}"#), "not a status"),
        ])
    func fallback(_ fault: FakeApp.Fault, _ words: String) async throws {
        let app = try await FakeApp(fault)
        let (site, _) = try await site(app)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let done = try await client.wait(for: try await client.submit(photos, at: "render/auto"))
        #expect(done.string("state") == "completed" && done.string("renderer") == "local", "\(done.text)")
        #expect(done.string("rendererReason").contains(words), "\(done.text)")
        #expect(done.number("result.frames") == 6)
        let video = try await client.get("job/\(done.string("id"))/output")
        #expect(video.body.count == Int(done.number("result.bytes")), "what it has stored is replaced")
        #expect(app.submitted.allSatisfy { $0.path == "/go" }, "no redirect is followed")
    }

    @Test("where nothing else may render, what cannot be helped is not tried again")
    func final() async throws {
        let app = try await FakeApp(.answers([403]))
        let (site, _) = try await site(app)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let failed = try await client.wait(for: try await client.submit(photos, at: "render/modal"))
        #expect(failed.string("state") == "failed" && failed.string("error.code") == "remote", "\(failed.text)")
        #expect(failed.number("attempts") == 1 && app.submitted.count == 1)
    }

    @Test("a render that never ends there ends here, when its time is over")
    func neverEnds() async throws {
        let app = try await FakeApp(.neverEnds)
        let (site, _) = try await site(app, ["MAX_RENDER_SECONDS": "2"])
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let failed = try await client.wait(for: try await client.submit(photos, at: "render/auto"))
        #expect(failed.string("state") == "failed" && failed.string("error.code") == "timeout", "\(failed.text)")
        #expect(failed.number("progress.fraction") == 0.5, "it was seen to be halfway")
    }

    @Test("an edit that it cannot use fails, and is not rendered elsewhere")
    func invalid() async throws {
        let app = try await FakeApp(.fails("invalidEdit", retry: false))
        let (site, _) = try await site(app)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let failed = try await client.wait(for: try await client.submit(photos, at: "render/auto"))
        #expect(failed.string("state") == "failed" && failed.string("error.code") == "invalidEdit", "\(failed.text)")
    }

    @Test("what is too long is not sent there")
    func limits() async throws {
        let app = try await FakeApp()
        let (site, _) = try await site(app, ["MAX_DURATION_SECONDS": "1"])
        let client = Client(try site.service())
        let failed = try await client.wait(for: try await client.submit(Samples.color(seconds: 2), at: "render/auto"))
        #expect(failed.string("error.code") == "invalidEdit", "\(failed.text)")
        #expect(app.submitted.isEmpty)
    }

    @Test("both addresses are given, and a bucket")
    func settings() async throws {
        let urls = ["MODAL_SUBMIT_URL": "https://a.example/s", "MODAL_STATUS_URL": "https://b.example/t"]
        let remote = try #require(try Configuration(environment: urls).remote)
        #expect(remote.isApp && remote.submit.host() == "a.example" && remote.status == "https://b.example/t")
        #expect(try Configuration(environment: urls.merging(["MODAL_ENABLED": "0"]) { $1 }).remote == nil)
        let own = ["REMOTE_SUBMIT_URL": "https://o.example/r", "REMOTE_STATUS_URL": "https://o.example/{id}"]
        #expect(try Configuration(environment: urls.merging(own) { $1 }).remote?.isApp == false)
        #expect(
            try Configuration(environment: urls.merging(["COMPOSE_ENGINE_URL": "https://e.example"]) { $1 }).remoteUse
                == .whenWell)
        for missing in [
            ["MODAL_SUBMIT_URL": "https://a.example/s"], ["MODAL_STATUS_URL": "https://a.example/s"],
            ["MODAL_ENABLED": "1"], ["MODAL_SUBMIT_URL": "ftp://a/", "MODAL_STATUS_URL": "https://a.example/"],
        ] {
            #expect(throws: ConfigurationError.self) { try Configuration(environment: missing) }
        }
        let site = try await Site(.embedded)
        let error = #expect(throws: ServiceProcess.Failure.self) { try site.service("serve", urls) }
        #expect(error?.description.contains("AWS_S3_BUCKET") == true, "\(error?.description ?? "")")
    }
}
