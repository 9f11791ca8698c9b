// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Logging
import NIOCore
import NIOFoundationEssentialsCompat
import ObjectStorage

/// An error response of the API, with a body such as `{"error": {"code", "message", "problems"}}`.
struct APIError: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    let code: String
    let message: String
    var problems: [Problem] = []
    var headers: HTTPFields = [:]
    /// The credits that are missing, and those that are needed.
    var missingCents: Int64?
    var neededCents: Int64?

    init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, problems: [Problem] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.problems = problems
        self.headers = headers
    }

    /// Creates an API error from another error, or `nil` if that is an internal error of the service.
    init?(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as ComposeProblems:
            self.init(
                .badRequest, "invalidEdit", error.problems.map(\.description).joined(separator: "\n"),
                problems: error.problems)
        case let error as ComposeError where error.code == .invalidEdit || error.code == .unreadableMedia:
            self.init(.badRequest, error.code.rawValue, error.description, problems: error.problems)
        case let error as WorkFailure where error.failure.code == "invalidEdit":
            self.init(.badRequest, error.failure.code, error.description)
        case StorageError.tooLarge(let limit):
            self.init(.contentTooLarge, "tooLarge", "larger than the limit of \(limit) bytes")
        case StorageError.invalidKey(let key):
            self.init(.badRequest, "invalidName", "\(key.debugDescription) is not a name that can be used")
        case let error as StorageError:
            self.init(.serviceUnavailable, "storage", error.description, headers: [.retryAfter: "5"])
        case ArchiveError.invalid(let message): self.init(.badRequest, "invalidValue", message)
        case is ArchiveError:
            // The message may name the server.
            self.init(
                .serviceUnavailable, "archive", "the database cannot be reached at the moment; try again",
                headers: [.retryAfter: "5"])
        case QueueError.unknownJob(let name):
            self.init(
                ComposeProblems([Problem(path: "after", message: QueueError.unknownJob(name).description)]))
        case let error as QueueError:
            self.init(.serviceUnavailable, "queue", error.description, headers: [.retryAfter: "5"])
        case is MultipartParser.Malformed:
            self.init(.badRequest, "malformed", "the body is not valid multipart/form-data")
        case is NIOTooManyBytesError: self.init(.contentTooLarge, "tooLarge", "the body is larger than the limit")
        case let error as any HTTPResponseError:
            self.init(error.status, Self.code(of: error.status), error.status.reasonPhrase)
        default: return nil
        }
    }

    private static func code(of status: HTTPResponse.Status) -> String {
        switch status {
        case .notFound: "notFound"
        case .methodNotAllowed: "methodNotAllowed"
        case .contentTooLarge: "tooLarge"
        default: "badRequest"
        }
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        var failure = WorkFailure(code, message, problems: problems).failure
        failure.missingCents = missingCents
        failure.neededCents = neededCents
        let body = ["error": failure]
        var response = try Response.json(body, status: status)
        for field in headers { response.headers[field.name] = field.value }
        return response
    }
}

extension Response {
    /// Returns a response with a value as JSON.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let data = try JobPresenter.encoder.encode(value)
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(data: data)))
    }
}

/// A middleware that converts errors to API responses and counts requests.
struct ErrorMiddleware: RouterMiddleware {
    typealias Context = ServiceContext
    let logger: Logger

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do { response = try await next(request, context) } catch {
            if APIError(error) == nil, !(error is CancellationError) {
                logger.error(
                    "a request failed",
                    metadata: ["path": "\(request.uri.path)", "error": "\(String(reflecting: error))"])
            }
            let answer =
                APIError(error)
                ?? APIError(.internalServerError, "internal", "internal error; see the service's log")
            response = try answer.response(from: request, context: context)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        Metric.requests(request.method.rawValue, response.status.code).increment()
        Metric.requestSeconds.record(start.duration(to: .now).seconds)
        return response
    }
}
