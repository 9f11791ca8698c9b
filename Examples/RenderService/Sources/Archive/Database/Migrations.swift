// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The schema of the archive as numbered steps, each of which is applied once.
///
/// Steps only add to what is there, so that an older version of the program goes on working beside a newer one, and after
/// a deployment that was taken back. A step that does more begins the next hundred, and older versions refuse it.
enum Migrations {
    /// The differences between the databases.
    struct Dialect: Sendable {
        /// The type of JSON documents.
        let json: String
        /// The type of whole numbers.
        let integer: String
        /// What follows the columns of a table.
        let strict: String
        /// Whether rows can be hidden from other users of the database.
        let hasRowSecurity: Bool

        static let sqlite = Dialect(json: "TEXT", integer: "INTEGER", strict: " STRICT", hasRowSecurity: false)
        static let postgres = Dialect(json: "JSONB", integer: "BIGINT", strict: "", hasRowSecurity: true)

        /// Returns a statement in the words of the database.
        func worded(_ sql: String) -> String {
            sql.replacing("{json}", with: json).replacing("{integer}", with: integer)
                .replacing("{strict}", with: strict)
        }
    }

    /// A step.
    private struct Step {
        let version: Int64
        let tables: [String]
        let statements: [String]
    }

    /// Applies the steps that a database does not have yet.
    ///
    /// Several processes may do so at the same time, because the version is read under a lock.
    static func apply(in transaction: any Transaction, _ dialect: Dialect) throws {
        try transaction.lock("migrations")
        try transaction.run(
            dialect.worded(
                "CREATE TABLE IF NOT EXISTS compose_migration (version {integer} PRIMARY KEY, applied {integer} NOT NULL){strict}"
            ), [])
        let found = try transaction.rows("SELECT MAX(version) AS version FROM compose_migration", []).first
        let version = found?.integer("version") ?? 0
        guard version / 100 <= (steps.last?.version ?? 0) / 100 else {
            throw ArchiveError.unavailable(
                "The database was changed by a newer version of this program (\(version), this one knows "
                    + "\(steps.last?.version ?? 0)); run that version.")
        }
        for step in steps where step.version > version {
            for statement in step.statements { try transaction.run(dialect.worded(statement), []) }
            if dialect.hasRowSecurity {
                // Some hosts, such as Supabase, publish all tables to their users' browsers. The owner of the tables,
                // which is this service, is not affected.
                for table in step.tables {
                    try transaction.run("ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY", [])
                }
            }
            try transaction.run(
                "INSERT INTO compose_migration (version, applied) VALUES ($1, $2)",
                [.integer(step.version), SQLValue(Date())])
        }
    }

    private static let steps = [
        Step(
            version: 1, tables: ["compose_migration", "compose_generation"],
            statements: [
                // The edit is text, because a record is what was asked for to the letter.
                """
                CREATE TABLE compose_generation (
                    id TEXT PRIMARY KEY, generation TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL,
                    state TEXT NOT NULL, created {integer} NOT NULL, started {integer}, finished {integer},
                    encoder TEXT, cents {integer}, error TEXT, edit TEXT NOT NULL, details TEXT NOT NULL){strict}
                """,
                "CREATE INDEX compose_generation_owner ON compose_generation (owner, created, id)",
                "CREATE INDEX compose_generation_created ON compose_generation (created, id)",
                "CREATE INDEX compose_generation_name ON compose_generation (generation)",
            ]),
        Step(
            version: 2, tables: ["compose_edit", "compose_edit_version"],
            statements: [
                """
                CREATE TABLE compose_edit (
                    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, version {integer} NOT NULL,
                    created {integer} NOT NULL, updated {integer} NOT NULL){strict}
                """,
                "CREATE INDEX compose_edit_owner ON compose_edit (owner, created, id)",
                """
                CREATE TABLE compose_edit_version (
                    edit TEXT NOT NULL REFERENCES compose_edit (id) ON DELETE CASCADE, version {integer} NOT NULL,
                    created {integer} NOT NULL, name TEXT NOT NULL, document {json} NOT NULL,
                    PRIMARY KEY (edit, version)){strict}
                """,
            ]),
        Step(
            version: 3, tables: ["compose_credit"],
            statements: [
                // The entry `closes` is the number of the reservation that an entry ends.
                """
                CREATE TABLE compose_credit (
                    owner TEXT NOT NULL, number {integer} NOT NULL, kind TEXT NOT NULL, generation TEXT,
                    closes {integer}, reference TEXT, cents {integer} NOT NULL, balance {integer} NOT NULL,
                    cost {integer}, at {integer} NOT NULL, note TEXT NOT NULL, PRIMARY KEY (owner, number)){strict}
                """,
                "CREATE UNIQUE INDEX compose_credit_closes ON compose_credit (owner, closes)",
                "CREATE UNIQUE INDEX compose_credit_reference ON compose_credit (owner, reference)",
                "CREATE INDEX compose_credit_generation ON compose_credit (owner, generation, number)",
                "CREATE INDEX compose_credit_reserved ON compose_credit (at) WHERE kind = 'reserve'",
            ]),
    ]
}
