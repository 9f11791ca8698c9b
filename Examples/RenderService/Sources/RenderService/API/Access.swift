// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import JWTKit
import Synchronization

/// Finds out who calls: by an API key, or by a token that somebody who is trusted has signed.
struct Access: Sendable {
    private let configuration: Configuration.Access
    private let keys: JWTKeyCollection?

    init(_ configuration: Configuration.Access) async throws {
        self.configuration = configuration
        guard let path = configuration.keysFile else {
            keys = nil
            return
        }
        let keys = JWTKeyCollection()
        do {
            let json = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
            try await keys.add(jwksJSON: json)
        } catch { throw ConfigurationError("JWT_JWKS_FILE", "\(path) is no key set: \(error)") }
        self.keys = keys
    }

    /// The caller's name; throws an ``APIError`` with status 401 where there is none.
    func caller(of request: Request) async throws -> String {
        if configuration.isOpen { return CallerName.anyone }
        let field = request.headers[.authorization] ?? ""
        let bearer = field.lowercased().hasPrefix("bearer ") ? String(field.dropFirst(7)) : nil
        guard let given = request.headers[.apiKey] ?? bearer, !given.isEmpty else {
            throw Self.refused("credentials are needed: Authorization: Bearer …, or X-API-Key")
        }
        // All are looked at, so that the time it takes says nothing.
        let found = configuration.callers.reduce(nil as String?) { found, entry in
            SafeComparison.equal(entry.key, given) ? entry.value : found
        }
        if let found { return found }
        guard let keys, let bearer else { throw Self.refused("the key is not known") }
        let token: Token
        do { token = try await keys.verify(bearer, as: Token.self) } catch {
            throw Self.refused("the token is not good: \((error as? JWTError)?.reason ?? "it cannot be verified")")
        }
        guard token.iss.value == configuration.issuer else {
            throw Self.refused("the token is somebody else's: its issuer")
        }
        guard token.aud.value.contains(where: { $0 == configuration.audience }) else {
            throw Self.refused("the token is for somebody else: its audience")
        }
        guard CallerName.isValid(token.sub.value) else {
            throw Self.refused("the token's subject is no name: letters, digits, '.', '_' and '-', at most 64")
        }
        return token.sub.value
    }

    private static func refused(_ message: String) -> APIError {
        APIError(.unauthorized, "unauthorized", message, headers: [.wwwAuthenticate: "Bearer"])
    }

    private struct Token: JWTPayload {
        let iss: IssuerClaim
        let aud: AudienceClaim
        let sub: SubjectClaim
        let exp: ExpirationClaim
        let nbf: NotBeforeClaim?

        func verify(using algorithm: some JWTAlgorithm) async throws {
            try exp.verifyNotExpired()
            try nbf?.verifyNotBefore()
        }
    }
}

extension HTTPField.Name {
    static let apiKey = known("X-API-Key")

    /// A name that is known to be one.
    static func known(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is no field's name") }
        return name
    }
}

/// Lets nobody in who is not known, and nobody do too much at once.
struct AccessMiddleware: RouterMiddleware {
    typealias Context = ServiceContext
    let access: Access
    let presenter: JobPresenter
    let limiter: RateLimiter

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if isGoodLink(request) {
            context.isLink = true
            return try await next(request, context)
        }
        context.caller = try await access.caller(of: request)
        // Reading costs next to nothing, and who waits for a job asks often.
        if request.method != .get, request.method != .head, let wait = limiter.wait(for: context.caller) {
            throw APIError(
                .tooManyRequests, "tooManyRequests", "too many requests; try again in \(wait) s",
                headers: [.retryAfter: String(wait)])
        }
        return try await next(request, context)
    }

    /// Whether it is `/job/{id}/output?expires=…&signature=…`, made by this service and not too old.
    private func isGoodLink(_ request: Request) -> Bool {
        let parts = request.uri.path.split(separator: "/").map(String.init)
        guard request.method == .get || request.method == .head, parts.count == 3, parts[0] == "job",
            let expires = request.uri.queryParameters["expires"].flatMap({ Int($0) }),
            let signature = request.uri.queryParameters["signature"]
        else { return false }
        return presenter.isSigned(parts[1], parts[2], expires: expires, signature: String(signature))
    }
}

/// Counts each caller's requests: a bucket that fills evenly and holds a minute's worth.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }
    private let buckets = Mutex<[String: Bucket]>([:])
    private let perMinute: Double
    private let now: @Sendable () -> ContinuousClock.Instant

    init(perMinute: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.perMinute = Double(perMinute)
        self.now = now
    }

    /// Takes one request of a caller's; how many seconds to wait where there is none left.
    func wait(for caller: String) -> Int? {
        let now = now()
        return buckets.withLock { buckets in
            // Callers are few, but tokens may name any.
            if buckets.count > 10_000 {
                buckets = buckets.filter { $0.value.filled.duration(to: now) < .seconds(60) }
            }
            var bucket = buckets[caller] ?? Bucket(tokens: perMinute, filled: now)
            bucket.tokens = min(perMinute, bucket.tokens + bucket.filled.duration(to: now).seconds * perMinute / 60)
            bucket.filled = now
            defer { buckets[caller] = bucket }
            guard bucket.tokens >= 1 else { return max(1, Int(((1 - bucket.tokens) * 60 / perMinute).rounded(.up))) }
            bucket.tokens -= 1
            return nil
        }
    }
}
