// SPDX-License-Identifier: Apache-2.0

/// The document form of a type of value, declared once.
///
/// The strict reader, the writer, the value rules, the JSON Schema and the reference tables are all derived from forms.
package struct Form<Value: Sendable>: Sendable {
    /// The expected value in messages: completes “expected …”.
    let expected: String
    /// The type of value in a few words, for the reference tables.
    var kind: String
    /// Returns the JSON Schema of the value.
    var schema: @Sendable () -> Schema
    /// Reads the value; reports it and returns `nil` if it is invalid.
    var read: @Sendable (JSONNode, DocumentReader) -> Value?
    /// Returns the value as JSON.
    let write: @Sendable (Value) -> JSONNode
    /// Reports problems of the value, whether it was read from a document or made by a program.
    var check: (@Sendable (Value, inout ValueReport) -> Void)?
    /// The names of an object's fields, in the order in which problems are sorted.
    var names: [String] = []
    /// Visits every file path in the value.
    var files: (@Sendable (inout Value, inout FileWalk) -> Void)?
}

extension Form {
    /// Returns a copy of the form with a rule after the existing ones.
    func checked(_ rule: @escaping @Sendable (Value, inout ValueReport) -> Void) -> Form {
        changed(self) { form in
            form.check = { [check] value, report in
                check?(value, &report)
                rule(value, &report)
            }
        }
    }

    /// Returns a copy of the form with a rule before the existing ones.
    func checkedFirst(_ rule: @escaping @Sendable (Value, inout ValueReport) -> Void) -> Form {
        changed(self) { form in
            form.check = { [check] value, report in
                rule(value, &report)
                check?(value, &report)
            }
        }
    }

    /// Returns the form of a value that may contain values like the one it is part of; it is looked up when it is used.
    ///
    /// `name` is that of its definition in the schema, to which its containers belong.
    static func deferred(_ name: String, to form: @escaping @autoclosure @Sendable () -> Form) -> Form {
        Form(
            expected: "a \(name)", kind: "object *\(name)*",
            schema: { Schema(["$ref": .string("#/$defs/\(name)")]) }, read: { form().read($0, $1) },
            write: { form().write($0) }, check: { form().check?($0, &$1) }, files: { form().files?(&$0, &$1) })
    }

    /// Returns the form of one of several words.
    ///
    /// `what` names the type of word in messages. `make` returns the value of a known word, `name` the word of a value.
    static func word(
        _ what: String, _ known: [String], make: @escaping @Sendable (String) -> Value?,
        name: @escaping @Sendable (Value) -> String
    ) -> Form {
        let list = known.joined(separator: ", ")
        let expected = "a word: \(list)"
        return Form(
            expected: expected, kind: known.map { "`\($0)`" }.joined(separator: ", "),
            schema: { .word(known) },
            read: { node, reader in
                guard case .string(let text) = node.value else {
                    reader.mismatch(node, expected)
                    return nil
                }
                if let value = make(text) { return value }
                let guess = didYouMean(text, among: known)
                reader.refuse(node, "unknown \(what) \(quoted(text))\(guess); use one of \(list)")
                return nil
            },
            write: { .string(name($0)) })
    }
}

extension Form where Value: RawRepresentable<String> & CaseIterable {
    /// Returns the form of an enumeration's raw values.
    static func word(_ what: String) -> Form {
        .word(what, Value.allCases.map(\.rawValue), make: { Value(rawValue: $0) }, name: \.rawValue)
    }
}

extension Form {
    /// Returns the form of an array, whose items report their own problems.
    ///
    /// `least` and `most` bound the number of items, for the schema. `each` checks an item together with its
    /// neighbours, after the item's own rules, at the item's path.
    static func list<Element: Sendable>(
        _ expected: String, of form: Form<Element>, least: Int = 0, most: Int? = nil,
        each: (@Sendable ([Element]) -> (_ index: Int, inout ValueReport) -> Void)? = nil
    ) -> Form where Value == [Element] {
        var list = Form(
            expected: expected, kind: expected.hasPrefix("an ") ? String(expected.dropFirst(3)) : expected,
            schema: {
                .array(of: form.schema()).with([
                    "minItems": least > 0 ? .integer(least) : nil, "maxItems": most.map(JSONNode.integer),
                ])
            },
            read: { node, reader in
                guard case .array(let nodes) = node.value else {
                    reader.mismatch(node, expected)
                    return nil
                }
                var values: [Element] = []
                values.reserveCapacity(nodes.count)
                for (index, node) in nodes.enumerated() {
                    if let value = reader.inside(.index(index), { form.read(node, reader) }) { values.append(value) }
                }
                return values
            },
            write: { .array($0.map(form.write)) })
        if form.check != nil || each != nil {
            list.check = { values, report in
                let each = each?(values)
                for (index, value) in values.enumerated() {
                    report.inside(.index(index)) { report in
                        let mark = report.mark
                        form.check?(value, &report)
                        let own = report.mark
                        each?(index, &report)
                        if own > mark, report.mark > own, !form.names.isEmpty {
                            report.sort(from: mark, by: form.names)
                        }
                    }
                }
            }
        }
        if let files = form.files {
            list.files = { values, walk in
                for index in values.indices { walk.inside(.index(index)) { files(&values[index], &$0) } }
            }
        }
        return list
    }
}
