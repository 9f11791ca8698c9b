// SPDX-License-Identifier: Apache-2.0

/// The reading of a file's bytes as text, whose encoding is found by rule.
///
/// UTF-8, UTF-16 and Windows-1252 are read. Other encodings that are recognised are refused by name, because a wrong guess
/// shows wrong words to all who watch.
enum CaptionEncoding {
    /// Returns a file as UTF-8, with warnings about its encoding.
    static func read(_ bytes: [UInt8], name: String) throws(ComposeError) -> CaptionSource {
        func refusal(_ message: String) -> ComposeError { ComposeError(.invalidCaptions, path: name, message) }
        guard bytes.count <= Captions.largestFile else {
            throw refusal("the file has more than \(Captions.largestFile >> 20) MiB; split it into several")
        }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw refusal("the file is encoded as UTF-32; save it as UTF-8")
        }
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes.dropFirst(2), isBig: false, name) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes.dropFirst(2), isBig: true, name) }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        if !hasMark, let isBig = patternOfUTF16(bytes) { return try utf16(bytes[...], isBig: isBig, name) }
        let text = hasMark ? Array(bytes.dropFirst(3)) : bytes
        let whole = CaptionSource(name: name, bytes: text)
        if let nul = text.firstIndex(of: 0) { throw nulCharacter(whole, nul) }
        guard let wrong = firstInvalid(text) else { return plain(whole) }
        // A recogniser that cuts words in the middle of a character writes halves into its JSON; its reader joins them.
        if CaptionSniffing.isJSON(whole) { return whole }
        if hasMark { throw whole.failure("a byte that is no UTF-8; save the file as UTF-8 again", at: wrong) }
        if let encoding = legacyEncoding(text) {
            throw whole.failure("the file is encoded as \(encoding); save it as UTF-8", at: wrong)
        }
        guard let (western, first) = windows1252(text) else {
            throw whole.failure("the file is in no encoding that is known; save it as UTF-8", at: wrong)
        }
        var source = plain(CaptionSource(name: name, bytes: western))
        source.warn("read as Windows-1252, because it is no UTF-8; save it as UTF-8 to be sure", at: first)
        return source
    }

    private static func nulCharacter(_ source: CaptionSource, _ offset: Int) -> ComposeError {
        source.failure(
            "a NUL character; captions are text, so remove it, or check that this is the right file", at: offset)
    }

    /// Returns the source without control characters, of which none has a meaning in captions.
    private static func plain(_ source: CaptionSource) -> CaptionSource {
        func isControl(_ byte: UInt8) -> Bool {
            byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F
        }
        guard let first = source.bytes.firstIndex(where: isControl) else { return source }
        let count = source.bytes.count(where: isControl)
        var plain = CaptionSource(name: source.name, bytes: source.bytes.filter { !isControl($0) })
        plain.warn("\(count) control characters were left out", at: first)
        return plain
    }

    /// Returns the offset of the first byte that is not part of valid UTF-8.
    private static func firstInvalid(_ bytes: [UInt8]) -> Int? {
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte < 0x80 {
                offset += 1
                continue
            }
            let width: Int
            // The ranges of second bytes leave out overlong forms, surrogates and what is past U+10FFFF (RFC 3629).
            let second: ClosedRange<UInt8>
            switch byte {
            case 0xC2...0xDF: (width, second) = (2, 0x80...0xBF)
            case 0xE0: (width, second) = (3, 0xA0...0xBF)
            case 0xED: (width, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: (width, second) = (3, 0x80...0xBF)
            case 0xF0: (width, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (width, second) = (4, 0x80...0xBF)
            case 0xF4: (width, second) = (4, 0x80...0x8F)
            default: return offset
            }
            guard offset + width <= bytes.count, second ~= bytes[offset + 1],
                bytes[(offset + 2)..<max(offset + 2, offset + width)].allSatisfy({ $0 & 0xC0 == 0x80 })
            else { return offset }
            offset += width
        }
        return nil
    }
}

extension CaptionEncoding {
    /// Returns the byte order of UTF-16 without a mark, which has a NUL in every pair of bytes of ASCII.
    private static func patternOfUTF16(_ bytes: [UInt8]) -> Bool? {
        let sample = bytes.prefix(4096)
        guard sample.count >= 4, bytes.count % 2 == 0 else { return nil }
        var counts = (even: 0, odd: 0)
        for (index, byte) in sample.enumerated() where byte == 0 {
            if index % 2 == 0 { counts.even += 1 } else { counts.odd += 1 }
        }
        let enough = sample.count / 8
        // Some characters have a NUL at the other place, such as the second half of many emoji.
        if counts.odd > enough, counts.even * 8 < counts.odd { return false }
        return counts.even > enough && counts.odd * 8 < counts.even ? true : nil
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isBig: Bool, _ name: String) throws(ComposeError)
        -> CaptionSource
    {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        func failure(_ message: String) -> ComposeError {
            CaptionSource(name: name, bytes: text).failure(message, at: text.count)
        }
        func unit(_ offset: Int) -> UInt32 {
            let (first, second) = (UInt32(bytes[offset]), UInt32(bytes[offset + 1]))
            return isBig ? first << 8 | second : second << 8 | first
        }
        var offset = bytes.startIndex
        while offset + 1 < bytes.endIndex {
            var value = unit(offset)
            offset += 2
            if value == 0 { throw nulCharacter(CaptionSource(name: name, bytes: text), text.count) }
            if 0xD800...0xDBFF ~= value, offset + 1 < bytes.endIndex, 0xDC00...0xDFFF ~= unit(offset) {
                value = 0x10000 + (value - 0xD800) << 10 + (unit(offset) - 0xDC00)
                offset += 2
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw failure("half of a character of UTF-16; save the file as UTF-8 again")
            }
            if value < 0x80 { text.append(UInt8(value)) } else { text += UTF8.encode(scalar).map { Array($0) } ?? [] }
        }
        if offset < bytes.endIndex {
            throw failure("the file of UTF-16 ends in the middle of a character; save it as UTF-8 again")
        }
        return plain(CaptionSource(name: name, bytes: text))
    }

    /// Returns Windows-1252 as UTF-8, and the offset of its first byte past ASCII; `nil` if a byte has no meaning in it.
    private static func windows1252(_ bytes: [UInt8]) -> (text: [UInt8], first: Int)? {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
                continue
            }
            let value = byte < 0xA0 ? windowsOnly[Int(byte) - 0x80] : UInt32(byte)
            guard value > 0, let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else { return nil }
            text.append(contentsOf: encoded)
        }
        return (text, bytes.firstIndex { $0 >= 0x80 } ?? 0)
    }

    /// What Windows-1252 has at 0x80…0x9F; 0 is nothing.
    private static let windowsOnly: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}
