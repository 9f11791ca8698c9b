// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import Synchronization

/// An authenticator of callers, by an API key or by a token with a trusted signature.
struct Access: Sendable {
    private let configuration: Configuration.Access
    private let verifier: TokenVerifier?

    init(_ configuration: Configuration.Access, web: WebClient) async throws {
        self.configuration = configuration
        verifier = configuration.hasTokens ? try await TokenVerifier(configuration, web: web) : nil
    }

    /// Returns the caller's name, or throws an ``APIError`` with status 401 if the credentials are missing or invalid.
    func caller(of request: Request) async throws -> String {
        try await caller(authorization: request.headers[.authorization], apiKey: request.headers[.apiKey])
    }

    /// Whether anyone may call.
    var isOpen: Bool { configuration.isOpen }

    /// Returns the caller's name, or throws as ``caller(of:)`` does.
    func caller(authorization: String?, apiKey: String?) async throws -> String {
        if configuration.isOpen { return CallerName.anyone }
        let field = authorization ?? ""
        let bearer = field.lowercased().hasPrefix("bearer ") ? String(field.dropFirst(7)) : nil
        guard let given = apiKey ?? bearer, !given.isEmpty else {
            throw Self.refused("credentials are needed: Authorization: Bearer …, or X-API-Key")
        }
        // All keys are compared, so that the time taken reveals nothing.
        let found = configuration.callers.reduce(nil as String?) { found, entry in
            SafeComparison.equal(entry.key, given) ? entry.value : found
        }
        if let found { return found }
        guard let verifier, let bearer else { throw Self.refused("the key is unknown") }
        do throws(TokenVerifier.Refusal) { return try await verifier.subject(of: bearer) } catch {
            switch error {
            case .invalid(let why): throw Self.refused(why)
            case .unavailable:
                throw APIError(
                    .serviceUnavailable, "keys", "the keys for tokens cannot be fetched at the moment",
                    headers: [.retryAfter: "5"])
            }
        }
    }

    private static func refused(_ message: String) -> APIError {
        APIError(.unauthorized, "unauthorized", message, headers: [.wwwAuthenticate: "Bearer"])
    }
}

extension HTTPField.Name {
    static let apiKey = known("X-API-Key")

    /// Returns a header name that is known to be valid.
    static func known(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is no field's name") }
        return name
    }
}

/// A middleware that rejects unknown callers and limits the rate of requests.
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
        // Reading costs almost nothing, but for an export, and clients that wait for a job poll often.
        let isCheap = [.get, .head].contains(request.method) && !request.uri.path.hasPrefix("/owners/")
        if !isCheap, let wait = limiter.wait(for: context.caller) {
            throw APIError(
                .tooManyRequests, "tooManyRequests", "too many requests; try again in \(wait) s",
                headers: [.retryAfter: String(wait)])
        }
        return try await next(request, context)
    }

    /// Returns whether a request is for a link made by this service that has not expired.
    ///
    /// Such a link is `/job/{id}/output?expires=…&signature=…`.
    private func isGoodLink(_ request: Request) -> Bool {
        let parts = request.uri.path.split(separator: "/").map(String.init)
        guard request.method == .get || request.method == .head, parts.count == 3, parts[0] == "job",
            let expires = request.uri.queryParameters["expires"].flatMap({ Int($0) }),
            let signature = request.uri.queryParameters["signature"]
        else { return false }
        return presenter.isSigned(parts[1], parts[2], expires: expires, signature: String(signature))
    }
}

/// A limiter of each caller's requests: a token bucket that refills evenly and holds one minute's requests.
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

    /// Counts one request of a caller, and returns the seconds to wait if none is left.
    func wait(for caller: String) -> Int? {
        let now = now()
        return buckets.withLock { buckets in
            // There are few callers, but a token may contain any name.
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
