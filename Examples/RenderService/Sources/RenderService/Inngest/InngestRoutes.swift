// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOFoundationEssentialsCompat

/// The routes by which Inngest asks about the function, registers it and calls it.
///
/// They follow Inngest's SDK specification. Calls are verified by their signature instead of a caller's credentials.
struct InngestRoutes: Sendable {
    let workplace: Workplace
    let function: ComposeFunction
    let settings: Configuration.Inngest?
    let registration: InngestRegistration
    /// A limit for registrations, which anyone may ask for.
    private let limiter = RateLimiter(perMinute: 6)

    static let path = "/api/inngest"
    private static let sdk = "inngest-swift:v0.1.0"

    init(workplace: Workplace, desk: RequestDesk) {
        self.workplace = workplace
        settings = workplace.configuration.inngest
        function = ComposeFunction(workplace: workplace, desk: desk)
        registration = InngestRegistration(workplace: workplace)
    }

    func add(to router: some RouterMethods<ServiceContext>) {
        if settings?.isDev == true {
            workplace.logger.warning("INNGEST_DEV is set: calls of /api/inngest need no signature")
        }
        router.get("/api/inngest") { request, _ in try await introspect(request) }
        router.put("/api/inngest") { request, _ in try await register(request) }
        router.post("/api/inngest") { request, _ in try await call(request) }
    }

    /// A request with its body, and the key that it was signed with, if it was.
    private struct Call {
        let settings: Configuration.Inngest
        let body: Data
        let key: String?
    }

    /// Reads a request, and verifies its signature if it has one.
    private func read(_ request: Request) async throws -> Call {
        guard let settings else {
            throw Self.unauthorized("set INNGEST_SIGNING_KEY, or INNGEST_DEV for a development server")
        }
        let limit = workplace.configuration.limits.bodyBytes * 2
        let body = Data(buffer: try await request.body.collect(upTo: limit))
        guard !settings.isDev, let header = request.headers[.inngestSignature] else {
            return Call(settings: settings, body: body, key: nil)
        }
        do throws(InngestSignature.Refusal) {
            let key = try InngestSignature.key(of: header, body: body, keys: settings.signingKeys)
            return Call(settings: settings, body: body, key: key)
        } catch { throw Self.unauthorized(error.reason) }
    }

    private static func unauthorized(_ reason: String) -> APIError {
        APIError(.unauthorized, "unauthorized", reason, headers: [.inngestHandled: "true"])
    }

    // MARK: Questions

    private func introspect(_ request: Request) async throws -> Response {
        guard let settings else {
            return try Response.json(InngestRegistration.inspection(nil, workplace.configuration))
        }
        let call = try? await read(request)
        let isSigned = call?.key != nil
        var members = InngestRegistration.inspection(settings, workplace.configuration)
        if isSigned { members.merge(InngestRegistration.details(settings)) { $1 } }
        if call == nil { members["authentication_succeeded"] = .bool(false) }
        return try answer(.object(members), .ok, settings, key: call?.key)
    }

    private func register(_ request: Request) async throws -> Response {
        let call = try await read(request)
        if request.headers[.inngestSyncKind] == "in_band", !call.settings.isDev {
            guard let key = call.key else { throw Self.unauthorized("the request has no X-Inngest-Signature") }
            let config = try registration.inBand(call.body, call.settings)
            return try answer(config, .ok, call.settings, key: key, [.inngestSyncKind: "in_band"])
        }
        if let wait = limiter.wait(for: "") {
            throw APIError(
                .tooManyRequests, "tooManyRequests", "registered often enough; try again in \(wait) s",
                headers: [.retryAfter: String(wait)])
        }
        let (status, body) = try await registration.register(
            call.settings, host: request.head.authority, id: request.uri.queryParameters["deployId"].map(String.init))
        return try answer(
            body, .init(code: Int(status)), call.settings, key: call.key, [.inngestSyncKind: "out_of_band"])
    }

    // MARK: Calls

