// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation
import HTTPTypes
import JobQueue
import Logging
import Synchronization

/// What jobs are paid with: reserved when they are submitted, and taken or given back when they end.
final class Credits: Sendable {
    /// The service's own ledger, if it is not another program's.
    let own: Ledger?
    private let settings: CreditSettings
    private let ledger: any CreditLedger
    private let lastReconciled = Mutex(ContinuousClock.now)
    private static let reconcileSeconds = 60.0

    /// Returns `nil` if jobs are free.
    init?(_ configuration: Configuration, _ archive: ServiceArchive?, web: WebClient) {
        guard let settings = configuration.credits else { return nil }
        self.settings = settings
        switch settings.ledger {
        case .database:
            guard let archive else { return nil }
            own = archive.ledger
            ledger = archive.ledger
        case .outside(let url, let key):
            own = nil
            ledger = OutsideLedger(url: url, key: key, holdSeconds: settings.holdSeconds, logger: web.logger)
        }
    }

    /// Reserves the estimated price of a video, or throws an ``APIError`` with the amount that is missing.
    func reserve(_ plan: Plan, for generation: String, of owner: String) async throws {
        let cost = Generation.Cost(cpuSeconds: plan.estimate().cpuSeconds)
        let pixels = plan.size.width * plan.size.height
        let cents = settings.prices.cents(cost, pixels: pixels, kind: Job.Kind.render.rawValue)
        try await reserve(cents, for: generation, of: owner)
    }

    /// Reserves the price that each job of a kind has besides its time, or throws an ``APIError``.
    func reserve(_ kind: Job.Kind, for generation: String, of owner: String) async throws {
        try await reserve(settings.prices.cents(.init(), pixels: 0, kind: kind.rawValue), for: generation, of: owner)
    }

    private func reserve(_ cents: Int64, for generation: String, of owner: String) async throws {
        do { try await ledger.reserve(cents, for: generation, of: owner) } catch let refusal as CreditRefusal {
            throw APIError(refusal)
        }
    }

    /// Gives the reservation of a request back that has become no job.
    func release(_ generation: String, of owner: String) async {
        // If this fails, the reservation expires.
        try? await ledger.refund(generation, of: owner)
    }

    /// Takes the real price of a job that has ended, or gives the reservation back, and returns the price.
    ///
    /// Returns `nil` if the job has not ended.
    func conclude(_ job: Job, _ record: Generation) async throws -> Int64? {
        let name = record.generationID
        switch job.state {
        case .queued, .running: return nil
        case .failed, .cancelled:
            try await ledger.refund(name, of: job.caller)
            return 0
        case .completed:
            let edit = job.kind == .render ? try? Edit(json: record.edit) : nil
            let pixels = edit.map { $0.timeline.size.width * $0.timeline.size.height } ?? 0
            let cents = settings.prices.cents(record.details.cost ?? .init(), pixels: pixels, kind: record.kind)
            try await ledger.settle(cents, for: name, job: job.id, of: job.caller)
            return cents
        }
    }

    /// Returns whether reservations should be compared with the queue again.
    func isTimeToReconcile() -> Bool {
        guard own != nil else { return false }
        return lastReconciled.withLock { last in
            let seconds = min(Self.reconcileSeconds, settings.holdSeconds)
            guard last.duration(to: .now) > .seconds(seconds) else { return false }
            last = .now
            return true
        }
    }

    /// Ends the old reservations whose jobs are lost or have ended.
    ///
    /// A reservation is without a job if the process died between the two, or if the queue lost its data.
    func reconcile(with queue: any JobQueue, logger: Logger) async {
        guard let own else { return }
        do {
            for reservation in try await own.reservations(olderThan: settings.holdSeconds) {
                let name = reservation.generationID
                if let job = try await queue.job(generationID: name), job.caller == reservation.owner,
                    let record = Generation(job)
                {
                    // What has ended was paid for, perhaps before this reservation was made.
                    if try await conclude(job, record) != nil { try await own.expire(name, of: reservation.owner) }
                } else {
                    try await own.expire(name, of: reservation.owner)
                    logger.notice(
                        "a reservation without a job has expired",
                        metadata: ["generation": "\(name)", "cents": "\(reservation.cents)"])
                }
            }
        } catch {
            logger.warning("reservations cannot be examined", metadata: ["error": "\(error)"])
        }
    }
}

extension APIError {
    /// Creates the response to a caller who has too few credits.
    init(_ refusal: CreditRefusal) {
        let missing = refusal.missing.map { "\($0) cents are missing" } ?? "there are not enough credits"
        self.init(
            .init(code: 402, reasonPhrase: "Payment Required"), "insufficientCredits",
            "\(missing) of the \(refusal.needed) that this is estimated to cost")
        missingCents = refusal.missing
        neededCents = refusal.needed
    }
}
