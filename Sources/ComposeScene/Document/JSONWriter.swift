// SPDX-License-Identifier: Apache-2.0

/// Writes a tree as JSON with two spaces of indentation, the members in the tree's order.
struct JSONWriter {
    private var text = ""

    /// The document's text, with a line break at its end.
    static func write(_ node: JSONNode) -> String {
        var writer = JSONWriter()
        writer.append(node, indent: "")
        return writer.text + "\n"
    }

    /// What no reader could read back: numbers JSON has no text for, and nesting beyond the limit.
    static func problems(in node: JSONNode, at path: String = "", depth: Int = 1) -> [Problem] {
        switch node.value {
        case .null, .bool, .string: return []
        case .number(let text):
            if JSONReader.isNumber(text) { return [] }
            return [Problem(path: path, message: "\(text) cannot be written to an edit document")]
        case .array where depth > JSONNode.depthLimit, .object where depth > JSONNode.depthLimit:
            return [Problem(path: path, message: "nested more than \(JSONNode.depthLimit) deep")]
        case .array(let items):
            return items.enumerated().flatMap { problems(in: $1, at: "\(path)[\($0)]", depth: depth + 1) }
        case .object(let members):
            return members.flatMap { member in
                let inner = depth == 1 && member.name == "timeline" ? "" : path.appending(field: member.name)
                return problems(in: member.value, at: inner, depth: depth + 1)
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
