// SPDX-License-Identifier: Apache-2.0

/// A value of an edit document: numbers are text, and members are in order.
///
/// `JSONValue` is the public type; the strict reader needs this one to report problems in document order.
struct JSONNode: Sendable {
    /// The maximum nesting of arrays and objects.
    ///
    /// It bounds the stack of the readers, which are recursive.
    static let depthLimit = 64

    enum Value: Sendable {
        case null
        case bool(Bool)
        case number(String)
        case string(String)
        case array([JSONNode])
        case object([Member])
    }

    struct Member: Sendable {
        var name: String
        var value: JSONNode
    }

    var value: Value
    /// The offset of the value in bytes; 0 for all values if the source has none.
    var offset = 0

    static func number(_ value: Double) -> JSONNode { JSONNode(value: .number(shortest(value))) }
    static func integer(_ value: Int) -> JSONNode { JSONNode(value: .number(String(value))) }
    static func string(_ value: String) -> JSONNode { JSONNode(value: .string(value)) }
    static func array(_ items: [JSONNode]) -> JSONNode { JSONNode(value: .array(items)) }

    /// Returns an object of the members that are not `nil`, in the given order.
    static func object(_ members: KeyValuePairs<String, JSONNode?>) -> JSONNode {
        JSONNode(value: .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } }))
    }

    /// Returns an object with the members of this one followed by those of `other`.
    func followed(by other: JSONNode) -> JSONNode {
        guard case .object(let first) = value, case .object(let second) = other.value else { return self }
        return JSONNode(value: .object(first + second))
    }

    /// The type of the value in messages: "found …".
    var kind: String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let text): "the number \(clipped(text))"
        case .string(let text): "a string: \(quoted(text))"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONNode {
    /// Creates a tree with members sorted by name, which makes encoding deterministic.
    init(_ json: JSONValue, depth: Int = 0) {
        switch json {
        case .null: self.init(value: .null)
        case .bool(let flag): self.init(value: .bool(flag))
        case .number(let text): self.init(value: .number(text))
        case .string(let text): self.init(value: .string(text))
        // Nothing is written beyond the limit; stopping here bounds the stack.
        case .array where depth > Self.depthLimit, .object where depth > Self.depthLimit: self.init(value: .array([]))
        case .array(let items): self = .array(items.map { JSONNode($0, depth: depth + 1) })
        case .object(let members):
            self.init(
                value: .object(
                    members.sorted { $0.key < $1.key }.map {
                        Member(name: $0.key, value: JSONNode($0.value, depth: depth + 1))
                    }))
        }
    }

    /// The value as the public type, which does not keep the order of members.
    var json: JSONValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let text): .number(text)
        case .string(let text): .string(text)
        case .array(let items): .array(items.map(\.json))
        case .object(let members):
            .object(Dictionary(members.map { ($0.name, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}

/// Returns text in quotes for a message: one line without control characters, of limited length.
package func quoted(_ text: String) -> String { clipped(text).debugDescription.replacing("\\'", with: "'") }

private func clipped(_ text: String) -> String {
    // By scalars, because a character may have any number of marks.
    text.utf8.count > 80 ? String(text.unicodeScalars.prefix(60)) + "…" : text
}
