// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Hummingbird
import JobQueue

/// The routes for the records of jobs.
struct RecordRoutes: Sendable {
    let workplace: Workplace

    func add(to router: some RouterMethods<ServiceContext>) {
        router.get("/generations") { try await list($0, $1) }
        router.get("/generations/{id}") { try await one($0, $1) }
    }

    private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct List: Encodable {
            let generations: [GenerationView]
            let next: String?
        }
        let query = QueryReader(request)
        var filter = Records.Filter()
        filter.owner = try workplace.owner(query.text("owner"), context)
        filter.state = query.text("state")
        filter.kind = query.text("kind")
        filter.from = try query.time("from")
        filter.until = try query.time("until")
        filter.limit = try query.number("limit", 1...200) ?? 50
        filter.after = query.text("after")
        let page = try await workplace.needed().records.list(filter)
        return try .json(List(generations: page.items.map { GenerationView($0, isWhole: false) }, next: page.next))
    }

    private func one(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let id = context.parameters.get("id") ?? ""
        let owner = workplace.isAdmin(context.caller) ? nil : context.caller
        guard let record = try await workplace.needed().records.generation(id, of: owner) else {
            throw APIError(.notFound, "notFound", "there is no record of such a job")
        }
        return try .json(GenerationView(record, isWhole: true))
    }
}

/// A record as its owner sees it.
private struct GenerationView: Encodable {
    let id: String
    let generationId: String
    let owner: String
    let kind: String
    let state: String
    let createdAt: String
    let startedAt: String?
    let finishedAt: String?
    let after: [String]?
    let attempts: Int
    let inputs: [String]
    let editId: String?
    let editVersion: Int?
    let renderer: String?
    let rendererReason: String?
    let encoder: Generation.Encoder?
    let cost: Generation.Cost?
    let cents: Int64?
    let output: Generation.Output?
    let result: JSONText?
    let error: Generation.Failure?
    let notes: [String]
    /// The edit of a render, in the record of a single job only.
    let edit: JSONText?
    /// What was asked for of a job of another kind, in the record of a single job only.
    let payload: JSONText?

    init(_ record: Generation, isWhole: Bool) {
        id = record.id
        generationId = record.generationID
        owner = record.owner
        kind = record.kind
        state = record.state
        createdAt = JobPresenter.text(record.createdAt)
        startedAt = record.startedAt.map(JobPresenter.text)
        finishedAt = record.finishedAt.map(JobPresenter.text)
        after = record.details.after
        attempts = record.details.attempts
        inputs = record.details.inputs
        editId = record.details.editID
        editVersion = record.details.editVersion
        renderer = record.details.renderer
        rendererReason = record.details.rendererReason
        encoder = record.details.encoder
        cost = record.details.cost
        cents = record.cents
        output = record.details.output
        result = record.details.result.map { JSONText($0) }
        error = record.details.failure
        notes = record.details.notes
        let isRender = record.kind == Job.Kind.render.rawValue
        edit = isWhole && isRender ? JSONText(record.edit) : nil
        payload = isWhole && !isRender ? JSONText(record.edit) : nil
    }
}
