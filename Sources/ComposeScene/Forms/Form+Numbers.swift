// SPDX-License-Identifier: Apache-2.0

extension Form<String> {
    static var text: Form { text() }

    /// Returns the form of text of at most `limit` bytes of UTF-8.
    static func text(_ expected: String = "text", limit: Int? = nil) -> Form {
        let text = Form(
            expected: expected, kind: "text",
            schema: { Schema(["type": .string("string"), "maxLength": limit.map(JSONNode.integer)]) },
            read: { node, reader in
                if case .string(let text) = node.value { return text }
                reader.mismatch(node, expected)
                return nil
            },
            write: JSONNode.string)
        guard let limit else { return text }
        return text.checked { text, report in
            if text.utf8.count > limit { report.add("is longer than \(limit) bytes; shorten it") }
        }
    }

    /// Returns the form of a file path; the file is opened for `use`.
    static func file(_ use: MediaReference.Use) -> Form {
        let text = text("the path of a file")
        return Form(
            expected: text.expected, kind: "path",
            schema: {
                Schema([
                    "type": .string("string"), "minLength": .integer(1), "pattern": .string("^[^\\u0000]+$"),
                ])
            },
            read: text.read, write: text.write,
            check: { src, report in
                if src.isEmpty {
                    report.add("empty; name a file")
                } else if src.utf8.contains(0) {
                    report.add("\(quoted(src)) has a NUL character in it, which no file name can; remove it")
                }
            },
            files: { src, walk in walk.found(&src, as: use) })
    }
}

extension Form<Bool> {
    static var flag: Form {
        Form(
            expected: "true or false", kind: "boolean", schema: { Schema(["type": .string("boolean")]) },
            read: { node, reader in
                if case .bool(let flag) = node.value { return flag }
                reader.mismatch(node, "true or false")
                return nil
            },
            write: { JSONNode(value: .bool($0)) })
    }
}

extension Form<JSONValue> {
    static var json: Form {
        Form(
            expected: "any value", kind: "any JSON", schema: { Schema([:]) }, read: { node, _ in node.json },
            write: { JSONNode($0) })
    }
}

extension Form<Double> {
    /// Returns the form of a number in a range.
    static func number(
        _ range: ClosedRange<Double>? = nil, _ expected: String = "a number"
    ) -> Form {
        Form(
            expected: expected,
            kind: range.map { "number \(shortest($0.lowerBound))…\(shortest($0.upperBound))" } ?? "number",
            schema: {
                Schema([
                    "type": .string("number"), "minimum": range.map { .number($0.lowerBound) },
                    "maximum": range.map { .number($0.upperBound) },
                ])
            },
            read: { node, reader in
                guard case .number(let text) = node.value else {
                    reader.mismatch(node, expected)
                    return nil
                }
                guard let value = Double(text), value.isFinite else {
                    reader.refuse(node, "\(node.kind) is too large; expected \(expected)")
                    return nil
                }
                return value
            },
            write: JSONNode.number,
            check: { value, report in
                if let range { report.number(value, in: range) } else { report.finite(value) }
            })
    }

    /// The form of a number from 0 to 1.
    static var fraction: Form { number(0...1, "a fraction 0…1") }
}

extension Form<Int> {
    /// Returns the form of a whole number in a range; `what` names the unit.
    static func integer(_ range: ClosedRange<Int>, _ what: String? = nil) -> Form {
        let expected = "a whole number" + (what.map { " of \($0)" } ?? "")
        return integer(expected: expected, kind: "integer \(range.lowerBound)…\(range.upperBound)").schema([
            "type": .string("integer"), "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ]).checked { value, report in
            report.number(Double(value), in: Double(range.lowerBound)...Double(range.upperBound))
        }
    }

    static func integer(expected: String, kind: String) -> Form {
        Form(
            expected: expected, kind: kind, schema: { Schema(["type": .string("integer")]) },
            read: { node, reader in
                if case .number(let text) = node.value, let value = Attoseconds.integer(text) { return value }
                reader.mismatch(node, expected)
                return nil
            },
            write: JSONNode.integer)
    }
}

extension Form {
    /// Returns a copy of the form with another schema.
    func schema(_ members: @autoclosure @escaping @Sendable () -> KeyValuePairs<String, JSONNode?>) -> Form {
        Form(
            expected: expected, kind: kind, schema: { Schema(members()) }, read: read, write: write, check: check,
            files: files)
    }
}

extension Form<Duration> {
    /// The form of a point in time, or of a duration that may be zero.
    static var time: Form { duration("time", "minimum", 0).checked { $1.time($0) } }

    /// The form of a duration of more than zero.
    static var length: Form { duration("length of time", "exclusiveMinimum", 0).checked { $1.length($0) } }

    /// Returns the form of a duration in a range, in seconds.
    static func length(_ range: ClosedRange<Double>) -> Form {
        let kind = "length of time, \(shortest(range.lowerBound))…\(shortest(range.upperBound))"
        return duration(kind, "minimum", range.lowerBound, most: range.upperBound).checked { time, report in
            report.number(time / .seconds(1), in: range)
        }
    }

    private static func duration(
        _ kind: String, _ minimum: String, _ least: Double, most: Double = ValueReport.longest / .seconds(1)
    ) -> Form {
        let expected = "a number of seconds or a fraction such as \"1001/30000\""
        return Form(
            expected: expected, kind: kind,
            schema: {
                .any([
                    Schema(["type": .string("number")]).with([minimum: .number(least), "maximum": .number(most)]),
                    Schema([
                        "type": .string("string"), "pattern": .string("^(-0+|[0-9]+)/0*[1-9][0-9]*$"),
                    ]),
                ])
            },
            read: { node, reader in
                switch node.value {
                case .number(let text):
                    if let time = Attoseconds.duration(decimal: text) { return time }
                    reader.refuse(node, "\(node.kind) is too large for a time in seconds")
                case .string(let text):
                    switch Attoseconds.duration(fraction: text) {
                    case .success(let time): return time
                    case .failure(.malformed): reader.mismatch(node, expected)
                    case .failure(.zeroDenominator):
                        reader.refuse(node, "\(quoted(text)) divides by zero; expected \(expected)")
                    case .failure(.tooLarge):
                        reader.refuse(node, "\(quoted(text)) is too large for a time in seconds")
                    }
                default: reader.mismatch(node, expected)
                }
                return nil
            },
            write: Attoseconds.node)
    }
}
