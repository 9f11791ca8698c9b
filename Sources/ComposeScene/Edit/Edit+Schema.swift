// SPDX-License-Identifier: Apache-2.0

extension Edit {
    /// The JSON Schema of edit documents (draft 2020-12): fields with their types, ranges, defaults and descriptions.
    ///
    /// Relations between fields that it cannot express, such as a transition that is longer than its neighbours, are
    /// checked by ``Edit/init(json:)-(Data)`` and ``Edit/valueProblems(for:)``.
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

    /// The field tables of all objects in edit documents.
    public static var fieldTables: [FieldTable] { Edit.form.schema().tables }
}
