// SPDX-License-Identifier: Apache-2.0

/// A JSON document as places in its bytes: values are read when they are asked for.
///
/// Recognisers write much that captions do not need, such as numbers of tokens by the million; a tree of it would take
/// twenty times the file's size. Python's NaN and Infinity are accepted, and several documents in a row, a list by lines.
struct CaptionJSON {
    let source: CaptionSource
    /// Where each value begins, and the index of the first value that is not inside it; names of members are values too.
    private(set) var values: [(offset: UInt32, next: UInt32)] = []
    /// The indices of the documents in the file.
    private(set) var documents: [Int] = []
    private var offset = 0
    private let limit: Int

    /// The greatest number of values; it bounds memory, and no recogniser's file of this size has as many.
    static let mostValues = 16_000_000

    var bytes: [UInt8] { source.bytes }

    init(_ source: CaptionSource, mostValues: Int = CaptionJSON.mostValues) throws(ComposeError) {
        self.source = source
        limit = mostValues
        skipSpace()
        repeat {
            documents.append(values.count)
            try value(depth: 1)
            skipSpace()
            // Some write commas between the lines.
            if peek == UInt8(ascii: ","), documents.count > 1 || isObject(documents[0]) {
                offset += 1
                skipSpace()
            }
        } while peek != nil
    }

    private var peek: UInt8? { offset < source.bytes.count ? source.bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte.isSpace { offset += 1 }
    }

    private mutating func value(depth: Int) throws(ComposeError) {
        let index = values.count
        guard index < limit else {
            throw source.failure("the file has more than \(limit) values; split it into several", at: offset)
        }
        values.append((UInt32(offset), 0))
        switch peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth <= JSONNode.depthLimit else {
                throw source.failure("nested more than \(JSONNode.depthLimit) deep", at: offset)
            }
            try members(depth: depth, isObject: peek == UInt8(ascii: "{"))
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), .some(0x30...0x39): try number()
        default:
            guard ["true", "false", "null", "NaN", "Infinity"].contains(where: { skipWord($0) }) else {
                throw unexpected("a value")
            }
        }
        values[index].next = UInt32(values.count)
    }

    private mutating func members(depth: Int, isObject: Bool) throws(ComposeError) {
        let (open, close) = (offset, isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        offset += 1
        skipSpace()
        if peek == close { return offset += 1 }
        while true {
            skipSpace()
            if isObject {
                guard peek == UInt8(ascii: "\"") else { throw unexpected("a field name in double quotes") }
                values.append((UInt32(offset), UInt32(values.count + 1)))
                try string()
                skipSpace()
                guard peek == UInt8(ascii: ":") else { throw unexpected("\":\"") }
                offset += 1
                skipSpace()
            }
            try value(depth: depth + 1)
            skipSpace()
            if peek == close { return offset += 1 }
            guard peek == UInt8(ascii: ",") else {
                if peek == nil {
                    throw source.failure(
                        "this \(isObject ? "object" : "array") has no end; the file was cut off", at: open)
                }
                throw unexpected(isObject ? "\",\" or \"}\"" : "\",\" or \"]\"")
            }
            offset += 1
        }
    }

    private mutating func skipWord(_ word: String) -> Bool {
        guard source.has(word, at: offset) else { return false }
        offset += word.utf8.count
        return true
    }

    private mutating func number() throws(ComposeError) {
        let start = offset
        if peek == UInt8(ascii: "-") { offset += 1 }
        if skipWord("Infinity") { return }
        func skipDigits() -> Bool {
            let first = offset
            while let byte = peek, byte.isDigit { offset += 1 }
            return offset > first
        }
        var isNumber = skipDigits()
        if isNumber, peek == UInt8(ascii: ".") {
            offset += 1
            isNumber = skipDigits()
        }
        if isNumber, peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            offset += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
            isNumber = skipDigits()
        }
        if !isNumber { throw source.failure("malformed number", at: start) }
    }

    private mutating func string() throws(ComposeError) {
        let start = offset
        offset += 1
        while let byte = peek {
            offset += 1
            if byte == UInt8(ascii: "\"") { return }
            if byte == 0 { throw source.failure("a NUL character in a string; remove it", at: offset - 1) }
            if byte == UInt8(ascii: "\\") { try escape() }
        }
        throw source.failure("this string has no end; the file was cut off", at: start)
    }

    private mutating func escape() throws(ComposeError) {
        let start = offset - 1
        guard let letter = peek else { return }
        offset += 1
        switch letter {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return
        case UInt8(ascii: "u"):
            guard let first = hexadecimal() else { break }
            if first == 0 { throw source.failure("a NUL character in a string; remove it", at: start) }
            if Unicode.Scalar(first) != nil { return }
            guard first < 0xDC00, skipWord("\\u"), let second = hexadecimal(), 0xDC00...0xDFFF ~= second else {
                throw source.failure(
                    "half of a surrogate pair; the text was cut in the middle of a character", at: start)
            }
            return
        default: break
        }
        throw source.failure("unknown escape in a string", at: start)
    }

    private mutating func hexadecimal() -> UInt32? {
        guard let value = Self.hexadecimal(bytes, at: offset) else { return nil }
        offset += 4
        return value
    }

    static func hexadecimal(_ bytes: [UInt8], at offset: Int) -> UInt32? {
        guard offset + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[offset..<(offset + 4)] {
            guard byte.isDigit || (0x61...0x66).contains(byte.lowercased) else { return nil }
            value = value << 4 | UInt32(byte.isDigit ? byte - 0x30 : byte.lowercased - 0x61 + 10)
        }
        return value
    }

    private func unexpected(_ expected: String) -> ComposeError {
        let rest = bytes[min(offset, bytes.count)..<min(offset + 4, bytes.count)]
        let found = String(decoding: rest, as: UTF8.self).first.map { quoted(String($0)) }
        let hint = peek == UInt8(ascii: "'") ? "; this is Python's notation, write it with json.dump" : ""
        return source.failure("expected \(expected), found \(found ?? "the end of the file")\(hint)", at: offset)
    }
}
