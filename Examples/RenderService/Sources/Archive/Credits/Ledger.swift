// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A ledger of entries in a database.
///
/// A balance is never overwritten. It is that of the owner's last entry, and always the sum of all of them, since the
/// entries of one owner are added one after the other.
public struct Ledger: CreditLedger {
    private let database: any Database

    /// Creates the ledger in a database.
    public init(_ database: any Database) { self.database = database }

    /// A reservation that has not ended.
    public struct Reservation: Sendable, Hashable {
        /// The owner of the credits.
        public let owner: String
        /// The generation that they are set aside for.
        public let generationID: String
        /// The amount in cents.
        public let cents: Int64
    }

    /// What an owner has.
    public struct Balance: Sendable, Hashable {
        /// What can be spent, in cents.
        public let available: Int64
        /// What is set aside for generations that have not ended, in cents.
        public let reserved: Int64

        /// Creates a balance.
        public init(available: Int64, reserved: Int64) {
            self.available = available
            self.reserved = reserved
        }
    }

    // MARK: Reading

    /// Returns what an owner has.
    public func balance(of owner: String) async throws -> Balance {
        try await database.read { transaction in
            let reserved = try transaction.rows(
                """
                SELECT SUM(entry.cents) AS sum FROM compose_credit AS entry
                WHERE entry.owner = $1 AND entry.kind = 'reserve' AND \(Self.isOpen)
                """, [.text(owner)]
            ).first?.integer("sum")
            return Balance(available: try Self.last(owner, transaction).balance, reserved: -(reserved ?? 0))
        }
    }

    /// Returns a page of an owner's entries before a number, newest first.
    public func entries(
        of owner: String, before number: Int64 = .max, limit: Int = 50
    ) async throws -> Page<CreditEntry> {
        let limit = min(max(limit, 1), 500)
        let found = try await database.read { transaction in
            try transaction.rows(
                "SELECT * FROM compose_credit WHERE owner = $1 AND number < $2 ORDER BY number DESC LIMIT $3",
                [.text(owner), .integer(number), SQLValue(limit + 1)]
            ).map { try CreditEntry($0) }
        }
        return Page(found, limit: limit) { String($0.number) }
    }

    /// Returns an owner's entries after a number, oldest first.
    public func entries(of owner: String, after number: Int64, limit: Int = 500) async throws -> [CreditEntry] {
        try await database.read { transaction in
            try transaction.rows(
                "SELECT * FROM compose_credit WHERE owner = $1 AND number > $2 ORDER BY number LIMIT $3",
                [.text(owner), .integer(number), SQLValue(min(max(limit, 1), 500))]
            ).map { try CreditEntry($0) }
        }
    }

