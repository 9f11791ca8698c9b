// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The records of all jobs, which are kept when the queue has forgotten them.
public struct Records: Sendable {
    private let database: any Database

    /// Creates the records in a database.
    public init(_ database: any Database) { self.database = database }

    /// What a list contains.
    public struct Filter: Sendable, Hashable {
        /// Only jobs of this caller.
        public var owner: String?
        /// Only jobs in this state.
        public var state: String?
        /// Only jobs of this kind.
        public var kind: String?
        /// Only jobs that were submitted at this time or later.
        public var from: Date?
        /// Only jobs that were submitted before this time.
        public var until: Date?
        /// The maximum number of records of a page.
        public var limit = 50
        /// Where the page begins, from the page before.
        public var after: String?

        /// Creates a filter that lets everything pass.
        public init() {}
    }

    private static let columns =
        "id, generation, owner, kind, state, created, started, finished, encoder, cents, error, edit, details"

    /// Stores records, and replaces those that the same jobs had before.
    ///
    /// The record of a job that has ended is not replaced by one that is older, in whatever order they arrive.
    public func save(_ generations: [Generation]) async throws {
        try await database.write { transaction in
            for generation in generations {
                try transaction.run(
                    """
                    INSERT INTO compose_generation (\(Self.columns))
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                    ON CONFLICT (id) DO UPDATE SET state = excluded.state, started = excluded.started,
                        finished = excluded.finished, encoder = excluded.encoder,
                        cents = COALESCE(excluded.cents, compose_generation.cents), error = excluded.error,
                        details = excluded.details
                    WHERE compose_generation.finished IS NULL
                        AND (excluded.started IS NOT NULL OR excluded.finished IS NOT NULL)
                        OR excluded.finished IS NOT NULL
                    """, generation.values)
            }
        }
    }

    /// Returns the record of a job, by its identifier or the caller's own, of one owner or of any.
    ///
    /// A caller's own identifier may be used again, by others too, when the queue has forgotten it. The newest counts.
    public func generation(_ id: String, of owner: String? = nil) async throws -> Generation? {
        try await database.read { transaction in
            for column in ["id", "generation"] {
                let found = try transaction.rows(
                    """
                    SELECT \(Self.columns) FROM compose_generation WHERE \(column) = $1 \(owner == nil ? "" : "AND owner = $2")
                    ORDER BY created DESC LIMIT 1
                    """, [.text(id)] + (owner.map { [.text($0)] } ?? [])
                ).first
                if let found { return try Generation(found) }
            }
            return nil
        }
    }

    /// Returns a page of the records that a filter lets pass, newest first.
    public func list(_ filter: Filter) async throws -> Page<Generation> {
        let limit = min(max(filter.limit, 1), 200)
        var conditions: [String] = []
        var values: [SQLValue] = []
        func require(_ condition: String, _ value: SQLValue) {
            values.append(value)
            conditions.append("\(condition) $\(values.count)")
        }
        if let owner = filter.owner { require("owner =", .text(owner)) }
        if let state = filter.state { require("state =", .text(state)) }
        if let kind = filter.kind { require("kind =", .text(kind)) }
        if let from = filter.from { require("created >=", SQLValue(from)) }
        if let until = filter.until { require("created <", SQLValue(until)) }
        if let after = filter.after {
            let cursor = try Cursor(after)
            values += [.integer(cursor.time), .text(cursor.id)]
            conditions.append("(created, id) < ($\(values.count - 1), $\(values.count))")
        }
        values.append(.integer(Int64(limit + 1)))
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let sql = """
            SELECT \(Self.columns) FROM compose_generation \(condition)
            ORDER BY created DESC, id DESC LIMIT $\(values.count)
            """
        let found = try await database.read { [values] in try $0.rows(sql, values).map { try Generation($0) } }
        return Page(found, limit: limit) { Cursor.text($0.createdAt, $0.id) }
    }

    /// Removes the records of jobs that were submitted more than a number of seconds ago and have ended.
    public func forget(olderThan seconds: Double) async throws {
        let limit = Date(timeIntervalSinceNow: -seconds)
        try await database.write { transaction in
            _ = try transaction.run(
                "DELETE FROM compose_generation WHERE created < $1 AND finished IS NOT NULL", [SQLValue(limit)])
        }
    }
}
