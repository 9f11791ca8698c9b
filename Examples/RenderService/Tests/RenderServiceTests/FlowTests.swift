// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@testable import RenderService

/// Tests that play the flow of another system as a whole, with its own variables, routes and words only.
@Suite(.serialized)
struct FlowTests {
    @Test("a front end that asks by events: the request waits as an event, and becomes a job when that is acted on")
    func byEvent() async throws {
        let inngest = try await Receiver { _, number in .init(status: number == 0 ? 503 : 200, body: Data("{}".utf8)) }
        let site = try await Site(
            .embedded,
            [
                "API_KEYS": "anna:a-key,bert:b-key", "USE_INNGEST_COMPOSE": "true", "INNGEST_EVENT_KEY": "event-key",
                "INNGEST_BASE_URL": inngest.url, "INNGEST_SIGNING_KEY": "signkey-prod-00ff",
            ])
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        let bert = Client(service, key: "b-key")
        let route = "api/v1/compose/render"
        var body = Samples.color()
        body["generationId"] = "gen-1"
        let accepted = try await anna.ask(body, at: route)
        #expect(accepted.status == 202 && accepted.string("state") == "queued", "\(accepted.text)")
        #expect(accepted.string("id") == "gen-1")
        #expect(accepted.string("statusURL") == "/api/v1/compose/gen-1/status")
        #expect(try await anna.ask(body, at: route).status == 202)
        #expect(try await bert.ask(body, at: route).status == 409)
        #expect(try await anna.ask(["images": ["nothing.jpg"]], at: route).status == 400)
        let events = try await inngest.wait(for: 2)
        #expect(events.map { $0.path } == ["/e/event-key", "/e/event-key"], "the first attempt failed")
        #expect(Set(events.map { $0.json["id"] as? String }) == ["compose-gen-1"])
        let waiting = try await anna.get("api/v1/compose/gen-1/status")
        #expect(waiting.string("state") == "queued" && waiting.string("generationId") == "gen-1", "\(waiting.text)")
        #expect(try await bert.get("api/v1/compose/gen-1/status").status == 404)
        #expect(try await anna.get("jobs").text == #"{"jobs":[]}"#, "nothing is rendered before it is asked for")

        // Inngest acts on the event.
        let call = try JSONSerialization.data(withJSONObject: ["event": events[1].json, "steps": [String: String]()])
        let header = InngestSignature.header(for: call, key: "signkey-prod-00ff")
        let step = try await anna.send(
            "POST", "api/inngest?fnId=composeVideo", call, headers: ["X-Inngest-Signature": header])
        #expect(step.status == 206, "\(step.text)")
        var done = try await anna.get("api/v1/compose/gen-1/status")
        let end = ContinuousClock.now + .seconds(30)
        while done.string("state") != "completed", .now < end {
            try await Task.sleep(for: .milliseconds(20))
            done = try await anna.get("api/v1/compose/gen-1/status")
        }
        #expect(done.string("state") == "completed", "\(done.text)")
        #expect(done.string("result.key") == "compose/renders/gen-1/output.mp4")
        #expect(try await anna.ask(body, at: route).string("state") == "completed")
        #expect(throws: ConfigurationError.self) { try Configuration(environment: ["USE_INNGEST_COMPOSE": "1"]) }
    }

    @Test("a request whose event is refused has failed, and says why")
    func refusedEvent() async throws {
        let inngest = try await Receiver { _, _ in .init(status: 400) }
        let site = try await Site(
            .embedded,
            ["USE_INNGEST_COMPOSE": "1", "INNGEST_EVENT_KEY": "event-key", "INNGEST_BASE_URL": inngest.url])
        let client = Client(try site.service())
        let accepted = try await client.ask(Samples.color(), at: "api/v1/compose/render")
        #expect(accepted.status == 202)
        var failed = try await client.get(accepted.string("statusURL"))
        let end = ContinuousClock.now + .seconds(30)
        while failed.string("state") != "failed", .now < end {
            try await Task.sleep(for: .milliseconds(20))
            failed = try await client.get(accepted.string("statusURL"))
        }
        #expect(failed.string("state") == "failed" && failed.string("error.message").contains("answers 400"))
    }

