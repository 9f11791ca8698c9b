// SPDX-License-Identifier: Apache-2.0

import Foundation
import JWTKit
import ObjectStorage

/// The public keys of a key set (RFC 7517) that tokens may be signed with.
struct TokenKeySet: Sendable {
    private struct Key: Sendable {
        let algorithm: String
        let collection: JWTKeyCollection
    }
    /// The keys by their identifiers; the one without an identifier has an empty one.
    private let keys: [String: Key]

    /// Reads a key set; keys of other kinds than ES256, RS256 and EdDSA are left out.
    ///
    /// In particular, a symmetric key in a public set is never one to verify with.
    init(json: Data) async throws {
        struct Members: Decodable {
            struct Member: Decodable {
                let kty: String
                let kid: String?
                let alg: String?
                let use: String?
                let crv: String?
            }
            let keys: [Member]
        }
        let members = try JSONDecoder().decode(Members.self, from: json).keys
        guard let whole = try JSONSerialization.jsonObject(with: json) as? [String: Any],
            let objects = whole["keys"] as? [[String: Any]]
        else { throw JWTError.invalidJWK(reason: "there is no list of keys") }
        var keys: [String: Key] = [:]
        for (member, object) in zip(members, objects.prefix(100)) {
            guard let algorithm = Self.algorithm(member.kty, member.crv), member.use ?? "sig" == "sig",
                member.alg == nil || member.alg == algorithm
            else { continue }
            var object = object
            object["alg"] = algorithm
            object["kid"] = member.kid ?? ""
            let collection = JWTKeyCollection()
            let text = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
            // A key that cannot be used does not make the others unusable.
            guard (try? await collection.add(jwk: JWK(json: text))) != nil else { continue }
            keys[member.kid ?? ""] = Key(algorithm: algorithm, collection: collection)
        }
        guard !keys.isEmpty else { throw JWTError.invalidJWK(reason: "there is no key for ES256, RS256 or EdDSA") }
        self.keys = keys
    }

    private static func algorithm(_ type: String, _ curve: String?) -> String? {
        switch (type, curve) {
        case ("EC", "P-256"): "ES256"
        case ("RSA", _): "RS256"
        case ("OKP", "Ed25519"): "EdDSA"
        default: nil
        }
    }

    /// Returns the key that a token names, if it is one for the token's algorithm.
    ///
    /// A token that names none is verified with the only key.
    func key(_ id: String?, algorithm: String) -> JWTKeyCollection? {
        let key = keys[id ?? ""] ?? (id == nil && keys.count == 1 ? keys.values.first : nil)
        return key.flatMap { $0.algorithm == algorithm ? $0.collection : nil }
    }

    /// Whether there is a key with an identifier.
    func contains(_ id: String?) -> Bool { id == nil || keys[id ?? ""] != nil }
}

/// A key set at an address, which is fetched when it is needed, and again when it is old or lacks a key.
///
/// However many tokens name keys that do not exist, it is fetched at most twice a minute.
actor FetchedKeys {
    private let fetch: @Sendable () async throws -> Data
    private let now: @Sendable () -> ContinuousClock.Instant
    private var kept: TokenKeySet?
    private var keptAt: ContinuousClock.Instant?
    private var triedAt: ContinuousClock.Instant?
    private var running: Task<TokenKeySet, any Error>?

    /// The age from which the set is fetched again, so that keys that were withdrawn are noticed.
    private static let lifetime = Duration.seconds(600)
    /// The age to which the set is used although it cannot be fetched again.
    private static let graceTime = Duration.seconds(86_400)
    /// The shortest time between two fetches, and while there is no set at all.
    private static let pause = Duration.seconds(30)
    private static let firstPause = Duration.seconds(2)

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        fetch: @escaping @Sendable () async throws -> Data
    ) {
        self.now = now
        self.fetch = fetch
    }

    /// Returns the set, which contains the key with an identifier if the issuer has one.
    ///
    /// Throws if there is no set that may still be used.
    func keys(for id: String?) async throws -> TokenKeySet {
        let time = now()
        let age = keptAt.map { $0.duration(to: time) }
        if let kept, let age, age < Self.lifetime, kept.contains(id) { return kept }
        let pause = kept == nil ? Self.firstPause : Self.pause
        if running == nil, let triedAt, triedAt.duration(to: time) < pause {
            guard let kept, let age, age < Self.graceTime else { throw Unavailable() }
            return kept
        }
        do { return try await fetched() } catch {
            guard let kept, let age, age < Self.graceTime else { throw Unavailable() }
            return kept
        }
    }

    /// An error thrown if the keys cannot be fetched.
    struct Unavailable: Error {}

    /// Fetches the set once, however many wait for it.
    private func fetched() async throws -> TokenKeySet {
        if let running { return try await running.value }
        triedAt = now()
        let task = Task { [fetch] in try await TokenKeySet(json: try await fetch()) }
        running = task
        defer { running = nil }
        let fresh = try await task.value
        kept = fresh
        keptAt = now()
        return fresh
    }
}
