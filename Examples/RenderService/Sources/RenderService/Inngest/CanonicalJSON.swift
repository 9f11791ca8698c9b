// SPDX-License-Identifier: Apache-2.0

import Compose

/// The canonical form of JSON (RFC 8785), which signatures are made of.
enum CanonicalJSON {
    /// Returns the canonical form of a value, or `nil` if it contains a number that no double can hold.
    static func text(of value: JSONValue) -> String? {
        var text = ""
        return write(value, to: &text) ? text : nil
    }

    private static func write(_ value: JSONValue, to text: inout String) -> Bool {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let written):
            guard let number = Double(written), let digits = self.text(of: number) else { return false }
            text += digits
        case .string(let string): write(string, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                guard write(value, to: &text) else { return false }
            }
            text += "]"
        case .object(let members):
            text += "{"
            // Names are ordered by their UTF-16 code units.
            let names = members.keys.map { ($0, Array($0.utf16)) }.sorted { $0.1.lexicographicallyPrecedes($1.1) }
            for (index, (name, _)) in names.enumerated() {
                if index > 0 { text += "," }
                write(name, to: &text)
                text += ":"
                guard write(members[name] ?? .null, to: &text) else { return false }
            }
            text += "}"
        }
        return true
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\u{C}": text += "\\f"
            case "\r": text += "\\r"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// Returns a number as ECMAScript writes it (ECMA-262, Number::toString), or `nil` if it is not finite.
    static func text(of number: Double) -> String? {
        guard number.isFinite else { return nil }
        if number == 0 { return "0" }
        // Swift writes the shortest digits that read back as the same number, as ECMAScript does, in another form.
        let parts = number.magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        var digits = String(mantissa[0]) + (mantissa.count > 1 ? String(mantissa[1]) : "")
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.hasSuffix("0") { digits.removeLast() }
        let count = digits.count
        let sign = number < 0 ? "-" : ""
        if point >= count, point <= 21 { return sign + digits + String(repeating: "0", count: point - count) }
        switch point {
        case 1...21: return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return sign + "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let rest = count > 1 ? "." + digits.dropFirst() : ""
            return sign + digits.prefix(1) + rest + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
        }
    }
}
