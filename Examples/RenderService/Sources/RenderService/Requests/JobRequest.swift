// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// A request for a job of any kind, such as the body of `POST /jobs`.
struct JobRequest: Sendable {
    /// The kind of the job.
    var kind: Job.Kind
    /// The fields that concern the job.
    var fields: RequestFields
    /// What the job does, which only the program for its kind understands.
    var payload: [String: JSONValue]

    /// Creates a request from `{"kind": "…", "payload": {…}}` with the fields that concern the job.
    ///
    /// Throws ``ComposeProblems`` with all problems, or ``ComposeError`` if the body is not valid JSON.
    init(body: Data) throws {
        guard case .object(var members) = try JSONValue(json: body) else {
            throw ComposeProblems([
                Problem(
                    path: "", message: #"the body is not a JSON object; it is like {"kind": "render", "payload": {…}}"#)
            ])
        }
        var problems: [Problem] = []
        fields = RequestFields(from: &members, &problems)
        kind = .render
        if case .string(let name) = members.removeValue(forKey: "kind"), Job.Kind.isName(name) {
            kind = Job.Kind(rawValue: name)
        } else {
            problems.append(Problem(path: "kind", message: "expected the name of a kind, such as render"))
        }
        payload = [:]
        switch members.removeValue(forKey: "payload") {
        case .object(let object): payload = object
        case nil, .null: break
        default: problems.append(Problem(path: "payload", message: "expected an object"))
        }
        if kind == .render {
            // They would be ignored there.
            problems += RequestFields.names.filter { payload[$0] != nil }.map {
                Problem(path: "payload.\($0)", message: "\($0) is not part of the payload; put it beside it")
            }
        }
        problems += members.keys.sorted().map {
            Problem(
                path: $0,
                message: "there is no such field; use kind, payload, \(RequestFields.names.joined(separator: ", "))")
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
    }

    /// Creates a request.
    init(_ kind: Job.Kind, _ payload: [String: JSONValue], _ fields: RequestFields) {
        self.kind = kind
        self.payload = payload
        self.fields = fields
    }
}

/// The payload of a job of a kind other than the service's own.
struct KindTask: Codable, Sendable {
    /// What the job does.
    var payload: JSONValue
    /// The URL to which events are posted.
    var callbackURL: URL?

    init(_ request: JobRequest) {
        payload = .object(request.payload)
        callbackURL = request.fields.callbackURL
    }

    /// The task as text.
    var text: String { get throws { String(decoding: try JobPresenter.encoder.encode(self), as: UTF8.self) } }
}

extension KindTask {
    /// Reads the task of a job.
    init(_ job: Job) throws(WorkFailure) {
        do { self = try JSONDecoder().decode(KindTask.self, from: Data(job.payload.utf8)) } catch {
            throw WorkFailure("payload", "the payload of the job cannot be read: \(error)")
        }
    }
}
