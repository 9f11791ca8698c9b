// SPDX-License-Identifier: Apache-2.0

import Foundation
import JWTKit
import Synchronization
import TestServers
import Testing

/// A project of Supabase's with a key of each kind, which publishes them as Supabase does.
final class SupabaseProject: Sendable {
    /// The payload of a token.
    struct Token: JWTPayload {
        var iss: String
        var aud = ["authenticated"]
        var sub = "0b6d0e8e-8a0b-4f0e-9a7e-1f0d5e2c3b4a"
        var exp = Date(timeIntervalSinceNow: 600)
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    let ecdsa = ES256PrivateKey()
    let rsa: JWTKit.Insecure.RSA.PrivateKey
    let signer = JWTKeyCollection()
    /// The JSON of the published keys.
    let published: Mutex<[String: String]>
    let site = Mutex<Receiver?>(nil)
    let isDown = Mutex(false)

    init() async throws {
        rsa = try JWTKit.Insecure.RSA.PrivateKey(pem: try Self.makeRSAKey())
        await signer.add(ecdsa: ecdsa, kid: "ec")
        await signer.add(rsa: rsa, digestAlgorithm: .sha256, kid: "rsa")
        let parameters = try #require(ecdsa.publicKey.parameters)
        let (modulus, exponent) = try rsa.publicKey.getKeyPrimitives()
        published = Mutex([
            "ec":
                #"{"kty":"EC","crv":"P-256","alg":"ES256","kid":"ec","use":"sig","x":"\#(parameters.x.base64URL)","y":"\#(parameters.y.base64URL)","key_ops":["verify"],"ext":true}"#,
            "rsa":
                #"{"kty":"RSA","kid":"rsa","use":"sig","n":"\#(modulus.base64EncodedString().base64URL)","e":"\#(exponent.base64EncodedString().base64URL)"}"#,
            "oct":
                #"{"kty":"oct","kid":"oct","alg":"HS256","k":"\#(Data("published by mistake, thirty-two bytes".utf8).base64EncodedString().base64URL)"}"#,
        ])
        let receiver = try await Receiver { [weak self] request, _ in
            guard let self, !isDown.withLock({ $0 }), request.path == "/auth/v1/.well-known/jwks.json" else {
                return .init(status: 503)
            }
            let keys = published.withLock { $0.values.joined(separator: ",") }
            return .init(headers: ["Content-Type": "application/json"], body: Data(#"{"keys":[\#(keys)]}"#.utf8))
        }
        site.withLock { $0 = receiver }
    }

    /// Returns a new key of 2,048 bits as PEM.
    private static func makeRSAKey() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = try ChildProcess(
            "openssl", ["genrsa", "-out", path, "2048"],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
        #expect(process.wait() == 0)
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    var url: String { site.withLock { $0?.url } ?? "" }
    var fetches: Int { site.withLock { $0?.requests.count } ?? 0 }
    var environment: [String: String] { ["SUPABASE_URL": url, "ALLOW_PRIVATE_ADDRESSES": "1"] }

    func token(_ kid: String, _ change: (inout Token) -> Void = { _ in }) async throws -> String {
        var token = Token(iss: url + "/auth/v1")
        change(&token)
        return try await signer.sign(token, kid: JWKIdentifier(string: kid))
    }
}

extension String {
    /// Base64 as base64url, the encoding of tokens and key sets.
    var base64URL: String {
        replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
