// SPDX-License-Identifier: Apache-2.0

/// A JSON Schema (draft 2020-12) with the definitions it refers to.
struct Schema: Sendable {
    /// The schema, an object.
    var node: JSONNode
    /// The definitions it refers to as `#/$defs/name`.
    var definitions: [String: JSONNode] = [:]
    /// The reference tables of its objects, each before those of its fields.
    var tables: [FieldTable] = []

    init(_ members: KeyValuePairs<String, JSONNode?>) { node = .object(members) }

    /// Returns a copy of the schema with further keywords.
    func with(_ members: KeyValuePairs<String, JSONNode?>) -> Schema {
        changed(self) { $0.node = node.followed(by: .object(members)) }
    }

    /// Returns a reference to the schema, which becomes a definition.
    func named(_ name: String) -> Schema {
        var reference = Schema(["$ref": .string("#/$defs/\(name)")])
        reference.include(self)
        reference.definitions[name] = node
        return reference
    }

    /// Adds the definitions and tables of another schema.
    private mutating func include(_ other: Schema) {
        definitions.merge(other.definitions) { first, _ in first }
        for table in other.tables where !tables.contains(where: { $0.name == table.name }) { tables.append(table) }
    }

    static func word(_ known: [String]) -> Schema {
        Schema(["type": .string("string"), "enum": .array(known.map(JSONNode.string))])
    }

    static func array(of item: Schema) -> Schema {
        changed(Schema(["type": .string("array"), "items": item.node])) { $0.include(item) }
    }

    /// Returns a schema for one of several alternatives.
    static func any(_ schemas: [Schema], keyword: String = "anyOf") -> Schema {
        changed(Schema([:])) { any in
            any.node = JSONNode(value: .object([.init(name: keyword, value: .array(schemas.map(\.node)))]))
            for schema in schemas { any.include(schema) }
        }
    }

    /// Returns a reference to an object's schema, which becomes a definition.
    static func object(
        _ name: String, _ table: String, _ about: String, _ fields: [FieldDescription], conditions: [JSONNode]
    ) -> Schema {
        let properties = fields.map { JSONNode.Member(name: $0.name, value: $0.property) }
        let required = fields.filter(\.isRequired).map { JSONNode.string($0.name) }
        var schema = Schema([
            "title": .string(title(table)), "description": .string(about), "type": .string("object"),
            "properties": JSONNode(value: .object(properties)),
            "required": required.isEmpty ? nil : .array(required),
            "additionalProperties": JSONNode(value: .bool(false)),
            "allOf": conditions.isEmpty ? nil : .array(conditions),
        ])
        schema.tables = [FieldTable(name: table, about: about, fields: fields)]
        for field in fields { schema.include(field.schema) }
        return schema.named(name)
    }

    /// Returns a field's title for form editors: `Fade in` for `fadeIn`.
    static func title(_ name: String) -> String {
        let words = name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension FieldDescription {
    /// The field's entry in its object's `properties`.
    fileprivate var property: JSONNode {
        let about = unset.isEmpty ? about : "\(about) Without it: \(unset)."
        return schema.with([
            "title": .string(Schema.title(name)), "description": about.isEmpty ? nil : .string(about), "default": usual,
        ]).node
    }
}
