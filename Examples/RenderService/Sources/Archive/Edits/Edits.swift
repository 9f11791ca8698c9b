// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The stored edits of all owners, with all their versions.
public struct Edits: Sendable {
    private let database: any Database
    private let limit: Int

    /// Creates the edits in a database, with a maximum number of versions of all edits of an owner.
    public init(_ database: any Database, versionsOfOwner limit: Int = 10_000) {
        self.database = database
        self.limit = limit
    }

    private static let selection = """
        SELECT edit.id, edit.owner, version.name, version.version, edit.created, version.created AS updated,
            version.document FROM compose_edit AS edit JOIN compose_edit_version AS version ON version.edit = edit.id
        """

    /// Stores a new edit as version 1.
    public func create(_ document: String, name: String, of owner: String) async throws -> StoredEdit {
        let now = Date(microseconds: Date().microseconds)
        let new = StoredEdit(
            id: UUID().uuidString.lowercased(), owner: owner, name: name, version: 1, createdAt: now, updatedAt: now,
            document: document)
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            try Self.insert(new, transaction)
            try addVersion(new, transaction)
        }
        return new
    }

    /// Returns a version of an owner's edit, or the newest one.
    public func edit(_ id: String, version: Int? = nil, of owner: String) async throws -> StoredEdit? {
        try await database.read { try Self.edit(id, version, owner, $0) }
    }

    /// Stores a new version of an edit, if the newest one is that which the caller has seen.
    public func update(
        _ id: String, to document: String, name: String?, of owner: String, ifVersion seen: Int?
    ) async throws -> StoredEdit {
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            var edit = try Self.current(id, owner, seen, transaction)
            edit.version += 1
            edit.updatedAt = Date(microseconds: Date().microseconds)
            edit.document = document
            edit.name = name ?? edit.name
            try transaction.run(
                "UPDATE compose_edit SET version = $1, name = $2, updated = $3 WHERE id = $4",
                [SQLValue(edit.version), .text(edit.name), SQLValue(edit.updatedAt), .text(id)])
            try addVersion(edit, transaction)
            return edit
        }
    }

    /// Removes an edit with all its versions, if the newest one is that which the caller has seen.
    public func remove(_ id: String, of owner: String, ifVersion seen: Int?) async throws {
        try await database.write { transaction in
            try Self.lock(owner, transaction)
            _ = try Self.current(id, owner, seen, transaction)
            // SQLite checks references only where a connection asks for it.
            try transaction.run("DELETE FROM compose_edit_version WHERE edit = $1", [.text(id)])
            try transaction.run("DELETE FROM compose_edit WHERE id = $1", [.text(id)])
        }
    }

    /// Returns a page of an owner's edits in their newest versions, newest edit first, without their documents.
    public func list(of owner: String, limit: Int = 50, after: String? = nil) async throws -> Page<StoredEdit> {
        let limit = min(max(limit, 1), 200)
        let cursor = try after.map { try Cursor($0) } ?? Cursor(time: .max, id: "")
        let found = try await database.read { transaction in
            try transaction.rows(
                """
                SELECT id, owner, name, version, created, updated FROM compose_edit
                WHERE owner = $1 AND (created, id) < ($2, $3) ORDER BY created DESC, id DESC LIMIT $4
                """, [.text(owner), .integer(cursor.time), .text(cursor.id), SQLValue(limit + 1)]
            ).map { try StoredEdit($0) }
        }
        return Page(found, limit: limit) { Cursor.text($0.createdAt, $0.id) }
    }

    /// Returns a page of the versions of an owner's edit, newest first, without their documents.
    public func versions(
        of id: String, of owner: String, limit: Int = 50, before version: Int? = nil
    ) async throws -> Page<StoredEdit> {
        let limit = min(max(limit, 1), 200)
        let found = try await database.read { transaction in
            try transaction.rows(
                """
                SELECT edit.id, edit.owner, version.name, version.version, edit.created, version.created AS updated
                FROM compose_edit AS edit JOIN compose_edit_version AS version ON version.edit = edit.id
                WHERE edit.id = $1 AND edit.owner = $2 AND version.version < $3
                ORDER BY version.version DESC LIMIT $4
                """,
                [.text(id), .text(owner), SQLValue(version ?? Int(Int32.max)), SQLValue(limit + 1)]
            ).map { try StoredEdit($0) }
        }
        return Page(found, limit: limit) { String($0.version) }
    }

    /// Stores a version of an edit as it was exported, and returns whether it was missing.
    public func restore(_ edit: StoredEdit) async throws -> Bool {
        try await database.write { transaction in
            try Self.lock(edit.owner, transaction)
            let found = try transaction.rows("SELECT owner, version FROM compose_edit WHERE id = $1", [.text(edit.id)])
            if let found = found.first {
                guard found.text("owner") == edit.owner else { throw EditRefusal.taken }
                if try Self.edit(edit.id, edit.version, edit.owner, transaction) != nil { return false }
                if (found.integer("version") ?? 0) < edit.version {
                    try transaction.run(
                        "UPDATE compose_edit SET version = $1, name = $2, updated = $3 WHERE id = $4",
                        [SQLValue(edit.version), .text(edit.name), SQLValue(edit.updatedAt), .text(edit.id)])
                }
            } else {
                try Self.insert(edit, transaction)
            }
            try addVersion(edit, transaction)
            return true
        }
    }

    // MARK: -

    /// Waits for other changes of an owner's edits, so that there are none until the transaction ends.
    private static func lock(_ owner: String, _ transaction: any Transaction) throws {
        try transaction.lock("edits of " + owner)
    }

    /// Stores a version, unless its owner has as many as are allowed.
    private func addVersion(_ edit: StoredEdit, _ transaction: any Transaction) throws {
        let count = try transaction.rows(
            """
            SELECT COUNT(*) AS count FROM compose_edit AS edit
            JOIN compose_edit_version AS version ON version.edit = edit.id WHERE edit.owner = $1
            """, [.text(edit.owner)]
        ).first?.integer("count")
        guard count ?? 0 < limit else { throw EditRefusal.tooMany(limit: limit) }
        try transaction.run(
            "INSERT INTO compose_edit_version (edit, version, created, name, document) VALUES ($1, $2, $3, $4, $5)",
            [.text(edit.id), SQLValue(edit.version), SQLValue(edit.updatedAt), .text(edit.name), .text(edit.document)])
    }

    private static func edit(
        _ id: String, _ version: Int?, _ owner: String, _ transaction: any Transaction
    ) throws -> StoredEdit? {
        guard let version else {
            return try transaction.rows(
                selection + " AND version.version = edit.version WHERE edit.id = $1 AND edit.owner = $2",
                [.text(id), .text(owner)]
            ).first.map { try StoredEdit($0) }
        }
        return try transaction.rows(
            selection + " WHERE edit.id = $1 AND edit.owner = $2 AND version.version = $3",
            [.text(id), .text(owner), SQLValue(version)]
        ).first.map { try StoredEdit($0) }
    }

    /// Returns the newest version, and throws if it is not the one that the caller has seen.
    private static func current(
        _ id: String, _ owner: String, _ seen: Int?, _ transaction: any Transaction
    ) throws -> StoredEdit {
        guard let edit = try edit(id, nil, owner, transaction) else { throw EditRefusal.missing }
        guard seen == nil || seen == edit.version else { throw EditRefusal.changed(version: edit.version) }
        return edit
    }

    private static func insert(_ edit: StoredEdit, _ transaction: any Transaction) throws {
        try transaction.run(
            "INSERT INTO compose_edit (id, owner, name, version, created, updated) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .text(edit.id), .text(edit.owner), .text(edit.name), SQLValue(edit.version), SQLValue(edit.createdAt),
                SQLValue(edit.updatedAt),
            ])
    }
}
