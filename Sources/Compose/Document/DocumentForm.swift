// SPDX-License-Identifier: Apache-2.0

/// What a value of a document has to look like, and how it is read.
struct DocumentForm<Value> {
    /// Completes "expected …".
    let expected: String
    /// The value; `nil` if it is wrong, which has then been reported.
    let read: (DocumentItem) -> Value?
}

extension DocumentForm {
    /// An object whose fields `body` asks for.
    ///
    /// `path` replaces the object's own path in front of its fields. Where `body` gives `nil` it has said why, and
    /// other fields are not looked at.
    static func object(
        _ expected: String, at path: String? = nil, _ body: @escaping (DocumentFields) -> Value?
    ) -> DocumentForm {
        DocumentForm(expected: expected) { item in
            guard case .object(let members) = item.node.value else {
                item.mismatch(expected)
                return nil
            }
            let fields = DocumentFields(members, of: item, at: path ?? item.path)
            let value = body(fields)
            if value != nil { fields.refuseUnknown() }
            return value
        }
    }

    /// One of several words.
    static func word(_ what: String, _ known: [String], _ make: @escaping (String) -> Value?) -> DocumentForm {
        DocumentForm(expected: "a word: \(known.joined(separator: ", "))") { item in
            guard case .string(let text) = item.node.value else {
                item.mismatch("a word: \(known.joined(separator: ", "))")
                return nil
            }
            if let value = make(text) { return value }
            let guess = didYouMean(text, among: known)
            item.refuse("unknown \(what) \(quoted(text))\(guess); use one of \(known.joined(separator: ", "))")
            return nil
        }
    }
}

extension DocumentForm where Value: RawRepresentable<String> & CaseIterable {
    static func word(_ what: String) -> DocumentForm {
        .word(what, Value.allCases.map(\.rawValue), Value.init(rawValue:))
    }
}

extension DocumentForm {
    /// Every item of an array; wrong ones report themselves.
    static func list<Element>(_ expected: String, of form: DocumentForm<Element>) -> DocumentForm
    where Value == [Element] {
        DocumentForm(expected: expected) { item in
            guard case .array(let nodes) = item.node.value else {
                item.mismatch(expected)
                return nil
            }
            let path = item.path
            return nodes.enumerated().compactMap { index, node in
                form.read(
                    DocumentItem(node: node, container: path, step: .index(index), problems: item.problems))
            }
        }
    }
}

extension DocumentForm<String> {
    static var text: DocumentForm { text("text") }

    static func text(_ expected: String) -> DocumentForm {
        DocumentForm(expected: expected) { item in
            if case .string(let text) = item.node.value { return text }
            item.mismatch(expected)
            return nil
        }
    }
}

extension DocumentForm<Bool> {
    static var flag: DocumentForm {
        DocumentForm(expected: "true or false") { item in
            if case .bool(let flag) = item.node.value { return flag }
            item.mismatch("true or false")
            return nil
        }
    }
}

extension DocumentForm<JSONValue> {
    static var json: DocumentForm { DocumentForm(expected: "any value") { $0.node.json } }
}

extension DocumentForm<Double> {
    static func number(_ expected: String) -> DocumentForm {
        DocumentForm(expected: expected) { item in
            guard case .number(let text) = item.node.value else {
                item.mismatch(expected)
                return nil
            }
            guard let value = Double(text), value.isFinite else {
                item.refuse("\(item.node.kind) is too large; expected \(expected)")
                return nil
            }
            return value
        }
    }
}

extension DocumentForm<Int> {
    static func integer(_ expected: String) -> DocumentForm {
        DocumentForm(expected: expected) { item in
            if case .number(let text) = item.node.value, let value = Attoseconds.integer(text) { return value }
            item.mismatch(expected)
            return nil
        }
    }
}

extension DocumentForm<Duration> {
    static var time: DocumentForm {
        let expected = "a number of seconds or a fraction such as \"1001/30000\""
        return DocumentForm(expected: expected) { item in
            switch item.node.value {
            case .number(let text):
                if let time = Attoseconds.duration(decimal: text) { return time }
                item.refuse("\(item.node.kind) is too large for a time in seconds")
            case .string(let text):
                switch Attoseconds.duration(fraction: text) {
                case .success(let time): return time
                case .failure(.malformed): item.mismatch(expected)
                case .failure(.zeroDenominator): item.refuse("\(quoted(text)) divides by zero; expected \(expected)")
                case .failure(.tooLarge): item.refuse("\(quoted(text)) is too large for a time in seconds")
                }
            default: item.mismatch(expected)
            }
            return nil
        }
    }
}