    /// Returns the reservations that were made more than a number of seconds ago and have not ended.
    public func reservations(olderThan seconds: Double, limit: Int = 500) async throws -> [Reservation] {
        let time = Date(timeIntervalSinceNow: -seconds)
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT entry.owner, entry.generation, entry.cents FROM compose_credit AS entry
                WHERE entry.kind = 'reserve' AND entry.at <= $1 AND \(Self.isOpen) ORDER BY entry.at LIMIT $2
                """, [SQLValue(time), SQLValue(limit)]
            ).map {
                Reservation(
                    owner: try $0.required("owner"), generationID: try $0.required("generation"),
                    cents: -($0.integer("cents") ?? 0))
            }
        }
    }

    // MARK: Writing

    /// Gives credits to an owner, or takes them back, once for each reference; returns what the owner has then.
    @discardableResult
    public func deposit(
        _ cents: Int64, to owner: String, reference: String, note: String = ""
    ) async throws -> Int64 {
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            guard try !Self.has("deposit:" + reference, owner, transaction) else {
                return try Self.last(owner, transaction).balance
            }
            return try Self.add(
                .deposit, cents, owner, generation: nil, reference: "deposit:" + reference, note: note, transaction)
        }
    }

    /// See ``CreditLedger/reserve(_:for:of:)``.
    public func reserve(_ cents: Int64, for generation: String, of owner: String) async throws {
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            guard try Self.open(generation, owner, transaction) == nil else { return }
            let balance = try Self.last(owner, transaction).balance
            guard balance >= cents else { throw CreditRefusal(missing: cents - balance, needed: cents) }
            try Self.add(.reserve, -cents, owner, generation: generation, transaction)
        }
    }

    /// See ``CreditLedger/settle(_:for:job:of:)``.
    public func settle(_ cents: Int64, for generation: String, job: String, of owner: String) async throws {
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            guard try !Self.has("settle:" + job, owner, transaction) else { return }
            let open = try Self.open(generation, owner, transaction)
            try Self.add(
                .settle, (open?.cents ?? 0) - cents, owner, generation: generation, closes: open?.number,
                reference: "settle:" + job, cost: cents, transaction)
        }
    }

    /// See ``CreditLedger/refund(_:of:)``.
    public func refund(_ generation: String, of owner: String) async throws {
        try await close(generation, of: owner, as: .refund)
    }

    /// Ends the reservation of a generation whose job was lost.
    public func expire(_ generation: String, of owner: String) async throws {
        try await close(generation, of: owner, as: .expire)
    }

    private func close(_ generation: String, of owner: String, as kind: CreditEntry.Kind) async throws {
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            guard let open = try Self.open(generation, owner, transaction) else { return }
            try Self.add(kind, open.cents, owner, generation: generation, closes: open.number, transaction)
        }
    }

    /// Stores an entry as it was exported, and returns whether it was missing.
    ///
    /// Returns `nil` if it does not follow the owner's last entry, or differs from the one with its number.
    public func restore(_ entry: CreditEntry, of owner: String) async throws -> Bool? {
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            let last = try Self.last(owner, transaction)
            if entry.number <= last.number {
                let known = try transaction.rows(
                    "SELECT * FROM compose_credit WHERE owner = $1 AND number = $2",
                    [.text(owner), .integer(entry.number)]
                ).first.map { try CreditEntry($0) }
                return known == entry ? false : nil
            }
            guard entry.number == last.number + 1, entry.balance == last.balance &+ entry.cents else { return nil }
            try Self.insert(entry, owner, transaction)
            return true
        }
    }

    // MARK: -

    private static func insert(_ entry: CreditEntry, _ owner: String, _ transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO compose_credit (owner, number, kind, generation, closes, reference, cents, balance, cost, at, note)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .text(owner), .integer(entry.number), .text(entry.kind.rawValue), SQLValue(entry.generationID),
                SQLValue(entry.closes), SQLValue(entry.reference), .integer(entry.cents), .integer(entry.balance),
                SQLValue(entry.cost), .integer(entry.at), .text(entry.note),
            ])
    }

    /// The condition that no entry ends a reservation.
    private static let isOpen = """
        NOT EXISTS (SELECT 1 FROM compose_credit AS ending
            WHERE ending.owner = entry.owner AND ending.closes = entry.number)
        """

    private static func lock(_ owner: String, _ transaction: any Transaction) throws {
        try transaction.lock("credits of " + owner)
    }

    private static func has(_ reference: String, _ owner: String, _ transaction: any Transaction) throws -> Bool {
        try !transaction.rows(
            "SELECT 1 AS one FROM compose_credit WHERE owner = $1 AND reference = $2", [.text(owner), .text(reference)]
        ).isEmpty
    }

    /// Returns the number and the amount of a generation's reservation that has not ended.
    private static func open(
        _ generation: String, _ owner: String, _ transaction: any Transaction
    ) throws -> (number: Int64, cents: Int64)? {
        try transaction.rows(
            """
            SELECT entry.number, entry.cents FROM compose_credit AS entry
            WHERE entry.owner = $1 AND entry.generation = $2 AND entry.kind = 'reserve' AND \(isOpen)
            """, [.text(owner), .text(generation)]
        ).first.map { ($0.integer("number") ?? 0, -($0.integer("cents") ?? 0)) }
    }

    private static func last(
        _ owner: String, _ transaction: any Transaction
    ) throws -> (number: Int64, balance: Int64) {
        let found = try transaction.rows(
            "SELECT number, balance FROM compose_credit WHERE owner = $1 ORDER BY number DESC LIMIT 1", [.text(owner)])
        return (found.first?.integer("number") ?? 0, found.first?.integer("balance") ?? 0)
    }

    /// Adds an entry after the owner's last one, and returns the new balance.
    @discardableResult
    private static func add(
        _ kind: CreditEntry.Kind, _ cents: Int64, _ owner: String, generation: String?, closes: Int64? = nil,
        reference: String? = nil, cost: Int64? = nil, note: String = "", _ transaction: any Transaction
    ) throws -> Int64 {
        let last = try last(owner, transaction)
        let (balance, isTooMuch) = last.balance.addingReportingOverflow(cents)
        guard !isTooMuch else { throw ArchiveError.invalid("The balance would be too large; use a smaller amount.") }
        let entry = CreditEntry(
            number: last.number + 1, kind: kind, generationID: generation, closes: closes, reference: reference,
            cents: cents, balance: balance, cost: cost, at: Date().microseconds, note: note)
        try insert(entry, owner, transaction)
        return balance
    }
}
