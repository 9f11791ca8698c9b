// SPDX-License-Identifier: Apache-2.0

/// A JSON Schema, draft 2020-12, with the definitions it refers to.
struct Schema: Sendable {
    /// The schema itself, an object.
    var node: JSONNode
    /// What it refers to as `#/$defs/name`.
    var definitions: [String: JSONNode] = [:]

    init(_ members: KeyValuePairs<String, JSONNode?>) { node = .object(members) }

    /// Returns the same schema with further keywords.
    func with(_ members: KeyValuePairs<String, JSONNode?>) -> Schema {
        changed(self) { $0.node = node.followed(by: .object(members)) }
    }

    /// Returns a reference to the schema, which becomes a definition.
    func named(_ name: String) -> Schema {
        var reference = Schema(["$ref": .string("#/$defs/\(name)")])
        reference.definitions = definitions
        reference.definitions[name] = node
        return reference
    }

    static func word(_ known: [String]) -> Schema {
        Schema(["type": .string("string"), "enum": .array(known.map(JSONNode.string))])
    }

    static func array(of item: Schema) -> Schema {
        changed(Schema(["type": .string("array"), "items": item.node])) { $0.definitions = item.definitions }
    }

    /// One of several.
    static func any(_ schemas: [Schema], keyword: String = "anyOf") -> Schema {
        changed(Schema([:])) { any in
            any.node = JSONNode(value: .object([.init(name: keyword, value: .array(schemas.map(\.node)))]))
            for schema in schemas { any.definitions.merge(schema.definitions) { first, _ in first } }
        }
    }

    /// An object, as a definition with its name.
    static func object(
        _ name: String, _ about: String, _ fields: [FieldDescription], conditions: [JSONNode]
    ) -> Schema {
        let properties = fields.map { JSONNode.Member(name: $0.name, value: $0.property) }
        let required = fields.filter(\.isRequired).map { JSONNode.string($0.name) }
        var schema = Schema([
            "title": .string(title(name)), "description": .string(about), "type": .string("object"),
            "properties": JSONNode(value: .object(properties)),
            "required": required.isEmpty ? nil : .array(required),
            "additionalProperties": JSONNode(value: .bool(false)),
            "allOf": conditions.isEmpty ? nil : .array(conditions),
        ])
        for field in fields { schema.definitions.merge(field.schema.definitions) { first, _ in first } }
        return schema.named(name)
    }

    /// `fadeIn` as a form editor shows it: `Fade in`.
    static func title(_ name: String) -> String {
        let words = name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension FieldDescription {
    /// The field in its object's `properties`.
    fileprivate var property: JSONNode {
        let about = unset.isEmpty ? about : "\(about) Without it: \(unset)."
        return schema.with([
            "title": .string(Schema.title(name)), "description": about.isEmpty ? nil : .string(about), "default": usual,
        ]).node
    }
}

extension Edit {
    /// The JSON Schema of edit documents, draft 2020-12: what fields there are, with their kinds, ranges, defaults and meaning.
    ///
    /// What it cannot say, ``Edit/init(json:)-(Data)`` and ``Edit/valueProblems(for:)`` check: relations between fields, such as a
    /// transition that is longer than its neighbours.
    public static var schema: String {
        let schema = Edit.form.schema()
        let definitions = schema.definitions.sorted { $0.key < $1.key }
        let document = JSONNode.object([
            "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
            "title": .string("Edit"),
        ]).followed(by: schema.node).followed(
            by: .object([
                "$defs": JSONNode(value: .object(definitions.map { .init(name: $0.key, value: $0.value) }))
            ]))
        return JSONWriter.write(document)
    }
}
