// SPDX-License-Identifier: Apache-2.0

/// A writer of JSON with two spaces of indentation and members in the tree's order.
struct JSONWriter {
    private var text = ""

    /// Returns the document's text, which ends with a line break.
    static func write(_ node: JSONNode) -> String {
        var writer = JSONWriter()
        writer.append(node, indent: "")
        return writer.text + "\n"
    }

    /// Returns a string in quotes, with escapes.
    static func string(_ string: String) -> String {
        var writer = JSONWriter()
        writer.append(string)
        return writer.text
    }

    /// Returns the tree if it can be read back.
    ///
    /// Throws the paths of numbers that JSON cannot represent, and of nesting beyond the limit.
    static func writable(_ node: JSONNode) throws(ComposeError) -> JSONNode {
        var problems: [Problem] = []
        var path = EditPath()
        findProblems(in: node, at: &path, depth: 1, &problems)
        if !problems.isEmpty { throw ComposeError(.invalidEdit, problems: problems) }
        return node
    }

    private static func findProblems(
        in node: JSONNode, at path: inout EditPath, depth: Int, _ problems: inout [Problem]
    ) {
        func inside(_ step: EditPath.Step, _ node: JSONNode) {
            path.push(step)
            findProblems(in: node, at: &path, depth: depth + 1, &problems)
            path.pop()
        }
        switch node.value {
        case .null, .bool, .string: break
        case .number(let text):
            if JSONReader.isNumber(text) { return }
            problems.append(
                Problem(path: path.description, message: "\(text) cannot be written to an edit document"))
        case .array where depth > JSONNode.depthLimit, .object where depth > JSONNode.depthLimit:
            problems.append(
                Problem(path: path.description, message: "nested more than \(JSONNode.depthLimit) deep"))
        case .array(let items):
            for (index, item) in items.enumerated() { inside(.index(index), item) }
        case .object(let members):
            for member in members {
                inside(depth == 1 && member.name == "timeline" ? .transparent : .field(member.name), member.value)
            }
        }
    }

    private mutating func append(_ node: JSONNode, indent: String) {
        switch node.value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let number): text += number
        case .string(let string): append(string)
        case .array(let items):
            append(items, "[", "]", indent) { writer, item, inner in writer.append(item, indent: inner) }
        case .object(let members):
            append(members, "{", "}", indent) { writer, member, inner in
                writer.append(member.name)
                writer.text += ": "
                writer.append(member.value, indent: inner)
            }
        }
    }

    private mutating func append<Element>(
        _ elements: [Element], _ open: String, _ close: String, _ indent: String,
        each: (inout JSONWriter, Element, String) -> Void
    ) {
        text += open
        let inner = indent + "  "
        for (index, element) in elements.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + inner
            each(&self, element, inner)
        }
        text += elements.isEmpty ? close : "\n" + indent + close
    }

    private mutating func append(_ string: String) {
        text += "\""
        // Most strings need no escapes.
        if !string.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            text += string + "\""
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
