// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Coding of a tree with any coder, so that `JSONDecoder` feeds the same strict reader.
///
/// Coders do not preserve a number's text; the result is the same value in its shortest form.
extension JSONNode: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count <= Self.depthLimit else {
            throw ComposeError(.invalidEdit, "nested more than \(Self.depthLimit) deep")
        }
        if let container = try? decoder.container(keyedBy: Key.self) {
            let keys = container.allKeys.sorted { $0.stringValue < $1.stringValue }
            self.init(
                value: .object(
                    try keys.map {
                        Member(name: $0.stringValue, value: try container.decode(JSONNode.self, forKey: $0))
                    }))
        } else if var container = try? decoder.unkeyedContainer() {
            var items: [JSONNode] = []
            while !container.isAtEnd { items.append(try container.decode(JSONNode.self)) }
            self = .array(items)
        } else {
            self.init(value: try Self.scalar(in: decoder.singleValueContainer()))
        }
    }

    private static func scalar(in container: any SingleValueDecodingContainer) throws -> Value {
        if container.decodeNil() { return .null }
        if let flag = try? container.decode(Bool.self) { return .bool(flag) }
        if let text = try? container.decode(String.self) { return .string(text) }
        if let whole = try? container.decode(Int64.self) { return .number(String(whole)) }
        let value = try container.decode(Double.self)
        // A decimal may hold digits that the double lost, but its exponent range is smaller.
        if let decimal = try? container.decode(Decimal.self), Double(decimal.description) == value {
            return .number(decimal.description)
        }
        return .number(shortest(value))
    }

    func encode(to encoder: any Encoder) throws {
        switch value {
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for member in members { try container.encode(member.value, forKey: Key(stringValue: member.name)) }
        case .array(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        case .null, .bool, .string, .number:
            var container = encoder.singleValueContainer()
            try encodeScalar(in: &container)
        }
    }

    private func encodeScalar(in container: inout any SingleValueEncodingContainer) throws {
        switch value {
        case .bool(let flag): try container.encode(flag)
        case .string(let text): try container.encode(text)
        case .number(let text):
            if let whole = Int64(text) {
                try container.encode(whole)
            } else if let value = Double(text), text.utf8.count <= 17 || shortest(value) == text {
                try container.encode(value)
            } else if let decimal = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) {
                try container.encode(decimal)
            } else {
                try container.encode(Double(text))
            }
        case .null, .array, .object: try container.encodeNil()
        }
    }
}
