// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Logging
import NIOCore
import NIOHTTP1

/// A ledger of another program, which is reached over HTTP.
///
/// OPERATIONS.md describes what it must answer. The service repeats a request until it is answered.
struct OutsideLedger: CreditLedger {
    private let url: URL
    private let key: String?
    private let holdSeconds: Double
    private let web: WebClient

    init(url: URL, key: String?, holdSeconds: Double, logger: Logger) {
        self.url = url
        self.key = key
        self.holdSeconds = holdSeconds
        // The operator configures the address, so it may be a private one.
        web = WebClient(allowsPrivateAddresses: true, hosts: [], logger: logger)
    }

    private struct Body: Encodable {
        let generationId: String
        let owner: String
        var jobId: String?
        var cents: Int64?
        var holdSeconds: Double?
    }

    func reserve(_ cents: Int64, for generation: String, of owner: String) async throws {
        let body = Body(generationId: generation, owner: owner, cents: cents, holdSeconds: holdSeconds)
        let answer = try await send("reserve", body)
        guard answer.status == 402 else { return try check(answer.status) }
        struct Refusal: Decodable { let missingCents: Int64? }
        throw CreditRefusal(
            missing: (try? JSONDecoder().decode(Refusal.self, from: answer.body))?.missingCents, needed: cents)
    }

    func settle(_ cents: Int64, for generation: String, job: String, of owner: String) async throws {
        let body = Body(generationId: generation, owner: owner, jobId: job, cents: cents)
        try check(try await send("settle", body).status)
    }

    func refund(_ generation: String, of owner: String) async throws {
        try check(try await send("refund", Body(generationId: generation, owner: owner)).status)
    }

    private func check(_ status: UInt) throws(ArchiveError) {
        guard !(200..<300).contains(status) else { return }
        throw ArchiveError.unavailable("The ledger at \(url.host ?? "") answers \(status); see CREDITS_URL.")
    }

    private func send(_ action: String, _ body: Body) async throws -> (status: UInt, body: Data) {
        var headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "\(action):\(body.owner):\(body.jobId ?? body.generationId)"),
        ]
        if let key { headers.append(("authorization", "Bearer \(key)")) }
        do {
            return try await web.exchange(
                .POST, url.appendingPathComponent(action), headers: headers,
                body: try JobPresenter.encoder.encode(body), limit: 65_536)
        } catch {
            throw ArchiveError.unavailable("The ledger at \(url.host ?? "") cannot be reached: \(error)")
        }
    }
}