    private func call(_ request: Request) async throws -> Response {
        let call = try await read(request)
        guard call.key != nil || call.settings.isDev else {
            throw Self.unauthorized("the request has no X-Inngest-Signature")
        }
        let query = request.uri.queryParameters
        if query["probe"] == "trust" { return try answer(.object([:]), .ok, call.settings, key: call.key) }
        let names = [ComposeFunction.name, "\(call.settings.app)-\(ComposeFunction.name)"]
        guard let name = query["fnId"], names.contains(String(name)) else {
            throw APIError(
                .notFound, "notFound", "there is no such function; there is \(names[1])",
                headers: [.inngestHandled: "true"])
        }
        guard let json = try? JSONValue(json: call.body), case .object(let members) = json else {
            throw APIError(.badRequest, "malformed", "the body is not a call of a function")
        }
        let context = if case .object(let values) = members["ctx"] { values } else { [String: JSONValue]() }
        let target = query["stepId"].map(String.init)
        var (event, steps) = (members["event"] ?? .null, members["steps"] ?? .object([:]))
        if members["use_api"] == .bool(true) {
            (event, steps) = try await registration.state(of: context["run_id"], call.settings)
        }
        let memos = if case .object(let values) = steps { values } else { [String: JSONValue]() }
        let isLast = Self.number(context["attempt"]).map { attempt in
            Self.number(context["max_attempts"]).map { attempt + 1 >= $0 } ?? false
        }
        return try await answer(
            call, event,
            FunctionSteps(
                memos: memos, target: target == "step" ? nil : target,
                isAnnounced: context["disable_immediate_execution"] == .bool(true), isLastAttempt: isLast ?? false))
    }

    private static func number(_ value: JSONValue?) -> Int? {
        if case .number(let text) = value { Int(text) } else { nil }
    }

    private func answer(_ call: Call, _ event: JSONValue, _ steps: FunctionSteps) async throws -> Response {
        do {
            return try answer(try await function.run(event, steps), .ok, call.settings, key: call.key)
        } catch FunctionSteps.Stop.operation(let operation) {
            return try answer(.array([operation.json]), .partialContent, call.settings, key: call.key)
        } catch FunctionSteps.Stop.unexpected(let name) {
            return try failed(
                FunctionFailure(name: "stepUnexpected", message: "the next step is \(name)", isFinal: false), call)
        } catch is CancellationError {
            throw APIError(.serviceUnavailable, "stopping", "the service is stopping", headers: [.retryAfter: "1"])
        } catch {
            let failure = FunctionFailure(error)
            workplace.logger.info("a call of composeVideo failed", metadata: ["error": "\(failure.message)"])
            return try failed(failure, call)
        }
    }

    private func failed(_ failure: FunctionFailure, _ call: Call) throws -> Response {
        var headers: HTTPFields = [.inngestNoRetry: failure.isFinal ? "true" : "false"]
        if let seconds = failure.retryAfter { headers[.retryAfter] = String(seconds) }
        return try answer(
            failure.json, failure.isFinal ? .badRequest : .internalServerError, call.settings, key: call.key, headers)
    }

    /// Returns a response, signed with the key of the request.
    private func answer(
        _ value: JSONValue, _ status: HTTPResponse.Status, _ settings: Configuration.Inngest, key: String?,
        _ more: HTTPFields = [:]
    ) throws -> Response {
        let body = try JobPresenter.encoder.encode(value)
        var headers = more
        headers[.contentType] = "application/json"
        headers[.inngestSDK] = Self.sdk
        headers[.inngestFramework] = "hummingbird"
        headers[.inngestRequestVersion] = "1"
        headers[.inngestHandled] = "true"
        headers[.inngestExpectedServerKind] = settings.isDev ? "dev" : "cloud"
        if let key { headers[.inngestSignature] = InngestSignature.header(for: body, key: key) }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(data: body)))
    }
}

extension HTTPField.Name {
    static let inngestSignature = known("X-Inngest-Signature")
    static let inngestSDK = known("X-Inngest-SDK")
    static let inngestFramework = known("X-Inngest-Framework")
    static let inngestRequestVersion = known("X-Inngest-Req-Version")
    static let inngestNoRetry = known("X-Inngest-No-Retry")
    static let inngestSyncKind = known("X-Inngest-Sync-Kind")
    static let inngestHandled = known("X-Inngest-SDK-Handled")
    static let inngestExpectedServerKind = known("X-Inngest-Expected-Server-Kind")
}
