// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// An account of what callers may spend.
///
/// Every method is safe to repeat: a generation has one reservation at a time, and a job is paid for once.
public protocol CreditLedger: Sendable {
    /// Reserves an amount for a generation, or throws ``CreditRefusal`` if the owner has less.
    func reserve(_ cents: Int64, for generation: String, of owner: String) async throws
    /// Ends the reservation of a generation, and takes what its job has really cost.
    ///
    /// The job counts rather than the generation, whose name may be used again when the queue has forgotten it. The cost is taken even if there is no reservation any more, or if it is higher; the balance may then be negative.
    func settle(_ cents: Int64, for generation: String, job: String, of owner: String) async throws
    /// Ends the reservation of a generation that failed or was cancelled, and takes nothing.
    func refund(_ generation: String, of owner: String) async throws
}

/// An error thrown if an owner has too few credits.
public struct CreditRefusal: Error, Sendable, Hashable {
    /// The amount that is missing, if it is known.
    public let missing: Int64?
    /// The amount that would have been reserved.
    public let needed: Int64

    /// Creates a refusal.
    public init(missing: Int64?, needed: Int64) {
        self.missing = missing
        self.needed = needed
    }
}

/// An entry of a ledger, which is never changed.
public struct CreditEntry: Sendable, Hashable, Codable {
    /// What an entry stands for.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Credits were given, or taken back.
        case deposit
        /// Credits were set aside for a generation.
        case reserve
        /// A reservation ended, and the cost of the generation was taken.
        case settle
        /// A reservation ended, and nothing was taken.
        case refund
        /// A reservation ended because its job was lost.
        case expire
    }

    /// The number of the entry, from 1, for each owner.
    public var number: Int64
    /// What the entry stands for.
    public var kind: Kind
    /// The generation that the entry is about.
    public var generationID: String?
    /// The number of the reservation that the entry ends.
    public var closes: Int64?
    /// What makes the entry the only one of its sort.
    var reference: String?
    /// What the owner's balance grew by, in cents.
    public var cents: Int64
    /// The owner's balance after the entry, in cents.
    public var balance: Int64
    /// The cost that was taken, in cents.
    public var cost: Int64?
    /// The time of the entry in microseconds since 1970.
    public var at: Int64
    /// A remark.
    public var note: String

    /// The time of the entry.
    public var time: Date { Date(microseconds: at) }

    init(
        number: Int64, kind: Kind, generationID: String?, closes: Int64?, reference: String?, cents: Int64,
        balance: Int64, cost: Int64?, at: Int64, note: String
    ) {
        self.number = number
        self.kind = kind
        self.generationID = generationID
        self.closes = closes
        self.reference = reference
        self.cents = cents
        self.balance = balance
        self.cost = cost
        self.at = at
        self.note = note
    }

    init(_ row: SQLRow) throws {
        guard let kind = Kind(rawValue: try row.required("kind")) else {
            throw ArchiveError.invalid("An entry has a kind that this version does not know; update the program.")
        }
        self.init(
            number: row.integer("number") ?? 0, kind: kind, generationID: row.text("generation"),
            closes: row.integer("closes"), reference: row.text("reference"), cents: row.integer("cents") ?? 0,
            balance: row.integer("balance") ?? 0, cost: row.integer("cost"), at: row.integer("at") ?? 0,
            note: row.text("note") ?? "")
    }
}
