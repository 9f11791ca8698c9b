// SPDX-License-Identifier: Apache-2.0

/// A caption file as UTF-8, with what is needed to say where something in it is wrong.
struct CaptionSource {
    /// The file's name, for messages.
    let name: String
    /// The text without a byte order mark and without control characters other than tabs and line breaks.
    let bytes: [UInt8]
    private var found: [(offset: Int, message: String)] = []
    private var foundInAll = 0

    /// The number of warnings that are kept; a damaged file may have one for each of its lines.
    static let mostWarnings = 100

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Adds a warning about what is at an offset.
    mutating func warn(_ message: String, at offset: Int) {
        foundInAll += 1
        if found.count < Self.mostWarnings { found.append((offset, message)) }
    }

    /// The warnings with their lines, in the file's order.
    var warnings: [Captions.Warning] {
        let sorted = found.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
        var (line, start, position) = (1, 0, 0)
        var warnings: [Captions.Warning] = []
        for (_, warning) in sorted {
            while position < min(warning.offset, bytes.count) {
                let width = lineBreak(at: position)
                position += max(width, 1)
                if width > 0 { (line, start) = (line + 1, position) }
            }
            warnings.append(
                Captions.Warning(line: line, column: column(from: start, to: warning.offset), message: warning.message))
        }
        if foundInAll > found.count, let last = warnings.last {
            warnings.append(
                Captions.Warning(
                    line: last.line, column: last.column, message: "and \(foundInAll - found.count) more warnings"))
        }
        return warnings
    }

    /// Returns an error about what is at an offset.
    func failure(_ message: String, at offset: Int) -> ComposeError {
        var (line, start, position) = (1, 0, 0)
        while position < min(offset, bytes.count) {
            let width = lineBreak(at: position)
            position += max(width, 1)
            if width > 0 { (line, start) = (line + 1, position) }
        }
        let column = column(from: start, to: offset)
        return ComposeError(.invalidCaptions, path: name, "line \(line), column \(column): \(message)")
    }

    private func column(from start: Int, to offset: Int) -> Int {
        let end = min(offset, bytes.count)
        guard start < end else { return 1 }
        return bytes[start..<end].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    /// Returns the length of the line break at an offset; 0 if there is none.
    ///
    /// CR CR LF is what some programs make of CR LF; it is one break.
    func lineBreak(at offset: Int) -> Int {
        guard offset < bytes.count else { return 0 }
        if bytes[offset] == 0x0A { return 1 }
        guard bytes[offset] == 0x0D else { return 0 }
        guard offset + 1 < bytes.count else { return 1 }
        if bytes[offset + 1] == 0x0A { return 2 }
        return bytes[offset + 1] == 0x0D && offset + 2 < bytes.count && bytes[offset + 2] == 0x0A ? 3 : 1
    }

    /// Returns the line that begins at an offset, without its break, and the offset of the next line.
    func line(at offset: Int) -> (range: Range<Int>, next: Int) {
        var end = offset
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        return (offset..<end, end + lineBreak(at: end))
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Returns the range without spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start].isBlank { start += 1 }
        while end > start, bytes[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    /// Returns whether the text at an offset is the given one.
    func has(_ word: String, at offset: Int, ignoringCase: Bool = false) -> Bool {
        let count = word.utf8.count
        guard offset >= 0, offset + count <= bytes.count else { return false }
        var index = offset
        for byte in word.utf8 {
            let other = bytes[index]
            guard other == byte || ignoringCase && other.lowercased == byte.lowercased else { return false }
            index += 1
        }
        return true
    }

    /// Returns the offset of a text in a range.
    func find(_ word: String, in range: Range<Int>) -> Int? {
        let count = word.utf8.count
        guard range.count >= count, let first = word.utf8.first else { return nil }
        for offset in range.lowerBound...(range.upperBound - count)
        where bytes[offset] == first && has(word, at: offset) {
            return offset
        }
        return nil
    }
}

extension UInt8 {
    /// Whether the byte is a space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isLetter: Bool { (0x61...0x7A).contains(lowercased) }
    /// The byte of the small letter.
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self + 0x20 : self }
}
