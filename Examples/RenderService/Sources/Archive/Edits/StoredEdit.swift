// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A version of a stored edit.
public struct StoredEdit: Sendable, Hashable, Codable, Identifiable {
    /// The identifier of the edit.
    public var id: String
    /// The caller that the edit belongs to.
    public var owner: String
    /// The name of the edit in this version.
    public var name: String
    /// The number of the version, from 1.
    public var version: Int
    /// When the edit was created.
    public var createdAt: Date
    /// When this version was stored.
    public var updatedAt: Date
    /// The edit as a JSON document; Postgres keeps its meaning, and not the order of its fields.
    public var document: String

    /// Creates a version.
    public init(
        id: String, owner: String, name: String, version: Int, createdAt: Date, updatedAt: Date, document: String
    ) {
        self.id = id
        self.owner = owner
        self.name = name
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.document = document
    }

    init(_ row: SQLRow) throws {
        self.init(
            id: try row.required("id"), owner: try row.required("owner"), name: try row.required("name"),
            version: Int(row.integer("version") ?? 0), createdAt: try row.requiredTime("created"),
            updatedAt: try row.requiredTime("updated"), document: row.text("document") ?? "")
    }
}

/// Why an edit was not stored.
public enum EditRefusal: Error, Sendable, Hashable {
    /// There is no such edit of this owner.
    case missing
    /// The edit has another version by now than the caller has seen.
    case changed(version: Int)
    /// The owner has as many versions as are allowed.
    case tooMany(limit: Int)
    /// Another owner has an edit with this identifier.
    case taken
}
