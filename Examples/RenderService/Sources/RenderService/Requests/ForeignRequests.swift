// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// The reader of jobs that other programs add to the streams of the queue, with what they are told of the ends.
///
/// An entry has the fields `kind`, `id` and `payload`, and may have `reply`, `caller` and `after`. OPERATIONS.md describes them.
struct ForeignRequests: Sendable {
    private let limits: Configuration.Limits
    private let access: Configuration.Access
    private let place: RenderTask.Place
    private let kinds: JobKinds
    private static let replies = "jobs:replies:"

    init(_ configuration: Configuration) {
        limits = configuration.limits
        access = configuration.access
        place = RenderTask.Place(configuration.remoteUse)
        kinds = configuration.kinds
    }

    /// The translation for the queue.
    var exchange: RedisExchange {
        RedisExchange(
            read: { entry throws(RedisExchange.Unreadable) in try job(of: entry) },
            outcome: { status in
                let status = JobStatus(status)
                let result = status.anyResult
                return (result == .null ? "" : Self.text(result), Self.text(status.failure))
            })
    }

    private static func text(_ value: (some Encodable)?) -> String {
        guard let value, let data = try? JobPresenter.encoder.encode(value) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Returns the job that an entry asks for.
    func job(of entry: ForeignEntry) throws(RedisExchange.Unreadable) -> ForeignJob {
        let reply = entry.fields["reply"] ?? ""
        let stream = Self.isReplyStream(reply) ? reply : nil
        func refused(_ message: String) -> RedisExchange.Unreadable { .init(message, reply: stream) }
        func field(_ name: String) throws(RedisExchange.Unreadable) -> String {
            guard let value = entry.fields[name], !value.isEmpty else {
                throw refused("the field \(name) is missing; an entry has kind, id and payload")
            }
            return value
        }
        guard let priority = entry.priority else {
            throw refused("jobs are not requested in \(entry.stream); add them to jobs:requested")
        }
        let name = try field("kind")
        let kind = Job.Kind(rawValue: name)
        if let problem = kinds.problem(with: kind) { throw refused(problem) }
        let id = try field("id")
        guard RequestFields.isGenerationID(id) else {
            throw refused("the id is up to 200 letters, digits, '.', '_' and '-'")
        }
        let caller = entry.fields["caller"] ?? CallerName.anyone
        guard CallerName.isValid(caller) else {
            throw refused("the caller is up to 64 letters, digits, '.', '_' and '-'")
        }
        let payload = try field("payload")
        guard payload.utf8.count <= limits.bodyBytes else {
            throw refused("the payload has \(payload.utf8.count) bytes, more than the \(limits.bodyBytes) allowed")
        }
        do {
            let wanted = try request(kind, payload, id: id, reply: stream == nil ? reply : "")
            let fields = wanted.fields
            let named = (entry.fields["after"] ?? "").split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard fields.after.count + named.count <= RequestFields.maximumAfter else {
                throw wrong("after", "a job follows at most \(RequestFields.maximumAfter) others")
            }
            let job = NewJob(
                kind: kind, caller: caller, generationID: id,
                priority: fields.priority == .normal ? priority : fields.priority, payload: wanted.payload,
                after: fields.after + named, hasNotices: true)
            return ForeignJob(job, reply: stream)
        } catch { throw refused("the payload cannot be used: \(WorkFailure(error))") }
    }

    /// Returns the payload of the job that a payload asks for, and the fields that concern the job.
    ///
    /// Those of a render are in its payload, as in the body of a request. A reply that is no stream is the address for
    /// events.
    private func request(
        _ kind: Job.Kind, _ payload: String, id: String, reply: String
    ) throws -> (fields: RequestFields, payload: String) {
        guard case .object(let members) = try JSONValue(json: Data(payload.utf8)) else {
            throw wrong("", "the payload is not a JSON object")
        }
        guard kind == .render else {
            var wanted = JobRequest(kind, members, RequestFields())
            try complete(&wanted.fields, id: id, reply: reply)
            return (wanted.fields, try KindTask(wanted).text)
        }
        var wanted = try RenderRequest(members)
        try complete(&wanted.fields, id: id, reply: reply)
        let problems = wanted.edit.valueProblems(for: Deliverable.fileName(of: wanted.edit))
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        return (wanted.fields, try RenderTask(wanted, place: place).text)
    }

    /// Adds what an entry says to the fields, and throws if it contradicts them.
    private func complete(_ fields: inout RequestFields, id: String, reply: String) throws {
        guard fields.generationID == nil || fields.generationID == id else {
            throw wrong("generationId", "the payload has another generationId than the entry's id; leave it out")
        }
        if !reply.isEmpty {
            guard fields.callbackURL == nil else {
                throw wrong("callbackURL", "the entry has a reply address as well; leave one of them out")
            }
            guard let url = URL(string: reply), ["https", "http"].contains(url.scheme), url.host != nil else {
                throw wrong(
                    "reply", "a reply is a stream whose name begins with \(Self.replies), or an https:// address")
            }
            fields.callbackURL = url
        }
        try fields.checkCallback(access)
    }

    private func wrong(_ path: String, _ message: String) -> ComposeProblems {
        ComposeProblems([Problem(path: path, message: message)])
    }

    /// Returns whether a text names a stream for replies, which is never one of the queue's own keys.
    private static func isReplyStream(_ text: String) -> Bool {
        text.hasPrefix(replies) && (replies.utf8.count + 1...200).contains(text.utf8.count)
            && text.utf8.allSatisfy { CallerName.isNameByte($0) || $0 == UInt8(ascii: ":") }
    }
}
