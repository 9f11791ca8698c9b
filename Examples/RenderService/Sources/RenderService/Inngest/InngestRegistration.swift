// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import HTTPTypes
import NIOHTTP1

/// What Inngest is told about the app and its function, and what it is asked.
struct InngestRegistration: Sendable {
    let workplace: Workplace
    private static let sdk = "swift:v0.1.0"

    /// A client for Inngest, which may be at any address, since the operator configures it.
    private var web: WebClient { WebClient(allowsPrivateAddresses: true, hosts: [], logger: workplace.logger) }

    // MARK: Registration

    /// Registers the function, and returns Inngest's answer.
    ///
    /// Whoever asks for it may name any host, so that calls would go there: the address must be configured, except for
    /// a development server.
    func register(
        _ settings: Configuration.Inngest, host: String?, id: String?
    ) async throws -> (status: UInt, body: JSONValue) {
        let given = settings.origin ?? (settings.isDev ? host.flatMap { URL(string: "http://\($0)") } : nil)
        guard let origin = given else {
            throw APIError(
                .badRequest, "noOrigin",
                "set INNGEST_SERVE_ORIGIN to the address at which Inngest reaches this service, such as https://…")
        }
        let address = origin.appendingPathComponent(InngestRoutes.path)
        let body: [String: JSONValue] = [
            "appname": .string(settings.app), "deployType": .string("ping"), "framework": .string("hummingbird"),
            "functions": .array([ComposeFunction.configuration(settings, at: address)]), "sdk": .string(Self.sdk),
            "url": .string(address.absoluteString), "v": .string("0.1"),
            "capabilities": .object(["in_band_sync": .string("v1"), "trust_probe": .string("v1")]),
        ]
        var parts = URLComponents(
            url: settings.api.appendingPathComponent("fn/register"), resolvingAgainstBaseURL: false)
        if let id { parts?.queryItems = [URLQueryItem(name: "deployId", value: id)] }
        guard let url = parts?.url else {
            throw APIError(.badRequest, "noOrigin", "INNGEST_BASE_URL is not an address")
        }
        return try await exchange(.POST, url, settings, body: try JSONEncoder().encode(JSONValue.object(body)))
    }

    /// Returns the configuration for a registration whose request and response are signed.
    func inBand(_ body: Data, _ settings: Configuration.Inngest) throws -> JSONValue {
        guard case .object(let members) = try? JSONValue(json: body), case .string(let text) = members["url"],
            let url = settings.origin?.appendingPathComponent(InngestRoutes.path) ?? URL(string: text),
            ["https", "http"].contains(url.scheme), url.host() != nil
        else { throw APIError(.badRequest, "malformed", "the body is not a registration with a url") }
        var inspection = Self.inspection(settings, workplace.configuration)
        inspection.merge(Self.details(settings)) { $1 }
        return .object([
            "app_id": .string(settings.app), "framework": .string("hummingbird"), "url": .string(url.absoluteString),
            "functions": .array([ComposeFunction.configuration(settings, at: url)]),
            "inspection": .object(inspection), "sdk_author": .string("compose"), "sdk_language": .string("swift"),
            "sdk_version": .string("0.1.0"), "appVersion": .string("1"),
        ])
    }

    // MARK: Introspection

    /// Returns what anyone may know.
    static func inspection(
        _ settings: Configuration.Inngest?, _ configuration: Configuration
    ) -> [String: JSONValue] {
        [
            "schema_version": .string("2024-05-24"), "function_count": .number("1"),
            "has_event_key": .bool(settings?.hasEventKey ?? false),
            "has_signing_key": .bool(!(settings?.signingKeys.isEmpty ?? true)),
            "has_signing_key_fallback": .bool((settings?.signingKeys.count ?? 0) > 1),
            "mode": .string(settings?.isDev == true ? "dev" : "cloud"),
        ]
    }

    /// Returns what only Inngest may know.
    static func details(_ settings: Configuration.Inngest) -> [String: JSONValue] {
        [
            "authentication_succeeded": .bool(true), "api_origin": .string(settings.api.absoluteString),
            "app_id": .string(settings.app), "framework": .string("hummingbird"), "sdk_language": .string("swift"),
            "sdk_version": .string("0.1.0"),
            "serve_origin": settings.origin.map { .string($0.absoluteString) } ?? .null,
            "serve_path": .string(InngestRoutes.path),
            "signing_key_hash": settings.signingKeys.first.map { .string(InngestSignature.hash(of: $0)) } ?? .null,
            "capabilities": .object(["in_band_sync": .string("v1"), "trust_probe": .string("v1")]),
        ]
    }

    // MARK: Runs

    /// Returns the event and the results of a run's steps, which are fetched if they are too large for a call.
    func state(
        of run: JSONValue?, _ settings: Configuration.Inngest
    ) async throws -> (event: JSONValue, steps: JSONValue) {
        guard case .string(let id) = run, RequestFields.isGenerationID(id) else {
            throw APIError(.badRequest, "malformed", "the call has no run_id")
        }
        let base = settings.api.appendingPathComponent("v0/runs").appendingPathComponent(id)
        let batch = try await exchange(.GET, base.appendingPathComponent("batch"), settings)
        let steps = try await exchange(.GET, base.appendingPathComponent("actions"), settings)
        guard batch.status == 200, case .array(let events) = batch.body, let event = events.first, steps.status == 200
        else { throw APIError(.serviceUnavailable, "inngest", "the state of the run cannot be fetched") }
        return (event, steps.body)
    }

    /// Sends a request with the signing key's hash; one that is refused is sent again with the older key.
    private func exchange(
        _ method: WebClient.Method, _ url: URL, _ settings: Configuration.Inngest, body: Data? = nil
    ) async throws -> (status: UInt, body: JSONValue) {
        let keys: [String?] = settings.signingKeys.isEmpty ? [nil] : settings.signingKeys
        var last: (status: UInt, body: JSONValue) = (0, .null)
        for key in keys {
            var headers = [("content-type", "application/json"), ("x-inngest-sdk", "inngest-\(Self.sdk)")]
            if let key { headers.append(("authorization", "Bearer \(InngestSignature.hash(of: key))")) }
            let (status, data) = try await web.exchange(method, url, headers: headers, body: body, limit: 8 << 20)
            last = (status, (try? JSONValue(json: data)) ?? .object([:]))
            if status != 401, status != 403 { break }
        }
        return last
    }
}
