// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOCore
import ObjectStorage

/// The routes for the results of jobs.
struct ResultRoutes: Sendable {
    let workplace: Workplace
    let desk: RequestDesk

    func add(to router: some RouterMethods<ServiceContext>) {
        for (what, key) in Self.results {
            router.get("/job/{id}/\(what)") { try await send($0, $1, what, key) }
            router.head("/job/{id}/\(what)") { request, context in
                var response = try await send(request, context, what, key)
                let length = response.headers[.contentLength] ?? response.body.contentLength.map(String.init)
                response.body = ResponseBody()
                if let length { response.headers[.contentLength] = length }
                return response
            }
        }
    }

    private static let results: [(String, @Sendable (JobStatus.Result) -> String?)] = [
        ("output", { $0.key }), ("poster", { $0.posterKey }), ("report", { $0.reportKey }),
    ]

    private func send(
        _ request: Request, _ context: ServiceContext, _ what: String,
        _ key: @Sendable (JobStatus.Result) -> String?
    ) async throws -> Response {
        let job = try await desk.job(context)
        let status = JobStatus(job.status)
        guard job.state == .completed else {
            throw APIError(
                .conflict, "notReady", "the job is \(job.state.rawValue); its result is available once it is completed")
        }
        let stored = status.output.flatMap { job.storedKey(in: $0) }
        guard let key = status.result.map(key) ?? (what == "output" ? stored : nil) else {
            throw APIError(.notFound, "notFound", "this job has no \(what)")
        }
        guard let info = try await workplace.store.info(key) else {
            throw APIError(.notFound, "notFound", "the \(what) has been removed from the store")
        }
        var headers: HTTPFields = [
            .contentType: info.contentType, .acceptRanges: "bytes", .eTag: "\"\(info.etag)\"",
            .cacheControl: "private, max-age=3600",
            .contentDisposition:
                "inline; filename=\"\(job.generationID ?? job.id).\(key.split(separator: ".").last ?? "")\"",
        ]
        if request.headers[.ifNoneMatch] == "\"\(info.etag)\"" {
            return Response(status: .notModified, headers: headers)
        }
        var range = 0..<info.size
        var answer = HTTPResponse.Status.ok
        // A range is useful only to a client that has the rest of the same file.
        let isSame = request.headers[.ifRange].map { $0 == "\"\(info.etag)\"" } ?? true
        if let field = request.headers[.range], isSame {
            switch ByteRange.range(field, size: info.size) {
            case .whole: break
            case .part(let part):
                range = part
                answer = .partialContent
                headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(info.size)"
            case .none:
                throw APIError(
                    .rangeNotSatisfiable, "range", "there are \(info.size) bytes",
                    headers: [.contentRange: "bytes */\(info.size)"])
            }
        }
        guard let body = try await workplace.store.read(key, range: range) else {
            throw APIError(.notFound, "notFound", "the \(what) has been removed from the store")
        }
        return Response(
            status: answer, headers: headers,
            body: ResponseBody(contentLength: range.count) { writer in
                for try await buffer in body.bytes { try await writer.write(buffer) }
                try await writer.finish(nil)
            })
    }
}

/// The range requested by a `Range` header (RFC 9110, 14.2).
///
/// A single range is supported. A request for several ranges is answered with the whole file.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int64>)
    case none

    static func range(_ field: String, size: Int64) -> ByteRange {
        guard field.hasPrefix("bytes=") else { return .whole }
        let spec = field.dropFirst(6)
        guard !spec.contains(",") else { return .whole }
        let ends = spec.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        if ends[0].isEmpty {
            guard let count = Int64(ends[1]), count >= 0 else { return .whole }
            guard count > 0, size > 0 else { return .none }
            return .part(max(0, size - count)..<size)
        }
        guard let first = Int64(ends[0]), first >= 0 else { return .whole }
        var last = size - 1
        if !ends[1].isEmpty {
            guard let given = Int64(ends[1]), given >= first else { return .whole }
            last = min(last, given)
        }
        guard first < size else { return .none }
        return .part(first..<last + 1)
    }
}
