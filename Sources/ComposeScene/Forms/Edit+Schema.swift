// SPDX-License-Identifier: Apache-2.0

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

    /// Tables of all fields of edit documents, in Markdown: an object each, with its fields' kinds, defaults and meaning.
    public static var fieldTables: [FieldTable] { Edit.form.schema().tables }
}

/// The fields of an object of edit documents.
///
/// A value type; safe to share between threads.
public struct FieldTable: Sendable {
    /// The object's name: a clip's `type`, or what tables of other objects call it.
    public let name: String
    /// One line of meaning.
    public let about: String
    let fields: [FieldDescription]

    /// The fields as a table in Markdown.
    public var markdown: String {
        let rows = fields.map { field in
            "| `\(field.name)` | \(field.kind) | \(field.default) | \(field.about) |"
        }
        return (["| Field | Kind | Default | Meaning |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
    }
}

extension FieldDescription {
    /// The field's default for people.
    fileprivate var `default`: String {
        if isRequired { return "required" }
        guard let usual else { return unset }
        if case .object(let members) = usual.value, members.isEmpty { return "all defaults" }
        return "`\(JSONWriter.write(usual).split(separator: "\n").joined())`"
    }
}
