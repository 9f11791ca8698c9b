// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Hummingbird
import NIOFoundationEssentialsCompat

/// The routes for an owner's credits.
struct CreditRoutes: Sendable {
    let workplace: Workplace

    func add(to router: some RouterMethods<ServiceContext>) {
        router.get("/credits") { try await statement($0, $1) }
        router.post("/credits/deposits") { try await deposit($0, $1) }
    }

    private func ledger() throws(APIError) -> Ledger {
        guard let ledger = workplace.credits?.own else {
            throw APIError(
                .notFound, "noCredits",
                workplace.credits == nil ? "jobs are free here" : "credits are kept by another program; ask it")
        }
        return ledger
    }

    private struct Entry: Encodable {
        let number: Int64
        let kind: String
        let generationId: String?
        let cents: Int64
        let balanceCents: Int64
        let costCents: Int64?
        let at: String
        let note: String

        init(_ entry: CreditEntry) {
            number = entry.number
            kind = entry.kind.rawValue
            generationId = entry.generationID
            cents = entry.cents
            balanceCents = entry.balance
            costCents = entry.cost
            at = JobPresenter.text(entry.time)
            note = entry.note
        }
    }

    private func statement(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Statement: Encodable {
            let owner: String
            let availableCents: Int64
            let reservedCents: Int64
            let entries: [Entry]
            let next: String?
        }
        let ledger = try ledger()
        let query = QueryReader(request)
        let owner = try workplace.owner(query.text("owner"), context) ?? context.caller
        let limit = try query.number("limit", 1...200) ?? 50
        let before = try query.number("after", 1...Int.max).map(Int64.init) ?? .max
        let balance = try await ledger.balance(of: owner)
        let page = try await ledger.entries(of: owner, before: before, limit: limit)
        return try .json(
            Statement(
                owner: owner, availableCents: balance.available, reservedCents: balance.reserved,
                entries: page.items.map { Entry($0) }, next: page.next))
    }

    private func deposit(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Deposit: Decodable {
            let owner: String
            let cents: Int64
            let reference: String
            let note: String?
        }
        struct Accepted: Encodable {
            let owner: String
            let availableCents: Int64
        }
        guard workplace.isAdmin(context.caller) else { throw Workplace.onlyAdmins }
        let ledger = try ledger()
        let body = try await request.body.collect(upTo: 65_536)
        guard let deposit = try? JSONDecoder().decode(Deposit.self, from: Data(buffer: body)),
            CallerName.isValid(deposit.owner), (1...200).contains(deposit.reference.utf8.count),
            abs(deposit.cents) <= 1_000_000_000_000, (deposit.note ?? "").utf8.count <= 1000
        else {
            throw APIError(
                .badRequest, "invalidDeposit",
                #"a deposit is like {"owner": "anna", "cents": 1000, "reference": "invoice-7", "note": "…"}; a reference counts once"#
            )
        }
        let balance = try await ledger.deposit(
            deposit.cents, to: deposit.owner, reference: deposit.reference, note: deposit.note ?? "")
        return try .json(Accepted(owner: deposit.owner, availableCents: balance))
    }
}
