// SPDX-License-Identifier: Apache-2.0

import Foundation
import JWTKit
import Synchronization
import TestServers
import Testing

@testable import RenderService

/// Tests of tokens whose keys are fetched.
@Suite(.serialized)
struct TokenTests {
    private typealias Issuer = SupabaseProject
    private typealias Token = SupabaseProject.Token

    @Test("tokens of a Supabase project are accepted, with either kind of key")
    func supabase() async throws {
        let issuer = try await Issuer()
        let site = try await Site(.embedded, issuer.environment)
        let service = try site.service("serve", ["WORKERS": "0"])
        func status(_ token: String) async throws -> Int { try await Client(service, key: token).get("jobs").status }
        #expect(try await Client(service).get("jobs").status == 401)
        #expect(try await status(issuer.token("ec")) == 200)
        #expect(try await status(issuer.token("rsa")) == 200)
        #expect(issuer.fetches == 1, "the keys are kept")
        let id = try await Client(service, key: try await issuer.token("ec")).submit(Samples.color())
        #expect(try await Client(service, key: try await issuer.token("rsa")).status(id).status == 200)
        #expect(
            try await Client(service, key: try await issuer.token("rsa") { $0.sub = "other" }).status(id).status == 404)

        #expect(try await status(issuer.token("ec") { $0.aud = ["anon"] }) == 401)
        #expect(try await status(issuer.token("ec") { $0.iss = "https://other.example/auth/v1" }) == 401)
        #expect(try await status(issuer.token("ec") { $0.exp = Date(timeIntervalSinceNow: -120) }) == 401)
        #expect(try await status(issuer.token("ec") { $0.sub = "../x" }) == 401)
        #expect(
            try await status(issuer.token("ec") { $0.exp = Date(timeIntervalSinceNow: -5) }) == 200,
            "clocks differ by some seconds")
    }

    @Test("a token that chooses its own algorithm, or a key of another kind, is refused")
    func confusion() async throws {
        let issuer = try await Issuer()
        let site = try await Site(.embedded, issuer.environment)
        let service = try site.service("serve", ["WORKERS": "0"])
        func status(_ token: String) async throws -> Int { try await Client(service, key: token).get("jobs").status }
        let good = try await issuer.token("ec").split(separator: ".").map(String.init)
        func header(_ text: String) -> String { Data(text.utf8).base64EncodedString().base64URL }
        for algorithm in ["none", "None", "NONE", "HS256", "RS256", "ES384", ""] {
            for signature in ["", good[2]] {
                let forged = [header(#"{"alg":"\#(algorithm)","kid":"ec"}"#), good[1], signature].joined(separator: ".")
                #expect(try await status(forged) == 401, "\(algorithm)")
            }
        }
        // Signed with the public key, or with a secret of the published set, as if they were for HS256.
        for (secret, kid) in [
            (issuer.ecdsa.publicKey.pemRepresentation, "ec"), (issuer.rsa.publicKey.pemRepresentation, "rsa"),
            ("published by mistake, thirty-two bytes", "oct"),
        ] {
            let forger = JWTKeyCollection()
            await forger.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256, kid: JWKIdentifier(string: kid))
            let forged = try await forger.sign(Token(iss: issuer.url + "/auth/v1"), kid: JWKIdentifier(string: kid))
            #expect(try await status(forged) == 401, "\(kid)")
        }
        // Another key under a known name, and a good signature under another payload.
        let stranger = JWTKeyCollection()
        await stranger.add(ecdsa: ES256PrivateKey(), kid: "ec")
        #expect(try await status(stranger.sign(Token(iss: issuer.url + "/auth/v1"), kid: "ec")) == 401)
        let other = try await issuer.token("ec") { $0.sub = "mallory" }.split(separator: ".").map(String.init)
        #expect(try await status([good[0], other[1], good[2]].joined(separator: ".")) == 401)
        for junk in ["a.b.c", "..", "a.b", String(repeating: "a", count: 20_000) + ".b.c"] {
            #expect(try await status(junk) == 401)
        }
        #expect(issuer.fetches <= 2, "junk fetches nothing")
    }

    @Test("keys that are named for the first time are fetched, but not as often as tokens name unknown ones")
    func unknownKeys() async throws {
        let issuer = try await Issuer()
        let site = try await Site(.embedded, issuer.environment)
        let service = try site.service("serve", ["WORKERS": "0"])
        let stranger = JWTKeyCollection()
        for number in 0..<20 {
            let kid = JWKIdentifier(string: "unknown\(number)")
            await stranger.add(ecdsa: ES256PrivateKey(), kid: kid)
            let token = try await stranger.sign(Token(iss: issuer.url + "/auth/v1"), kid: kid)
            #expect(try await Client(service, key: token).get("jobs").status == 401)
        }
        #expect(issuer.fetches == 1)
    }

    @Test("while the keys cannot be fetched, who has a token is asked to come back, and keys still work")
    func down() async throws {
        let issuer = try await Issuer()
        issuer.isDown.withLock { $0 = true }
        let site = try await Site(.embedded, issuer.environment.merging(["API_KEYS": "anna:a-key"]) { $1 })
        let service = try site.service("serve", ["WORKERS": "0"])
        let answer = try await Client(service, key: try await issuer.token("ec")).get("jobs")
        #expect(answer.status == 503 && answer.headers["retry-after"] != nil)
        #expect(try await Client(service, key: "a-key").get("jobs").status == 200)
    }

    @Test("keys are never fetched from a private network, unless that is allowed")
    func privateNetwork() async throws {
        let issuer = try await Issuer()
        let port = issuer.url.split(separator: ":").last ?? ""
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            let site = try await Site(.embedded, ["SUPABASE_URL": "https://\(host):\(port)"])
            let service = try site.service("serve", ["WORKERS": "0"])
            #expect(try await Client(service, key: try await issuer.token("ec")).get("jobs").status == 503)
            #expect(service.text.contains("private network"), "\(service.text)")
        }
        #expect(issuer.fetches == 0)
    }

    @Test("HS256 is accepted with an explicit secret only")
    func secret() async throws {
        let text = "a secret that is long enough for this"
        let signer = JWTKeyCollection()
        await signer.add(hmac: HMACKey(from: text), digestAlgorithm: .sha256)
        let token = try await signer.sign(Token(iss: "https://p.supabase.co/auth/v1"))
        let project = ["SUPABASE_URL": "https://p.supabase.co"]
        let with = try await Site(.embedded, project.merging(["SUPABASE_JWT_SECRET": text]) { $1 })
        #expect(try await Client(try with.service(), key: token).get("jobs").status == 200)
        let other = try await Site(.embedded, project.merging(["SUPABASE_JWT_SECRET": text + "!"]) { $1 })
        #expect(try await Client(try other.service(), key: token).get("jobs").status == 401)
        let without = try await Site(.embedded, project)
        #expect(try await Client(try without.service(), key: token).get("jobs").status == 401)
    }

    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(_ seconds: Int) { time.withLock { $0 += .seconds(seconds) } }
    }

    @Test("a set is fetched again when it is old, keys that were withdrawn are gone, and an outage ends after a day")
    func rotation() async throws {
        let clock = Clock()
        let issuer = try await Issuer()
        let fetches = Mutex(0)
        let keys = FetchedKeys(now: { clock.now }) {
            fetches.withLock { $0 += 1 }
            guard !issuer.isDown.withLock({ $0 }) else { throw CancellationError() }
            let keys = issuer.published.withLock { $0.values.joined(separator: ",") }
            return Data(#"{"keys":[\#(keys)]}"#.utf8)
        }
        let ec = issuer.published.withLock { $0.removeValue(forKey: "ec") }
        #expect(try await keys.keys(for: "rsa").key("rsa", algorithm: "RS256") != nil)
        #expect(try await keys.keys(for: "rsa").key("rsa", algorithm: "ES256") == nil)
        #expect(try await keys.keys(for: "oct").key("oct", algorithm: "HS256") == nil)
        // A new key is found as soon as it may be asked for again.
        issuer.published.withLock { $0["ec"] = ec }
        #expect(try await keys.keys(for: "ec").key("ec", algorithm: "ES256") == nil)
        #expect(fetches.withLock { $0 } == 1)
        clock.advance(31)
        #expect(try await keys.keys(for: "ec").key("ec", algorithm: "ES256") != nil)
        issuer.published.withLock { _ = $0.removeValue(forKey: "rsa") }
        #expect(try await keys.keys(for: "rsa").key("rsa", algorithm: "RS256") != nil)
        clock.advance(601)
        #expect(try await keys.keys(for: "rsa").key("rsa", algorithm: "RS256") == nil, "it was withdrawn")
        issuer.isDown.withLock { $0 = true }
        clock.advance(40_000)
        #expect(try await keys.keys(for: "ec").key("ec", algorithm: "ES256") != nil)
        clock.advance(60_000)
        await #expect(throws: FetchedKeys.Unavailable.self) { try await keys.keys(for: "ec") }
        issuer.isDown.withLock { $0 = false }
        clock.advance(31)
        #expect(try await keys.keys(for: "ec").key("ec", algorithm: "ES256") != nil)
    }
}
