// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat

/// The routes that export and import everything of one owner, as one JSON document a line.
struct OwnerRoutes: Sendable {
    let workplace: Workplace

    func add(to router: some RouterMethods<ServiceContext>) {
        router.get("/owners/{owner}/export") { try await export($0, $1) }
        router.post("/owners/{owner}/import") { try await takeIn($0, $1) }
    }

    /// A line of an export.
    private struct Line: Codable {
        var edit: StoredEdit?
        var generation: Generation?
        var credit: CreditEntry?
    }

    /// Returns the owner that a request is about, who is the caller or any other for an administrator.
    private func owner(_ context: ServiceContext) throws -> String {
        guard let owner = context.parameters.get("owner"), CallerName.isValid(owner) else {
            throw APIError(.badRequest, "invalidName", "that is no name of a caller")
        }
        guard owner == context.caller || workplace.isAdmin(context.caller) else { throw Workplace.onlyAdmins }
        return owner
    }

    private func export(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let owner = try owner(context)
        let archive = try workplace.needed()
        try await archive.database.check()
        let body = ResponseBody { writer in
            func write(_ lines: [Line]) async throws {
                guard !lines.isEmpty else { return }
                var buffer = ByteBuffer()
                for line in lines {
                    buffer.writeBytes(try JobPresenter.encoder.encode(line))
                    buffer.writeString("\n")
                }
                try await writer.write(buffer)
            }
            try await exportEdits(of: owner, archive, write)
            var filter = Records.Filter()
            filter.owner = owner
            repeat {
                let page = try await archive.records.list(filter)
                try await write(page.items.map { Line(generation: $0) })
                filter.after = page.next
            } while filter.after != nil
            // Entries build on each other, so the oldest comes first.
            var number: Int64 = 0
            while true {
                let entries = try await archive.ledger.entries(of: owner, after: number)
                try await write(entries.map { Line(credit: $0) })
                guard let last = entries.last else { break }
                number = last.number
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-ndjson", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(owner).ndjson\"",
            ], body: body)
    }

    private func exportEdits(
        of owner: String, _ archive: ServiceArchive, _ write: ([Line]) async throws -> Void
    ) async throws {
        var after: String?
        repeat {
            let page = try await archive.edits.list(of: owner, after: after)
            for edit in page.items {
                for version in 1...edit.version {
                    let stored = try await archive.edits.edit(edit.id, version: version, of: owner)
                    try await write(stored.map { [Line(edit: $0)] } ?? [])
                }
            }
            after = page.next
        } while after != nil
    }

    private struct Counts: Encodable {
        var edits = 0
        var generations = 0
        var credits = 0
        /// The number of lines that were there already.
        var known = 0
    }

    private func takeIn(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let owner = try owner(context)
        let archive = try workplace.needed()
        let isAdmin = workplace.isAdmin(context.caller)
        var counts = Counts()
        var waiting = ByteBuffer()
        var number = 0
        func take(_ data: Data) async throws {
            number += 1
            guard !data.isEmpty else { return }
            guard let line = try? JSONDecoder().decode(Line.self, from: data) else {
                throw APIError(.badRequest, "invalidLine", "line \(number) is not a line of an export")
            }
            do { try await store(line, of: owner, in: archive, isAdmin, &counts) } catch let refusal as EditRefusal {
                throw APIError(refusal)
            } catch let error as APIError {
                throw APIError(error.status, error.code, "line \(number): \(error.message)")
            }
        }
        let limit = workplace.configuration.limits.bodyBytes * 4
        for try await var piece in request.body {
            waiting.writeBuffer(&piece)
            while let end = waiting.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = waiting.readSlice(length: end - waiting.readerIndex)
                waiting.moveReaderIndex(forwardBy: 1)
                try await take(line.map { Data(buffer: $0) } ?? Data())
            }
            waiting.discardReadBytes()
            guard waiting.readableBytes <= limit else {
                throw APIError(.contentTooLarge, "tooLarge", "line \(number + 1) is larger than \(limit) bytes")
            }
        }
        try await take(Data(buffer: waiting))
        return try .json(counts)
    }

    /// Stores what a line has, as something of the owner.
    private func store(
        _ line: Line, of owner: String, in archive: ServiceArchive, _ isAdmin: Bool, _ counts: inout Counts
    ) async throws {
        func count(_ isNew: Bool, _ path: WritableKeyPath<Counts, Int>) {
            counts[keyPath: isNew ? path : \.known] += 1
        }
        if var edit = line.edit {
            edit.owner = owner
            // What is read must be what a caller could have stored.
            let document = try RenderRequest(body: Data(edit.document.utf8)).edit.json()
            edit.document = String(decoding: document, as: UTF8.self)
            guard edit.version > 0, edit.name.utf8.count <= 200, RequestFields.isGenerationID(edit.id) else {
                throw APIError(.badRequest, "invalidLine", "the edit has an invalid version, name or id")
            }
            count(try await archive.edits.restore(edit), \.edits)
        }
        if line.generation != nil || line.credit != nil, !isAdmin {
            throw APIError(
                .forbidden, "forbidden",
                "records and credits may be imported by administrators only; leave those lines out")
        }
        if var generation = line.generation {
            generation.owner = owner
            let known = try await archive.records.generation(generation.id)
            guard known == nil || known?.owner == owner else {
                throw APIError(.conflict, "conflict", "another caller has a record with this id")
            }
            if known == nil { try await archive.records.save([generation]) }
            count(known == nil, \.generations)
        }
        if let credit = line.credit {
            guard let isNew = try await archive.ledger.restore(credit, of: owner) else {
                throw APIError(
                    .conflict, "conflict", "entry \(credit.number) does not follow the entries that are there")
            }
            count(isNew, \.credits)
        }
    }
}
