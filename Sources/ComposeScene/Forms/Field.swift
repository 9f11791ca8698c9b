// SPDX-License-Identifier: Apache-2.0

/// A field of an object in an edit document, or several related ones, declared once.
package struct Field<Root: Sendable>: Sendable {
    package typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable
    /// A check of an object, whose problems are reported at the path of one of its fields.
    package typealias Rule = @Sendable (Root, inout ValueReport) -> Void

    /// Returns the fields' descriptions for tables and schema; `usual` is an object with all defaults.
    let descriptions: @Sendable (_ usual: Root) -> [FieldDescription]
    /// The fields' names, in order.
    let names: [String]
    /// Reads the fields into an object and returns the number of fields present.
    let read: @Sendable (ObjectMembers, DocumentReader, inout Root) -> Int
    /// Appends the fields that do not have their defaults.
    let write: @Sendable (Root, _ usual: Root, inout [JSONNode.Member]) -> Void
    var check: Rule?
    var files: (@Sendable (inout Root, inout FileWalk) -> Void)?
}

/// Whether a field is required.
enum Presence<Root>: Sendable {
    case required
    case optional
    /// Rejected with the message `otherwise` in some objects; in the others required or optional.
    ///
    /// The condition is `nil` if it is unknown because another field is invalid.
    case only(if: @Sendable (Root) -> Bool?, isRequired: Bool, otherwise: @Sendable (Root) -> String)
}

extension Field {
    /// Returns a field that every object has.
    @inline(__always)
    static func required<Value: Sendable>(
        _ name: String, _ path: Path<Value>, _ form: Form<Value>, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(name, about, form, .required, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 }, rule: rule)
    }

    /// Returns a field that every document has but programs may leave unset, which `rule` reports.
    @inline(__always)
    static func required<Value: Sendable>(
        _ name: String, _ path: Path<Value?>, _ form: Form<Value>, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(name, about, form, .required, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 }, rule: rule)
    }

    /// Returns a field that is omitted if it has its default, that of a new object.
    @inline(__always)
    static func optional<Value: Equatable & Sendable>(
        _ name: String, _ path: Path<Value>, _ form: Form<Value>, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(
            name, about, form, .optional, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 }, rule: rule,
            isUsual: { $0[keyPath: path] == $1[keyPath: path] })
    }

    /// Returns an optional field without a default value; `unset` describes what applies without it.
    @inline(__always)
    static func optional<Value: Sendable>(
        _ name: String, _ path: Path<Value?>, _ form: Form<Value>, unset: String, _ about: String, rule: Rule? = nil
    ) -> Field {
        Field(
            name, about, form, .optional, unset: unset, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 },
            rule: rule)
    }

    /// Returns a field that is rejected unless `condition` is true, and then required if `isRequired`.
    @inline(__always)
    static func only<Value: Sendable>(
        _ name: String, _ path: Path<Value?>, _ form: Form<Value>, isRequired: Bool, unset: String, _ about: String,
        if condition: @escaping @Sendable (Root) -> Bool?, otherwise: @escaping @Sendable (Root) -> String
    ) -> Field {
        Field(
            name, about, form, .only(if: condition, isRequired: isRequired, otherwise: otherwise), unset: unset,
            get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
    }

    /// Returns an object field that is left out of the paths of its own fields.
    @inline(__always)
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
                    reader.inside(.field(name)) {
                        reader.refuse(members.object, "missing; expected \(form.expected)")
                    }
                }
                return 0
            }
            // Only what is inside an object can have its container's path.
            let isObject = if case .object = node.value { true } else { false }
            reader.inside(isObject ? step : .field(name)) {
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
                    if walk.replaces { set(&root, value) }
                }
            }
        }
    }
}

extension Field {
    /// Returns the fields of a part of the object, which are written as the object's own.
    static func group<Part: Sendable>(_ path: Path<Part>, _ fields: [Field<Part>]) -> Field {
        var group = Field(
            descriptions: { usual in fields.flatMap { $0.descriptions(usual[keyPath: path]) } },
            names: fields.flatMap(\.names),
            read: { members, reader, root in
                var part = root[keyPath: path]
                let taken = fields.reduce(0) { $0 + $1.read(members, reader, &part) }
                root[keyPath: path] = part
                return taken
            },
            write: { root, usual, members in
                let (part, usual) = (root[keyPath: path], usual[keyPath: path])
                for field in fields { field.write(part, usual, &members) }
            },
            check: { root, report in
                let part = root[keyPath: path]
                for field in fields { field.check?(part, &report) }
            },
            files: nil)
        if fields.contains(where: { $0.files != nil }) {
            group.files = { root, walk in
                var part = root[keyPath: path]
                for field in fields { field.files?(&part, &walk) }
                if walk.replaces { root[keyPath: path] = part }
            }
        }
        return group
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

/// A field's entry in the reference tables and the schema.
struct FieldDescription: Sendable {
    let name: String
    /// The field's description, in one line.
    let about: String
    /// The type of value, in a few words.
    let kind: String
    let isRequired: Bool
    /// The default as in a document; `nil` if `unset` describes it instead.
    let usual: JSONNode?
    /// What applies without the field, if it has no default value.
    let unset: String
    let schema: Schema
}
