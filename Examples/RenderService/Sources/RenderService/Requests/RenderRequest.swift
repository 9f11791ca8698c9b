// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// The contents of a render request's body.
struct RenderRequest: Sendable {
    /// The edit, with the caller's names of its files.
    var edit: Edit
    /// The fields that concern the job.
    var fields: RequestFields
    /// The stored edit that this is, if it is one.
    var editID: String?
    /// The version of that edit.
    var editVersion: Int?

    /// Creates a request from an edit document with the service's own fields, or from the short form.
    ///
    /// Throws ``ComposeProblems`` with all problems, or ``ComposeError`` if the body is not valid JSON.
    init(body: Data) throws {
        guard case .object(let members) = try JSONValue(json: body) else {
            throw Self.wrong("", "the body is not a JSON object; it is an edit document, or the short form with images")
        }
        try self.init(members)
    }

    /// Creates a request from the members of a document, as ``init(body:)`` does.
    init(_ document: [String: JSONValue]) throws {
        var members = document
        var problems: [Problem] = []
        fields = RequestFields(from: &members, &problems)
        for (spelling, name) in Self.spellings {
            guard let value = members.removeValue(forKey: spelling) else { continue }
            guard members[name] == nil else {
                problems.append(Problem(path: spelling, message: "there is \(name) as well; leave one of them out"))
                continue
            }
            members[name] = value
        }
        do {
            // What is null in the short form has its default, as forms of web pages send it.
            edit =
                members["images"] == nil
                ? try Edit(json: .object(members))
                : try Slideshow(json: .object(members.filter { $0.value != .null })).edit
        } catch {
            throw ComposeProblems(problems + error.problems)
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
    }

    /// Creates a request for a stored edit, from a body with the service's own fields alone.
    init(fields: Data?, _ edit: String) throws {
        guard let fields else {
            self = try RenderRequest(body: Data(edit.utf8))
            return
        }
        let names = RequestFields.names.joined(separator: ", ")
        guard case .object(let own) = try JSONValue(json: fields),
            case .object(var members) = try JSONValue(json: Data(edit.utf8))
        else { throw Self.wrong("", "the body is not a JSON object; it has \(names)") }
        let problems = own.keys.filter { !RequestFields.names.contains($0) }.sorted().map {
            Problem(path: $0, message: "there is no such field; use \(names)")
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        members.merge(own) { $1 }
        self = try RenderRequest(members)
    }

    /// Other spellings of fields of the short form, with the fields.
    private static let spellings = [("imageUrls", "images"), ("audioUrl", "audio"), ("captionsUrl", "captions")]

    private static func wrong(_ path: String, _ message: String) -> ComposeProblems {
        ComposeProblems([Problem(path: path, message: message)])
    }
}

/// An error with all problems that the author of a request can fix.
struct ComposeProblems: Error {
    let problems: [Problem]

    init(_ problems: [Problem]) { self.problems = problems }
}

extension Job.Priority {
    /// The name of the priority in requests and responses.
    var name: String {
        switch self {
        case .low: "low"
        case .normal: "normal"
        case .high: "high"
        }
    }

    init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
