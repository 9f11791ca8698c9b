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
    @Test("a compose engine: event, remote render, bucket, status, and the events of the end")
    func composeEngine() async throws {
        let project = try await SupabaseProject()
        let inngest = try await Receiver { _, _ in .init(body: Data(#"{"ids":["x"],"status":200}"#.utf8)) }
        let modal = try await FakeApp()
        let redis = try RedisServer()
        let s3 = try await S3Server.shared()
        let bucket = try await s3.makeBucket()
        let site = try await Site(.embedded)
        let signingKey = "signkey-prod-00112233445566778899aabbccddeeff"
        let service = try site.service(
            "serve",
            modal.environment.merging([
                "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "auto",
                "AWS_S3_BUCKET": bucket, "AWS_ENDPOINT_URL": s3.endpoint.absoluteString, "REDIS_URL": redis.url,
                "MODAL_ENABLED": "true", "USE_MODAL_RENDER": "true", "INNGEST_EVENT_KEY": "event-key",
                "INNGEST_SIGNING_KEY": signingKey, "INNGEST_BASE_URL": inngest.url, "SUPABASE_URL": project.url,
                // These are the test's: everything is on this machine, and the web front end's files are in the bucket.
                "ALLOW_PRIVATE_ADDRESSES": "1", "SHARED_MEDIA_PREFIXES": "generations/",
            ]) { $1 })
        let front = s3.endpoint.absoluteString + "/" + bucket
        try await Bucket.put(try Samples.data("photo1.jpg"), front + "/generations/gen-1/1.jpg")
        try await Bucket.put(try Samples.data("music.m4a"), front + "/generations/gen-1/music.m4a")
        let user = "0b6d0e8e-8a0b-4f0e-9a7e-1f0d5e2c3b4a"
        let event: [String: Any] = [
            "name": "video/compose", "id": "event-1", "ts": 1_700_000_000_000,
            "data": [
                "generationId": "gen-1", "userId": user, "imageUrls": ["s3://\(bucket)/generations/gen-1/1.jpg"],
                "audioUrl": "generations/gen-1/music.m4a", "durationPerImage": 0.2, "size": "64x64",
            ],
        ]
        let path = site.folder.appendingPathComponent("event.json")
        try JSONSerialization.data(withJSONObject: event).write(to: path)
        let output = site.folder.appendingPathComponent("executor.txt").path
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "inngest_executor.py")
        let process = try ChildProcess(
            S3Server.python, [script.path, service.url.absoluteString + "/", signingKey, path.path],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""], output: output)
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let said = try String(contentsOfFile: output, encoding: .utf8)
        #expect(process.wait() == 0, "\(said)")
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
        let told = try redis.command(["XRANGE", "jobs:completed", "-", "+"])
        #expect(told.contains("\r\ngen-1\r\n") && told.contains("compose/renders/gen-1/output.mp4"))
    }
}
