// SPDX-License-Identifier: Apache-2.0

/// The document form of an object: its fields, and the rules for them together.
package struct ObjectForm<Root: Sendable>: Sendable {
    /// The object's name in the schema.
    let name: String
    /// The object's name in the reference tables, shared by objects that differ only in a range.
    let title: String
    /// The expected value in messages: completes “expected …”.
    let expected: String
    /// The object's description, in one line.
    let about: String
    /// An object whose fields all have their defaults.
    let usual: Root
    let fields: [Field<Root>]
    /// Reports problems of several fields together.
    let rules: Field<Root>.Rule?
    /// Further schema constraints, which apply to some of the objects.
    let conditions: [JSONNode]

    /// Creates a form; `expected` defaults to the list of the fields' names.
    init(
        _ name: String, title: String? = nil, expected: String? = nil, _ about: String, usual: Root,
        conditions: [JSONNode] = [],
        _ fields: [Field<Root>], rules: Field<Root>.Rule? = nil
    ) {
        self.name = name
        self.title = title ?? name
        self.about = about
        self.usual = usual
        self.fields = fields
        self.rules = rules
        self.conditions = conditions
        self.expected =
            expected ?? "{" + fields.flatMap(\.names).map { "\"\($0)\"" }.joined(separator: ", ") + "}"
    }

    /// Reads the fields of an object.
    ///
    /// The caller has already read the fields named by `known`, which precede the object's own.
    func read(_ members: [JSONNode.Member], of object: JSONNode, _ reader: DocumentReader, known: [String] = []) -> Root
    {
        var root = usual
        let lookup = ObjectMembers(object: object, members: members)
        let taken = fields.reduce(known.count) { $0 + $1.read(lookup, reader, &root) }
        if taken < members.count { refuseUnknown(members, known + fields.flatMap(\.names), reader) }
        return root
    }

    private func refuseUnknown(_ members: [JSONNode.Member], _ known: [String], _ reader: DocumentReader) {
        for member in members where !known.contains(member.name) {
            let guess = didYouMean(member.name, among: known)
            let list = guess.isEmpty ? "; known fields: \(known.joined(separator: ", "))" : guess
            reader.inside(.field(member.name)) {
                reader.refuse(member.value, "unknown field \(quoted(member.name))\(list)")
            }
        }
    }

    /// Returns the fields that do not have their defaults.
    func write(_ root: Root) -> [JSONNode.Member] {
        var members: [JSONNode.Member] = []
        for field in fields { field.write(root, usual, &members) }
        return members
    }

    /// Reports the problems of each field and of the fields together, in the order of the fields.
    func check(_ root: Root, _ report: inout ValueReport) {
        let mark = report.mark
        for field in fields { field.check?(root, &report) }
        guard let rules else { return }
        let own = report.mark
        rules(root, &report)
        if report.mark > own, own > mark { report.sort(from: mark, by: fields.flatMap(\.names)) }
    }

    func files(_ root: inout Root, _ walk: inout FileWalk) {
        for field in fields { field.files?(&root, &walk) }
    }

    /// The descriptions of the fields.
    var descriptions: [FieldDescription] { fields.flatMap { $0.descriptions(usual) } }

    /// Returns the JSON Schema of the object; `leading` are fields before its own.
    func schema(leading: [FieldDescription] = []) -> Schema {
        .object(name, title, about, leading + descriptions, conditions: conditions)
    }

    /// The form of the object as a field's value.
    var form: Form<Root> {
        var form = Form<Root>(
            expected: expected, kind: "object *\(title)*", schema: { schema() },
            read: { node, reader in
                guard case .object(let members) = node.value else {
                    reader.mismatch(node, expected)
                    return nil
                }
                return read(members, of: node, reader)
            },
            write: { JSONNode(value: .object(write($0))) })
        if rules != nil || fields.contains(where: { $0.check != nil }) { form.check = { check($0, &$1) } }
        if fields.contains(where: { $0.files != nil }) { form.files = { files(&$0, &$1) } }
        form.names = fields.flatMap(\.names)
        return form
    }
}
