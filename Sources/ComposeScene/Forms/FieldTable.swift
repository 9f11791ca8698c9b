// SPDX-License-Identifier: Apache-2.0

/// A reference table of the fields of an object in edit documents.
///
/// A value type; safe to share between threads.
public struct FieldTable: Sendable {
    /// The object's name: the `type` of a clip, or the name used in the tables of other objects.
    public let name: String
    /// The object's description, in one line.
    public let about: String
    let fields: [FieldDescription]

    /// The table in Markdown: fields with their types, defaults and descriptions.
    public var markdown: String {
        let rows = fields.map { field in
            "| `\(field.name)` | \(field.kind) | \(field.default) | \(field.about) |"
        }
        return (["| Field | Kind | Default | Meaning |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
    }
}

extension FieldDescription {
    /// The field's default in the table.
    fileprivate var `default`: String {
        if isRequired { return "required" }
        guard let usual else { return unset }
        if case .object(let members) = usual.value, members.isEmpty { return "all defaults" }
        return "`\(JSONWriter.write(usual).split(separator: "\n").joined())`"
    }
}
