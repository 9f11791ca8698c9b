// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import ObjectStorage
import Synchronization
import TestServers
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Tests of the credentials of a container's or an instance's role.
@Suite(.serialized)
struct RoleTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        var now: Date { time.withLock { $0 } }
        func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    private static func keys(_ name: String, expires: Date) -> Data {
        let expiration = expires.formatted(.iso8601)
        return Data(
            #"""
            {"Code":"Success","AccessKeyId":"\#(name)","SecretAccessKey":"s-\#(name)","Token":"t-\#(name)",
            "Expiration":"\#(expiration)"}
            """#.utf8)
    }

    private func url(_ text: String) throws -> URL { try #require(URL(string: text)) }

    @Test("an instance is asked for a session, its role and the keys, which are kept until they are nearly over")
    func instance() async throws {
        let clock = Clock()
        let service = try await Receiver { request, number in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"):
                guard request.headers["x-aws-ec2-metadata-token-ttl-seconds"] != nil else { return .init(status: 400) }
                return .init(body: Data("session".utf8))
            case ("GET", let path) where request.headers["x-aws-ec2-metadata-token"] == "session":
                let root = "/latest/meta-data/iam/security-credentials/"
                if path == root { return .init(body: Data("my-role".utf8)) }
                guard path == root + "my-role" else { return .init(status: 404) }
                return .init(body: Self.keys("key\(number)", expires: clock.now + 3600))
            default: return .init(status: 401)
            }
        }
        let source = RoleCredentials(.instance(try url(service.url)), client: .shared, now: { clock.now })
        let first = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await source.credentials().accessKey } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(first == ["key2"] && service.requests.count == 3, "twenty who wait are one question")
        clock.advance(3000)
        let kept = try await source.credentials()
        #expect(kept.accessKey == "key2" && kept.sessionToken == "t-key2" && kept.secretKey == "s-key2")
        clock.advance(400)
        #expect(try await source.credentials().accessKey == "key5")
        #expect(service.requests.count == 6)
    }

    @Test("while they cannot be renewed, the old ones serve until they are over, and it is not asked all the time")
    func outage() async throws {
        let clock = Clock()
        let service = try await Receiver { request, number in
            number == 0 ? .init(body: Self.keys("a", expires: clock.now + 1000)) : .init(status: 503)
        }
        let source = RoleCredentials(
            .container(try url(service.url + "/v2/keys"), token: "secret", tokenFile: nil), client: .shared,
            now: { clock.now })
        _ = try await source.credentials()
        #expect(service.requests[0].headers["authorization"] == "secret" && service.requests[0].path == "/v2/keys")
        clock.advance(800)
        for _ in 0..<10 { #expect(try await source.credentials().accessKey == "a") }
        #expect(service.requests.count == 2)
        clock.advance(300)
        await #expect(throws: StorageError.self) { try await source.credentials() }
    }

    @Test(
        "answers that are no keys say so, and reveal none",
        arguments: [
            (404, "", "answers 404"), (200, "<html>", "no keys"), (200, "{}", "no keys"), (302, "", "answers 302"),
            (200, #"{"Code":"Failed","Message":"no such role","SecretAccessKey":"hidden"}"#, "no such role"),
            (500, "", "answers 500"),
        ])
    func wrong(_ status: Int, _ body: String, _ words: String) async throws {
        let service = try await Receiver { _, _ in
            .init(status: status, headers: ["Location": "http://127.0.0.1:1/"], body: Data(body.utf8))
        }
        let place = RoleCredentials.Place.container(try url(service.url + "/keys"), token: nil, tokenFile: nil)
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: S3Store.clientConfiguration)
        let source = RoleCredentials(place, client: client)
        let error = await #expect(throws: StorageError.self) { try await source.credentials() }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("hidden") == false)
        try await client.shutdown()
    }

    @Test("a service with AWS's variables alone keeps its videos in the bucket, with the role of its container")
    func service() async throws {
        let roles = try await Receiver { request, _ in
            request.headers["authorization"] == "let me in"
                ? .init(body: Self.keys("ROLEKEY", expires: Date() + 3600)) : .init(status: 401)
        }
        let s3 = try await S3Server.shared()
        let bucket = try await s3.makeBucket()
        let site = try await Site(.embedded)
        let token = site.folder.appendingPathComponent("token").path
        try Data("let me in\n".utf8).write(to: URL(fileURLWithPath: token))
        let client = Client(
            try site.service(
                "serve",
                [
                    "AWS_S3_BUCKET": bucket, "AWS_ENDPOINT_URL": s3.endpoint.absoluteString, "AWS_REGION": "eu-west-1",
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": roles.url + "/role",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
                ]))
        var body = Samples.color()
        body["generationId"] = "one"
        let done = try await client.wait(for: try await client.submit(body))
        #expect(done.string("state") == "completed", "\(done.text)")
        let link = done.string("result.url")
        #expect(link.contains("/\(bucket)/compose/renders/one/output.mp4?"))
        #expect(link.contains("X-Amz-Credential=ROLEKEY") && link.contains("eu-west-1"))
        #expect(link.contains("X-Amz-Security-Token=t-ROLEKEY"))
        let (video, _) = try await URLSession.shared.data(from: try url(link))
        #expect(video.count == Int(done.number("result.bytes")))
    }
}