    @Test("a compose engine: event, remote render, bucket, record, credits, status, and the events of the end")
    func composeEngine() async throws {
        let project = try await SupabaseProject()
        let inngest = try await Receiver { _, _ in .init(body: Data(#"{"ids":["x"],"status":200}"#.utf8)) }
        let modal = try await FakeApp()
        let redis = try RedisServer()
        let s3 = try await S3Server.shared()
        let bucket = try await s3.makeBucket()
        let site = try await Site(.embedded)
        let prices = site.folder.appendingPathComponent("prices.json")
        try Data(#"{"gpuSecond": 1, "kinds": {"render": 5}}"#.utf8).write(to: prices)
        let signingKey = "signkey-prod-00112233445566778899aabbccddeeff"
        let service = try site.service(
            "serve",
            modal.environment.merging([
                "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "auto",
                "AWS_S3_BUCKET": bucket, "AWS_ENDPOINT_URL": s3.endpoint.absoluteString, "REDIS_URL": redis.url,
                "MODAL_ENABLED": "true", "USE_MODAL_RENDER": "true", "INNGEST_EVENT_KEY": "event-key",
                "INNGEST_SIGNING_KEY": signingKey, "INNGEST_BASE_URL": inngest.url, "SUPABASE_URL": project.url,
                "DATABASE_URL": try RecordTests.postgres.get().makeDatabase(),
                "CREDIT_PRICES_FILE": prices.path, "ADMIN_CALLERS": "back-office",
                // These are the test's: everything is on this machine, and the web front end's files are in the bucket.
                "ALLOW_PRIVATE_ADDRESSES": "1", "SHARED_MEDIA_PREFIXES": "generations/",
            ]) { $1 })
        let front = s3.endpoint.absoluteString + "/" + bucket
        try await Bucket.put(try Samples.data("photo1.jpg"), front + "/generations/gen-1/1.jpg")
        try await Bucket.put(try Samples.data("music.m4a"), front + "/generations/gen-1/music.m4a")
        let user = "0b6d0e8e-8a0b-4f0e-9a7e-1f0d5e2c3b4a"
        let office = Client(service, key: try await project.token("rsa") { $0.sub = "back-office" })
        let payment: [String: Any] = ["owner": user, "cents": 100, "reference": "payment-1"]
        #expect(try await office.ask(payment, at: "credits/deposits").number("availableCents") == 100)
        let event: [String: Any] = [
            "name": "video/compose", "id": "event-1", "ts": 1_700_000_000_000,
            "data": [
                "generationId": "gen-1", "userId": user, "imageUrls": ["s3://\(bucket)/generations/gen-1/1.jpg"],
                "audioUrl": "generations/gen-1/music.m4a", "durationPerImage": 0.2, "size": "64x64",
            ],
        ]
        let path = site.folder.appendingPathComponent("event.json")
        try JSONSerialization.data(withJSONObject: event).write(to: path)
        let said = try await PythonProgram.run(
            "inngest_executor.py", [service.url.absoluteString + "/", signingKey, path.path], in: site.folder)
        #expect(said.contains("\"status\": 200"), "\(said)")

        // The user sees it with the project's token, by the name that the front end has given it; nobody else does.
        let client = Client(service, key: try await project.token("ec") { $0.sub = user })
        let status = try await client.get("api/v1/compose/gen-1/status")
        #expect(status.string("state") == "completed" && status.string("renderer") == "remote", "\(status.text)")
        let stranger = Client(service, key: try await project.token("rsa") { $0.sub = "stranger" })
        #expect(try await stranger.get("api/v1/compose/gen-1/status").status == 404)
        let video = try await Bucket.get(front + "/compose/renders/gen-1/output.mp4")
        #expect(video.status == 200 && video.body.count == Int(status.number("result.bytes")))
        let link = try #require(URL(string: status.string("result.url")))
        #expect(try await URLSession.shared.data(from: link).0 == video.body)
        #expect(modal.submitted.count == 1 && modal.submitted[0].json["id"] as? String == "gen-1")

        _ = try await client.wait(for: status.string("id")) { $0.string("callbacks.1.state") == "completed" }
        #expect(inngest.requests.map { $0.path } == ["/e/event-key", "/e/event-key"])
        #expect(
            inngest.requests.map { $0.json["name"] as? String } == ["video/compose.started", "video/compose.completed"])
        let record = try await RecordTests.wait(client, "gen-1") { $0.string("state") == "completed" }
        #expect(record.string("owner") == user && record.string("renderer") == "remote", "\(record.text)")
        #expect(record.string("output.key") == "compose/renders/gen-1/output.mp4")
        #expect(record.number("cost.gpuSeconds") > 0 && record.number("cents") > 5)
        let statement = try await client.get("credits")
        #expect(statement.number("availableCents") == 100 - record.number("cents"), "\(statement.text)")
        #expect(statement.number("reservedCents") == 0)
        #expect(try await stranger.get("generations/gen-1").status == 404)
        let told = try redis.command(["XRANGE", "jobs:completed", "-", "+"])
        #expect(told.contains("\r\ngen-1\r\n") && told.contains("compose/renders/gen-1/output.mp4"))
    }
}
