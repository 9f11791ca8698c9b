// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// The contents of a render request's body.
struct RenderRequest: Sendable {
    /// The edit, with the caller's names of its files.
    var edit: Edit
    /// The caller's own identifier for the job.
    var generationID: String?
    /// The URL to which events are posted.
    var callbackURL: URL?
    /// The priority of the job.
    var priority = Job.Priority.normal
    /// The stored edit that this is, if it is one.
    var editID: String?
    /// The version of that edit.
    var editVersion: Int?

    /// Creates a request from an edit document with the service's own fields, or from the short form.
    ///
    /// Throws ``ComposeProblems`` with all problems, or ``ComposeError`` if the body is not valid JSON.
    init(body: Data) throws {
        var document = try JSONValue(json: body)
        guard case .object(var members) = document else {
            throw Self.wrong("", "the body is not a JSON object; it is an edit document, or the short form with images")
        }
        var problems: [Problem] = []
        func take<Value>(_ name: String, _ what: String, _ read: (String) -> Value?) -> Value? {
            guard let value = members.removeValue(forKey: name), value != .null else { return nil }
            if case .string(let text) = value, let read = read(text) { return read }
            problems.append(Problem(path: name, message: "expected \(what)"))
            return nil
        }
        generationID = take("generationId", "up to 200 letters, digits, '.', '_' and '-'") {
            Self.isGenerationID($0) ? $0 : nil
        }
        callbackURL = take("callbackURL", "an address that begins with https:// or http://") {
            guard let url = URL(string: $0), ["https", "http"].contains(url.scheme), url.host != nil else { return nil }
            return url
        }
        priority = take("priority", "low, normal or high") { Job.Priority(name: $0) } ?? .normal
        for (spelling, name) in Self.spellings {
            guard let value = members.removeValue(forKey: spelling) else { continue }
            guard members[name] == nil else {
                problems.append(Problem(path: spelling, message: "there is \(name) as well; leave one of them out"))
                continue
            }
            members[name] = value
        }
        document = .object(members)
        do {
            // What is null in the short form has its default, as forms of web pages send it.
            edit =
                members["images"] == nil
                ? try Edit(json: document)
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
        guard case .object(let own) = try JSONValue(json: fields),
            case .object(var members) = try JSONValue(json: Data(edit.utf8))
        else { throw Self.wrong("", "the body is not a JSON object; it has generationId, callbackURL and priority") }
        let problems = own.keys.filter { !["generationId", "callbackURL", "priority"].contains($0) }.sorted().map {
            Problem(path: $0, message: "there is no such field; use generationId, callbackURL and priority")
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        members.merge(own) { $1 }
        self = try RenderRequest(body: try JSONEncoder().encode(JSONValue.object(members)))
    }

    /// Other spellings of fields of the short form, with the fields.
    private static let spellings = [("imageUrls", "images"), ("audioUrl", "audio")]

    /// Throws ``ComposeProblems`` if events may not be posted to the given URL.
    func checkCallback(_ access: Configuration.Access) throws(ComposeProblems) {
        guard callbackURL?.scheme == "http", !access.allowsPrivateAddresses else { return }
        throw Self.wrong("callbackURL", "plain HTTP is not allowed here; use an https:// address")
    }

    static func isGenerationID(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { CallerName.isNameByte($0) }
    }

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
