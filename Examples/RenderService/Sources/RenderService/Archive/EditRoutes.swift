// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation
import HTTPTypes
import Hummingbird
import NIOFoundationEssentialsCompat

/// The routes for edits that are stored with their versions.
struct EditRoutes: Sendable {
    let workplace: Workplace
    let desk: RequestDesk
    let jobs: JobRoutes

    func add(to router: some RouterMethods<ServiceContext>) {
        router.post("/edits") { try await create($0, $1) }
        router.get("/edits") { try await list($0, $1) }
        router.get("/edits/{id}") { try await read($0, $1) }
        router.put("/edits/{id}") { try await update($0, $1) }
        router.delete("/edits/{id}") { try await remove($0, $1) }
        router.get("/edits/{id}/versions") { try await versions($0, $1) }
        router.post("/edits/{id}/render") { try await render($0, $1) }
        router.post("/edits/{id}/diff") { try await diff($0, $1) }
    }

    // MARK: Documents

    private func create(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let body = try await document(request)
        let edit = try await refusals {
            try await workplace.needed().edits.create(body.text, name: body.name ?? "", of: context.caller)
        }
        var response = try answer(edit, status: .created)
        response.headers[.location] = "/edits/\(edit.id)"
        return response
    }

    private func read(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let edit = try await find(request, context)
        if request.headers[.ifNoneMatch] == Self.tag(edit.version) {
            return Response(status: .notModified, headers: [.eTag: Self.tag(edit.version)])
        }
        return try answer(edit)
    }

    private func update(_ request: Request, _ context: ServiceContext) async throws -> Response {
        guard let seen = try seenVersion(request) else {
            throw APIError(
                .init(code: 428, reasonPhrase: "Precondition Required"), "noVersion",
                "send the ETag of the version that you have changed as If-Match")
        }
        let body = try await document(request)
        let id = context.parameters.get("id") ?? ""
        let edit = try await refusals {
            try await workplace.needed().edits.update(
                id, to: body.text, name: body.name, of: context.caller, ifVersion: seen.number)
        }
        return try answer(edit)
    }

    private func remove(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let seen = try seenVersion(request)
        let id = context.parameters.get("id") ?? ""
        try await refusals {
            try await workplace.needed().edits.remove(id, of: context.caller, ifVersion: seen?.number)
        }
        return Response(status: .noContent)
    }

    // MARK: Lists

