// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import JWTKit
import TestServers
import Testing

/// Tests of authentication and access to media.
@Suite(.serialized)
struct AccessTests {
    @Test("callers are known by their keys, and see what is theirs only")
    func keys() async throws {
        let site = try await Site(.embedded, ["API_KEYS": "anna:a-key,bert:b-key"])
        let service = try site.service()
        #expect(try await Client(service).ask(Samples.color()).status == 401)
        #expect(try await Client(service, key: "wrong").get("jobs").status == 401)
        for path in ["health", "health/live", "metrics", "openapi.json", "/"] {
            #expect(try await Client(service).get(path).status == 200, "\(path)")
        }
        let anna = Client(service, key: "a-key")
        let bert = Client(service, key: "b-key")
        #expect(try await anna.upload("photo1.jpg").string("key") == "media/anna/photo1.jpg")
        #expect(try await Client(service).send("GET", "jobs", headers: ["X-API-Key": "a-key"]).status == 200)
        let id = try await anna.submit(["images": ["photo1.jpg"], "durationPerImage": 0.2, "size": "64x64"])
        let done = try await anna.wait(for: id)
        #expect(done.string("state") == "completed")
        for path in ["status", "events", "output", "poster"] {
            #expect(try await bert.get("job/\(id)/\(path)").status == 404)
        }
        #expect(try await bert.send("DELETE", "job/\(id)").status == 404)
        #expect(try await bert.get("jobs").text == #"{"jobs":[]}"#)
        // Other callers' files cannot be accessed under any name.
        for src in ["photo1.jpg", "media/anna/photo1.jpg", "../anna/photo1.jpg", "/etc/passwd", "file:///etc/passwd"] {
            let answer = try await bert.ask(["images": [src], "durationPerImage": 0.2, "size": "64x64"])
            #expect(answer.status == 400, "\(src)")
            #expect(answer.string("error.problems.0.path") == "tracks[0].clips[0].src")
        }
        // A link is valid only for the result it was made for.
        let link = done.string("result.url")
        #expect(try await Client(service).get(link).status == 200)
        #expect(try await Client(service).get(link.replacingOccurrences(of: "/output", with: "/poster")).status == 401)
        #expect(
            try await Client(service).get(link.replacingOccurrences(of: "expires=1", with: "expires=2")).status == 401)
        #expect(
            try await Client(service).get("job/\(id)/status" + (link.firstIndex(of: "?").map { link[$0...] } ?? ""))
                .status == 401)
    }

    @Test("a token is good if it is signed, new, ours and for us")
    func tokens() async throws {
        let pair = try EdDSA.PrivateKey(curve: .ed25519)
        let signer = JWTKeyCollection()
        await signer.add(eddsa: pair, kid: "k")
        let strange = JWTKeyCollection()
        await strange.add(eddsa: try EdDSA.PrivateKey(curve: .ed25519), kid: "k")
        let site = try await Site(.embedded)
        let jwks = site.folder.appendingPathComponent("jwks.json")
        let x = pair.publicKey.rawRepresentationBase64URL
        try Data(#"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"k","use":"sig","x":"\#(x)"}]}"#.utf8)
            .write(to: jwks)
        let service = try site.service(
            "serve", ["JWT_JWKS_FILE": jwks.path, "JWT_ISSUER": "https://issuer.example", "JWT_AUDIENCE": "renders"])
        func status(_ token: Token, _ keys: JWTKeyCollection) async throws -> Int {
            let text = try await keys.sign(token, kid: "k")
            return try await Client(service, key: text).get("jobs").status
        }
        #expect(try await status(Token(), signer) == 200)
        #expect(try await status(Token(), strange) == 401)
        #expect(try await status(Token(iss: "https://other.example"), signer) == 401)
        #expect(try await status(Token(aud: ["others"]), signer) == 401)
        #expect(try await status(Token(exp: Date(timeIntervalSinceNow: -60)), signer) == 401)
        #expect(try await status(Token(sub: "../anna"), signer) == 401)
        let unsigned = "eyJhbGciOiJub25lIn0." + Data(#"{"sub":"a"}"#.utf8).base64EncodedString() + "."
        #expect(try await Client(service, key: unsigned).get("jobs").status == 401)
    }

    private struct Token: JWTPayload {
        var iss = "https://issuer.example"
        var aud = ["renders", "others"]
        var sub = "anna"
        var exp = Date(timeIntervalSinceNow: 600)
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    @Test("who asks too often has to wait")
    func rateLimit() async throws {
        let site = try await Site(.embedded, ["RATE_LIMIT": "10", "MAX_JOBS_PER_CALLER": "1000"])
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        var statuses: [Int] = []
        for _ in 0..<15 { statuses.append(try await client.ask(Samples.color()).status) }
        #expect(statuses.prefix(10).allSatisfy { $0 == 202 })
        let refused = try await client.ask(Samples.color())
        #expect(refused.status == 429)
        #expect(Int(refused.headers["retry-after"] ?? "").map { (1...10).contains($0) } == true)
        #expect(try await client.get("jobs").status == 200, "reading is not counted")
    }

    @Test("jobs have limits: length, pixels, sources, body, jobs at once")
    func limits() async throws {
        let site = try await Site(
            .embedded,
            [
                "MAX_DURATION_SECONDS": "5", "MAX_PIXELS": "10000", "MAX_SOURCES": "1", "MAX_BODY_BYTES": "20000",
                "MAX_JOBS_PER_CALLER": "3",
            ])
        let service = try site.service()
        let client = Client(service)
        let long = try await client.wait(for: try await client.submit(Samples.color(seconds: 6)))
        #expect(long.string("error.problems.0.message").contains("5.0 s allowed"), "\(long.text)")
        try await Samples.upload(to: client)
        let wide = try await client.ask(["images": ["photo1.jpg"], "size": "320x180"])
        #expect(wide.string("error.problems.0.path") == "size")
        let many = try await client.ask(["images": ["photo1.jpg", "photo2.jpg"], "size": "64x64"])
        #expect(many.string("error.message").contains("2 files"))
        let body = Data(("{\"images\":[\"" + String(repeating: "a", count: 30_000) + "\"]}").utf8)
        #expect(try await client.send("POST", "render", body).status == 413)
        service.stop()
        let idle = Client(try site.service("serve", ["WORKERS": "0"]))
        var statuses: [Int] = []
        for _ in 0..<4 { statuses.append(try await idle.ask(Samples.color()).status) }
        #expect(statuses == [202, 202, 202, 429])
    }

    @Test("media come from hosts that are allowed, and never from private networks unless that is")
    func webMedia() async throws {
        let photo = try Samples.data("photo1.jpg")
        let web = try await Receiver { request, _ in
            switch request.path {
            case "/photo.jpg": Receiver.Reply(headers: ["ETag": "\"1\""], body: photo)
            case "/moved.jpg": Receiver.Reply(status: 302, headers: ["Location": "/photo.jpg"])
            case "/away.jpg": Receiver.Reply(status: 302, headers: ["Location": "http://localhost:1/"])
            case "/loop.jpg": Receiver.Reply(status: 302, headers: ["Location": "/loop.jpg"])
            default: Receiver.Reply(status: 404)
            }
        }
        func ask(_ src: String) -> [String: Any] {
            ["images": [src], "durationPerImage": 0.2, "size": "64x64"]
        }
        let open = try await Site(.embedded, ["ALLOWED_MEDIA_HOSTS": "127.0.0.1", "ALLOW_PRIVATE_ADDRESSES": "1"])
        let client = Client(try open.service())
        for path in ["/photo.jpg", "/moved.jpg"] {
            let done = try await client.wait(for: try await client.submit(ask(web.url + path)))
            #expect(done.string("state") == "completed", "\(done.text)")
        }
        for path in ["/away.jpg", "/loop.jpg", "/nothing.jpg"] {
            let failed = try await client.wait(for: try await client.submit(ask(web.url + path)))
            #expect(failed.string("state") == "failed")
            #expect(failed.string("error.problems.0.path") == "tracks[0].clips[0].src")
            #expect(failed.number("attempts") == 1)
        }
        #expect(try await client.ask(ask("http://localhost:\(web.port)/photo.jpg")).status == 400)

        let closed = try await Site(.embedded, ["ALLOWED_MEDIA_HOSTS": "*"])
        let careful = Client(try closed.service())
        let asked = web.requests.count
        for host in ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1"] {
            let src = "https://\(host):\(web.port)/photo.jpg"
            let answer = try await careful.ask(ask(src))
            guard answer.status == 202 else { continue }
            let failed = try await careful.wait(for: answer.string("id"))
            #expect(failed.string("state") == "failed", "\(host)")
            #expect(failed.string("error.message").contains("private network"), "\(failed.text)")
        }
        #expect(web.requests.count == asked)
        // Callbacks to private addresses are rejected too.
        var body = Samples.color()
        body["callbackURL"] = web.url + "/hook"
        #expect(try await careful.ask(body).string("error.problems.0.path") == "callbackURL")
        body["callbackURL"] = "https://127.0.0.1:\(web.port)/hook"
        let id = try await careful.submit(body)
        let done = try await careful.wait(for: id) { $0.string("callbacks.1.state") == "failed" }
        #expect(done.string("state") == "completed")
        #expect(web.requests.count == asked)
    }
}

extension EdDSA.PublicKey {
    /// The bytes as base64url, the encoding of key sets.
    fileprivate var rawRepresentationBase64URL: String {
        rawRepresentation.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
