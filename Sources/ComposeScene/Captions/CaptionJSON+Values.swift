// SPDX-License-Identifier: Apache-2.0

/// Values are named by their indices.
extension CaptionJSON {
    func offset(of value: Int) -> Int { Int(values[value].offset) }

    private func first(_ value: Int) -> UInt8 { bytes[offset(of: value)] }

    func isObject(_ value: Int) -> Bool { first(value) == UInt8(ascii: "{") }
    func isArray(_ value: Int) -> Bool { first(value) == UInt8(ascii: "[") }
    func isString(_ value: Int) -> Bool { first(value) == UInt8(ascii: "\"") }
    func isNumber(_ value: Int) -> Bool { first(value) == UInt8(ascii: "-") || first(value).isDigit }

    /// Returns the values in an array, or the names and values of an object in turn.
    func items(_ value: Int) -> [Int] {
        guard isArray(value) || isObject(value) else { return [] }
        var items: [Int] = []
        var index = value + 1
        while index < values[value].next {
            items.append(index)
            index = Int(values[index].next)
        }
        return items
    }

    /// Returns the member of an object with a name; `nil` if there is none or it is null.
    ///
    /// If there are several, it is the last one, as in other readers.
    func member(_ name: String, of value: Int) -> Int? {
        guard isObject(value) else { return nil }
        var found: Int?
        var index = value + 1
        while index < values[value].next {
            let member = index + 1
            if isName(index, name) { found = first(member) == UInt8(ascii: "n") ? nil : member }
            index = Int(values[member].next)
        }
        return found
    }

    /// Returns the first member that there is.
    func member(_ names: [String], of value: Int) -> Int? {
        for name in names { if let member = member(name, of: value) { return member } }
        return nil
    }

    private func isName(_ value: Int, _ name: String) -> Bool {
        let start = offset(of: value) + 1
        return source.has(name, at: start) && bytes[start + name.utf8.count] == UInt8(ascii: "\"")
    }

    /// Returns the bytes of a string without escapes, which may be halves of characters; `nil` for another value.
    func rawString(_ value: Int) -> [UInt8]? {
        guard isString(value) else { return nil }
        var text: [UInt8] = []
        var position = offset(of: value) + 1
        while true {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return text }
            guard byte == UInt8(ascii: "\\") else {
                // Control characters mean nothing in captions.
                if byte >= 0x20 && byte != 0x7F || byte.isSpace { text.append(byte) }
                continue
            }
            let letter = bytes[position]
            position += 1
            switch letter {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "b"), UInt8(ascii: "f"): break
            case UInt8(ascii: "u"):
                var code = Self.hexadecimal(bytes, at: position) ?? 0
                position += 4
                if 0xD800...0xDBFF ~= code, let second = Self.hexadecimal(bytes, at: position + 2) {
                    code = 0x10000 + (code - 0xD800) << 10 + (second - 0xDC00)
                    position += 6
                }
                guard code >= 0x20 && code != 0x7F || code == 0x0A || code == 0x0D || code == 0x09,
                    let scalar = Unicode.Scalar(code)
                else { break }
                text += String(scalar).utf8
            default: text.append(letter)
            }
        }
    }

    /// Returns the text of a string with LF for line breaks; `nil` for another value.
    ///
    /// Throws if it is no UTF-8.
    func string(_ value: Int) throws(ComposeError) -> String? {
        guard let raw = rawString(value) else { return nil }
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw source.failure("this string is not valid UTF-8; save the file as UTF-8", at: offset(of: value))
        }
        return text.utf8.contains(0x0D) ? Self.withLineFeeds(text) : text
    }

    static func withLineFeeds(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        var last: Unicode.Scalar = "\0"
        for scalar in text.unicodeScalars {
            if scalar == "\r" { plain.append("\n") } else if scalar != "\n" || last != "\r" { plain.append(scalar) }
            last = scalar
        }
        return String(plain)
    }

    /// Returns a number of seconds in microseconds; `nil` for another value.
    ///
    /// Throws if it is past the longest time.
    func seconds(_ value: Int) throws(ComposeError) -> Int64? { try time(value, unit: 1_000_000) }

    /// Returns a number of thousandths of a second in microseconds, as ``seconds(_:)`` does.
    func milliseconds(_ value: Int) throws(ComposeError) -> Int64? { try time(value, unit: 1_000) }

    private func time(_ value: Int, unit: Int64) throws(ComposeError) -> Int64? {
        guard isNumber(value) else { return nil }
        let start = offset(of: value)
        var end = start
        while end < bytes.count, bytes[end].isDigit || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(bytes[end]) { end += 1 }
        if source.has("-Infinity", at: start) { return nil }
        guard let time = CaptionTime.number(bytes, start..<end, unit: unit) else {
            throw source.failure(
                "\(quoted(source.text(start..<end))) is later than 24 h, the longest that a video may be", at: start)
        }
        return time
    }
}
