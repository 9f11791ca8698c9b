// SPDX-License-Identifier: Apache-2.0

/// The fields of an object, to be read by name; any that nobody asks for is unknown and refused.
///
/// A field that is wrong reports itself and reads as its placeholder, so that the rest is checked too.
final class DocumentFields {
    private let members: [JSONNode.Member]
    private let offset: Int
    private let path: String
    private let problems: DocumentProblems
    private var known: [String] = []

    init(_ members: [JSONNode.Member], of item: DocumentItem, at path: String) {
        self.members = members
        self.offset = item.node.offset
        self.path = path
        self.problems = item.problems
    }

    /// The field's value; `nil` where it is missing or wrong.
    func optional<Value>(_ name: String, _ form: DocumentForm<Value>) -> Value? {
        known.append(name)
        return find(name).flatMap(form.read)
    }

    /// The field's value; `nil` and a problem where it is missing or wrong.
    func required<Value>(_ name: String, _ form: DocumentForm<Value>) -> Value? {
        known.append(name)
        if let item = find(name) { return form.read(item) }
        problems.add(path.appending(field: name), "missing; expected \(form.expected)", at: offset)
        return nil
    }

    /// The field's value, or `placeholder` and a problem where it is missing or wrong.
    func required<Value>(_ name: String, _ form: DocumentForm<Value>, or placeholder: Value) -> Value {
        required(name, form) ?? placeholder
    }

    /// Says what is wrong with the value of a field.
    func refuse(_ name: String, _ message: String) { find(name)?.refuse(message) }

    /// Refuses the field if it is there, with a better reason than being unknown.
    func forbid(_ name: String, _ message: String) {
        guard let item = find(name) else { return }
        item.refuse(message)
        known.append(name)
    }

    func refuseUnknown() {
        for member in members where !known.contains(member.name) {
            let guess = didYouMean(member.name, among: known)
            let list = guess.isEmpty ? "; known fields: \(known.joined(separator: ", "))" : guess
            problems.add(
                path.appending(field: member.name), "unknown field \(quoted(member.name))\(list)",
                at: member.value.offset)
        }
    }

    private func find(_ name: String) -> DocumentItem? {
        members.first { $0.name == name }.map {
            DocumentItem(node: $0.value, container: path, step: .field(name), problems: problems)
        }
    }
}