    private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct List: Encodable {
            let edits: [EditView]
            let next: String?
        }
        let query = QueryReader(request)
        let page = try await workplace.needed().edits.list(
            of: context.caller, limit: try query.number("limit", 1...200) ?? 50, after: query.text("after"))
        return try .json(List(edits: page.items.map { EditView($0, isWhole: false) }, next: page.next))
    }

    private func versions(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct List: Encodable {
            let versions: [EditView]
            let next: String?
        }
        let query = QueryReader(request)
        let page = try await workplace.needed().edits.versions(
            of: context.parameters.get("id") ?? "", of: context.caller,
            limit: try query.number("limit", 1...200) ?? 50, before: try query.number("after", 1...Int(Int32.max)))
        guard !page.items.isEmpty || query.text("after") != nil else { throw Self.missing }
        return try .json(List(versions: page.items.map { EditView($0, isWhole: false) }, next: page.next))
    }

    // MARK: Work

    /// Submits a job for a stored edit, with the fields of a request other than the edit in the body.
    private func render(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let edit = try await find(request, context)
        let body = try await request.body.collect(upTo: workplace.configuration.limits.bodyBytes)
        var wanted = try RenderRequest(fields: body.readableBytes == 0 ? nil : Data(buffer: body), edit.document)
        try wanted.fields.checkCallback(workplace.configuration.access)
        wanted.editID = edit.id
        wanted.editVersion = edit.version
        let place = RenderTask.Place(workplace.configuration.remoteUse)
        return try jobs.accepted(try await desk.submit(wanted, of: context.caller, place), false)
    }

    /// Compares two versions by the segments of their videos.
    private func diff(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = QueryReader(request)
        guard let from = try query.number("from", 1...Int(Int32.max)) else {
            throw APIError(.badRequest, "invalidQuery", "from is the number of the earlier version")
        }
        let id = context.parameters.get("id") ?? ""
        let edits = try workplace.needed().edits
        guard let before = try await edits.edit(id, version: from, of: context.caller),
            let after = try await edits.edit(
                id, version: try query.number("to", 1...Int(Int32.max)), of: context.caller)
        else { throw Self.missing }
        let (old, new) = (try Edit(json: before.document), try Edit(json: after.document))
        for edit in [old, new] { try await desk.check(edit, of: context.caller) }
        // Both are planned in one folder, because files are compared by their identity there.
        return try await workplace.withFolder(for: "diff") { folder in
            let first = try await workplace.plan(old, of: context.caller, in: folder).plan
            let second = try await workplace.plan(new, of: context.caller, in: folder).plan
            return try .json(EditDifference(from: before.version, to: after.version, first, second))
        }
    }

    // MARK: -

    private static let missing = APIError(.notFound, "notFound", "there is no such edit, or no such version of it")

    private static func tag(_ version: Int) -> String { "\"\(version)\"" }

    private func answer(_ edit: StoredEdit, status: HTTPResponse.Status = .ok) throws -> Response {
        var response = try Response.json(EditView(edit, isWhole: true), status: status)
        response.headers[.eTag] = Self.tag(edit.version)
        return response
    }

    /// Returns the version that a request names, or the newest one.
    private func find(_ request: Request, _ context: ServiceContext) async throws -> StoredEdit {
        let version = try QueryReader(request).number("version", 1...Int(Int32.max))
        let id = context.parameters.get("id") ?? ""
        guard let edit = try await workplace.needed().edits.edit(id, version: version, of: context.caller) else {
            throw Self.missing
        }
        return edit
    }

    private enum Seen {
        case any
        case version(Int)

        /// The version, if it is a certain one.
        var number: Int? { if case .version(let number) = self { number } else { nil } }
    }

    /// Returns the version that a request requires to be the newest.
    private func seenVersion(_ request: Request) throws(APIError) -> Seen? {
        guard let field = request.headers[.ifMatch] else { return nil }
        if field == "*" { return .any }
        guard field.hasPrefix("\""), field.hasSuffix("\""), let version = Int(field.dropFirst().dropLast()) else {
            throw APIError(.preconditionFailed, "changed", "If-Match is the ETag of a version, such as \"3\"")
        }
        return .version(version)
    }

    /// Returns the document and the name in a body such as `{"name": "…", "edit": {…}}`.
    private func document(_ request: Request) async throws -> (text: String, name: String?) {
        let body = try await request.body.collect(upTo: workplace.configuration.limits.bodyBytes)
        func wrong(_ path: String, _ message: String) -> ComposeProblems {
            ComposeProblems([Problem(path: path, message: message)])
        }
        guard case .object(let members) = try JSONValue(json: Data(buffer: body)), let edit = members["edit"] else {
            throw wrong("edit", #"the body is like {"name": "Trip", "edit": {…}}"#)
        }
        if let other = members.keys.sorted().first(where: { !["name", "edit"].contains($0) }),
            !EditView.fields.contains(other)
        {
            throw wrong(other, "there is no such field; use name and edit")
        }
        var name: String?
        switch members["name"] {
        case .string(let text) where text.utf8.count <= 200: name = text
        case nil, .null: break
        default: throw wrong("name", "expected a text of at most 200 bytes")
        }
        let wanted = try RenderRequest(body: try JSONEncoder().encode(edit))
        guard wanted.fields.generationID == nil, wanted.fields.callbackURL == nil, wanted.fields.after.isEmpty else {
            throw wrong("edit", "generationId, callbackURL and after belong to a render; leave them out")
        }
        return (String(decoding: try wanted.edit.json(), as: UTF8.self), name)
    }

    private func refusals<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let refusal as EditRefusal { throw APIError(refusal) }
    }
}

extension APIError {
    /// Creates the response to a change of an edit that was refused.
    init(_ refusal: EditRefusal) {
        switch refusal {
        case .missing: self.init(.notFound, "notFound", "there is no such edit")
        case .changed(let version):
            self.init(
                .preconditionFailed, "changed",
                "the edit has version \(version) by now; read it, make your change again, and send its ETag",
                headers: [.eTag: "\"\(version)\""])
        case .tooMany(let limit):
            self.init(
                .tooManyRequests, "tooManyVersions",
                "you have \(limit) versions of edits, which is the limit; remove some")
        case .taken: self.init(.conflict, "conflict", "another caller has an edit with this id")
        }
    }
}
