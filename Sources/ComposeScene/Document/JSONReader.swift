// SPDX-License-Identifier: Apache-2.0

/// A strict reader of JSON (RFC 8259) that keeps the text of numbers and the order of members.
///
/// Foundation's readers lose both, accept repeated names, and do not report where a mistake is.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Returns the tree of a document; throws one problem with line and column if it is not JSON.
    static func read(_ bytes: [UInt8]) throws(ComposeError) -> JSONNode {
        var reader = JSONReader(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        reader.skipSpace()
        if reader.peek == nil {
            throw ComposeError(
                .invalidEdit, "the document is empty; an edit is a JSON object with a version and a timeline")
        }
        let node = try reader.value(depth: 1)
        reader.skipSpace()
        guard reader.peek == nil else { throw reader.unexpected("the end of the document") }
        return node
    }

    /// Returns whether the text is a JSON number.
    static func isNumber(_ text: some StringProtocol) -> Bool {
        var reader = JSONReader(Array(text.utf8))
        return reader.skipNumber() && reader.peek == nil
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(ComposeError) -> JSONNode {
        skipSpace()
        let start = position
        switch peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth <= JSONNode.depthLimit else {
                throw failure("nested more than \(JSONNode.depthLimit) deep", at: start)
            }
            let members = bytes[start] == UInt8(ascii: "{")
            position += 1
            return JSONNode(value: members ? try object(depth: depth) : try array(depth: depth), offset: start)
        case UInt8(ascii: "\""): return JSONNode(value: .string(try string()), offset: start)
        case UInt8(ascii: "t") where skipWord("true"): return JSONNode(value: .bool(true), offset: start)
        case UInt8(ascii: "f") where skipWord("false"): return JSONNode(value: .bool(false), offset: start)
        case UInt8(ascii: "n") where skipWord("null"): return JSONNode(value: .null, offset: start)
        case UInt8(ascii: "-"), .some(0x30...0x39):
            guard skipNumber() else { throw failure("malformed number", at: start) }
            return JSONNode(value: .number(String(decoding: bytes[start..<position], as: UTF8.self)), offset: start)
        default: throw unexpected("a value")
        }
    }

    private mutating func array(depth: Int) throws(ComposeError) -> JSONNode.Value {
        var items: [JSONNode] = []
        skipSpace()
        if skip("]") { return .array(items) }
        repeat {
            items.append(try value(depth: depth + 1))
            skipSpace()
        } while skip(",")
        guard skip("]") else { throw unexpected("\",\" or \"]\"") }
        return .array(items)
    }

    private mutating func object(depth: Int) throws(ComposeError) -> JSONNode.Value {
        var members: [JSONNode.Member] = []
        // Few names are compared faster than they are hashed.
        var names: Set<String> = []
        skipSpace()
        if skip("}") { return .object(members) }
        repeat {
            skipSpace()
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw unexpected("a field name in double quotes") }
            let name = try string()
            if members.count == 16 { names = Set(members.map(\.name)) }
            let isNew =
                members.count < 16 ? !members.contains { $0.name == name } : names.insert(name).inserted
            guard isNew else {
                throw failure("the field \(quoted(name)) appears twice; keep one", at: start)
            }
            skipSpace()
            guard skip(":") else { throw unexpected("\":\"") }
            members.append(JSONNode.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
        } while skip(",")
        guard skip("}") else { throw unexpected("\",\" or \"}\"") }
        return .object(members)
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        let word = word.description.utf8
        guard bytes[position...].starts(with: word) else { return false }
        position += word.count
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
        return position > start
    }

    private mutating func skipNumber() -> Bool {
        _ = skip("-")
        let start = position
        guard skipDigits() else { return false }
        if bytes[start] == UInt8(ascii: "0"), position > start + 1 { return false }
        if skip("."), !skipDigits() { return false }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            return skipDigits()
        }
        return true
    }

    private mutating func string() throws(ComposeError) -> String {
        let opening = position
        position += 1
        var run = position
        var text: [UInt8] = []
        while true {
            switch peek {
            case nil: throw failure("this string has no end", at: opening)
            case UInt8(ascii: "\""):
                let last = bytes[run..<position]
                position += 1
                let valid =
                    text.isEmpty
                    ? String(validating: last, as: UTF8.self) : String(validating: text + last, as: UTF8.self)
                guard let valid else {
                    throw failure("this string is not valid UTF-8", at: opening)
                }
                return valid
            case UInt8(ascii: "\\"):
                text += bytes[run..<position]
                text += String(try escape()).utf8
                run = position
            case .some(0..<0x20):
                throw failure("a control character in a string; write it as an escape such as \\n", at: position)
            default: position += 1
            }
        }
    }

    private mutating func escape() throws(ComposeError) -> Unicode.Scalar {
        let start = position
        position += 1
        let letter = peek
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let first = hexadecimal() else { break }
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard first < 0xDC00, skip("\\"), skip("u"), let second = hexadecimal(), 0xDC00...0xDFFF ~= second,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { throw failure("half of a surrogate pair", at: start) }
            return scalar
        default: break
        }
        throw failure("unknown escape in a string", at: start)
    }

    private mutating func hexadecimal() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func unexpected(_ expected: String) -> ComposeError {
        let rest = bytes[min(position, bytes.count)..<min(position + 4, bytes.count)]
        let found = String(decoding: rest, as: UTF8.self).first.map { quoted(String($0)) }
        return failure("expected \(expected), found \(found ?? "the end of the document")", at: position)
    }

    private func failure(_ message: String, at offset: Int) -> ComposeError {
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1
        return ComposeError(.invalidEdit, "line \(line), column \(column): \(message)")
    }
}
