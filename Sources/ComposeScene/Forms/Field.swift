// SPDX-License-Identifier: Apache-2.0

/// A field of an object in an edit document, or several that belong together, declared once.
package struct Field<Root: Sendable>: Sendable {
    package typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable
    /// A check of an object that reports at the path of one of its fields.
    package typealias Rule = @Sendable (Root, inout ValueReport) -> Void

    /// What the reference tables and the schema say of the fields, given an object whose fields all have their defaults.
    let descriptions: @Sendable (_ usual: Root) -> [FieldDescription]
    /// The fields' names, in order.
    let names: [String]
    /// Reads the fields into an object and returns how many of them are there.
    let read: @Sendable (ObjectMembers, DocumentReader, inout Root) -> Int
    /// Appends the fields, except those that have their defaults.
    let write: @Sendable (Root, _ usual: Root, inout [JSONNode.Member]) -> Void
    var check: Rule?
    var files: (@Sendable (inout Root, inout FileWalk) -> Void)?
}

/// When a field has to be there.
enum Presence<Root>: Sendable {
    case required
    case optional
    /// Refused in some objects, with `otherwise` as the message, and in the others required, or not.
    ///
    /// The condition is `nil` where nobody can tell, because another field is wrong.
    case only(if: @Sendable (Root) -> Bool?, isRequired: Bool, otherwise: @Sendable (Root) -> String)
}

extension Field {
    /// A field that every object has.
    static func required<Value: Sendable>(
        _ name: String, _ path: Path<Value>, _ form: Form<Value>, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(name, about, form, .required, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 }, rule: rule)
    }

    /// A field that every document has, though programs can make objects without it; `rule` reports those.
    static func required<Value: Sendable>(
        _ name: String, _ path: Path<Value?>, _ form: Form<Value>, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(name, about, form, .required, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 }, rule: rule)
    }

    /// A field that is left out where it has its default, which is the one of a new object.
    static func optional<Value: Equatable & Sendable>(
        _ name: String, _ path: Path<Value>, _ form: Form<Value>, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(
            name, about, form, .optional, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 }, rule: rule,
            isUsual: { $0[keyPath: path] == $1[keyPath: path] })
    }

    /// A field without which something else holds, which `unset` describes.
    static func optional<Value: Sendable>(
        _ name: String, _ path: Path<Value?>, _ form: Form<Value>, unset: String, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(
            name, about, form, .optional, unset: unset, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 },
            rule: rule)
    }

    /// A field that some objects may not have, and the others need if it `isRequired`.
    static func only<Value: Sendable>(
        _ name: String, _ path: Path<Value?>, _ form: Form<Value>, isRequired: Bool, unset: String, _ about: String,
        if condition: @escaping @Sendable (Root) -> Bool?, otherwise: @escaping @Sendable (Root) -> String
    ) -> Field {
        Field(
            name, about, form, .only(if: condition, isRequired: isRequired, otherwise: otherwise), unset: unset,
            get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
    }

    /// An object whose fields are named as if they were its container's.
    static func transparent<Value: Sendable>(
        _ name: String, _ path: Path<Value>, _ form: Form<Value>, _ about: String
    ) -> Field {
        Field(
            name, about, form, .required, step: .transparent, get: { $0[keyPath: path] },
            set: { $0[keyPath: path] = $1 })
    }

    private init<Value: Sendable>(
        _ name: String, _ about: String, _ form: Form<Value>, _ presence: Presence<Root>, unset: String? = nil,
        step: EditPath.Step? = nil, get: @escaping @Sendable (Root) -> Value?,
        set: @escaping @Sendable (inout Root, Value) -> Void, rule: Rule? = nil,
        isUsual: @escaping @Sendable (Root, Root) -> Bool = { _, _ in false }
    ) {
        let step = step ?? .field(name)
        names = [name]
        descriptions = { usual in
            let isRequired = if case .required = presence { true } else { false }
            let usual = isRequired || unset != nil ? nil : get(usual).map(form.write)
            return [
                FieldDescription(
                    name: name, about: about, kind: form.kind, isRequired: isRequired, usual: usual,
                    unset: unset ?? "", schema: form.schema())
            ]
        }
        read = { members, reader, root in
            guard let node = members[name] else {
                let isMissing =
                    switch presence {
                    case .required: true
                    case .optional: false
                    case .only(let condition, let isRequired, _): isRequired && condition(root) == true
                    }
                if isMissing {
                    reader.inside(step) { reader.refuse(members.object, "missing; expected \(form.expected)") }
                }
                return 0
            }
            reader.inside(step) {
                if case .only(let condition, _, let otherwise) = presence, condition(root) == false {
                    return reader.refuse(node, otherwise(root))
                }
                if let value = form.read(node, reader) { set(&root, value) }
            }
            return 1
        }
        write = { root, usual, members in
            guard let value = get(root), !isUsual(root, usual) else { return }
            members.append(JSONNode.Member(name: name, value: form.write(value)))
        }
        if form.check != nil || rule != nil {
            check = { [check = form.check] root, report in
                report.inside(step) { report in
                    if let check, let value = get(root) { check(value, &report) }
                    rule?(root, &report)
                }
            }
        }
        if let files = form.files {
            self.files = { root, walk in
                walk.inside(step) { walk in
                    guard var value = get(root) else { return }
                    files(&value, &walk)
                    set(&root, value)
                }
            }
        }
    }
}

extension Field {
    /// The fields of a part of the object, which stand in the document as if they were the object's own.
    static func group<Part: Sendable>(_ path: Path<Part>, _ fields: [Field<Part>]) -> Field {
        Field(
            descriptions: { usual in fields.flatMap { $0.descriptions(usual[keyPath: path]) } },
            names: fields.flatMap(\.names),
            read: { members, reader, root in
                fields.reduce(0) { $0 + $1.read(members, reader, &root[keyPath: path]) }
            },
            write: { root, usual, members in
                let (part, usual) = (root[keyPath: path], usual[keyPath: path])
                for field in fields { field.write(part, usual, &members) }
            },
            check: { root, report in
                let part = root[keyPath: path]
                for field in fields { field.check?(part, &report) }
            })
    }
}

/// The members of an object being read.
struct ObjectMembers {
    let object: JSONNode
    let members: [JSONNode.Member]

    subscript(name: String) -> JSONNode? {
        for member in members where member.name == name { return member.value }
        return nil
    }
}

/// What is told of a field.
struct FieldDescription: Sendable {
    let name: String
    /// One line of meaning.
    let about: String
    /// The kind of value in a few words.
    let kind: String
    let isRequired: Bool
    /// The default, as a document has it; `nil` where it is described instead.
    let usual: JSONNode?
    /// What holds without the field, where it has no default.
    let unset: String
    let schema: Schema
}
