// SPDX-License-Identifier: Apache-2.0

import Foundation
import JWTKit
import Logging

/// The verifier of callers' tokens (RFC 7519).
///
/// The algorithm is that of the key which the token names, never one that the token chooses: ES256, RS256 or EdDSA with
/// public keys, and HS256 only with a secret that is configured for it.
struct TokenVerifier: Sendable {
    /// An error thrown for a token that is not accepted.
    enum Refusal: Error {
        /// The token is at fault.
        case invalid(String)
        /// The keys cannot be fetched, so that nothing is known about the token.
        case unavailable
    }

    private enum Keys: Sendable {
        case fixed(TokenKeySet)
        case fetched(FetchedKeys)
    }

    private let keys: Keys?
    private let secret: JWTKeyCollection?
    private let issuer: String?
    private let audience: String?
    /// How far clocks may differ, in seconds.
    private static let leeway = 30.0

    init(_ configuration: Configuration.Access, web: WebClient) async throws {
        issuer = configuration.issuer
        audience = configuration.audience
        if let path = configuration.keysFile {
            do { keys = .fixed(try await TokenKeySet(json: Data(contentsOf: URL(fileURLWithPath: path)))) } catch {
                throw ConfigurationError("JWT_JWKS_FILE", "\(path) is no key set: \(error)")
            }
        } else {
            keys = configuration.keysURL.map { url in
                .fetched(
                    FetchedKeys {
                        do { return try await web.get(url, limit: 1 << 18) } catch {
                            web.logger.warning("the keys for tokens cannot be fetched", metadata: ["error": "\(error)"])
                            throw error
                        }
                    })
            }
        }
        if let text = configuration.tokenSecret {
            let collection = JWTKeyCollection()
            await collection.add(hmac: HMACKey(from: text), digestAlgorithm: .sha256)
            secret = collection
        } else {
            secret = nil
        }
    }

    /// Returns the subject of a token, which is the caller's name.
    func subject(of text: String) async throws(Refusal) -> String {
        guard text.utf8.count <= 16_384, let header = Header(of: text) else {
            throw .invalid("the token is invalid: it is no JSON Web Token")
        }
        guard let key = try await key(for: header) else {
            throw .invalid("the token is invalid: no key of its issuer has its kid and algorithm")
        }
        let token: Token
        do { token = try await key.verify(text, as: Token.self) } catch {
            throw .invalid("the token is invalid: \((error as? JWTError)?.reason ?? "it cannot be verified")")
        }
        guard token.exp.value.timeIntervalSinceNow > -Self.leeway else { throw .invalid("the token has expired") }
        guard (token.nbf?.value.timeIntervalSinceNow ?? 0) <= Self.leeway else {
            throw .invalid("the token is not valid yet; see that the clocks are right")
        }
        guard token.iss.value == issuer else { throw .invalid("the token has another issuer") }
        guard token.aud.value.contains(where: { $0 == audience }) else {
            throw .invalid("the token has another audience")
        }
        guard CallerName.isValid(token.sub.value) else {
            throw .invalid("the token's subject is not a valid name: letters, digits, '.', '_' and '-', at most 64")
        }
        return token.sub.value
    }

    private func key(for header: Header) async throws(Refusal) -> JWTKeyCollection? {
        if header.alg == "HS256" { return secret }
        switch keys {
        case .fixed(let set): return set.key(header.kid, algorithm: header.alg)
        case .fetched(let fetched):
            // Nothing is fetched for what can never be verified.
            guard ["ES256", "RS256", "EdDSA"].contains(header.alg) else { return nil }
            do { return try await fetched.keys(for: header.kid).key(header.kid, algorithm: header.alg) } catch {
                throw .unavailable
            }
        case nil: return nil
        }
    }

    /// The part of a token that says how it is signed.
    private struct Header: Decodable {
        let alg: String
        let kid: String?

        init?(of token: String) {
            let parts = token.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            var text = parts[0].replacing("-", with: "+").replacing("_", with: "/")
            text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
            guard let data = Data(base64Encoded: String(text)),
                let header = try? JSONDecoder().decode(Header.self, from: data)
            else { return nil }
            self = header
        }
    }

    private struct Token: JWTPayload {
        let iss: IssuerClaim
        let aud: AudienceClaim
        let sub: SubjectClaim
        let exp: ExpirationClaim
        let nbf: NotBeforeClaim?

        // The times are checked with the leeway that clocks need.
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}
