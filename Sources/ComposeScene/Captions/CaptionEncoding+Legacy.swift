// SPDX-License-Identifier: Apache-2.0

extension CaptionEncoding {
    /// Returns the name of the encoding of text that is neither UTF-8 nor Windows-1252; `nil` if it may be the latter.
    ///
    /// Encodings of East Asia have characters of two bytes; in those of EUC's kind and in GBK's usual part both are 0x80 or
    /// more, so that such bytes come in runs of even length. In Western text they stand alone between letters. Text in which
    /// such bytes are most of the letters is of an alphabet of its own, such as Cyrillic.
    static func legacyEncoding(_ bytes: [UInt8]) -> String? {
        var count = Counts()
        var offset = 0
        while offset < bytes.count {
            guard bytes[offset] >= 0x80 else {
                if bytes[offset].isLetter { count.letters += 1 }
                offset += 1
                continue
            }
            let start = offset
            while offset < bytes.count, bytes[offset] >= 0x80 { offset += 1 }
            count.add(bytes[start..<offset])
        }
        if let kana = shiftJIS(bytes), kana.kana >= 2, kana.kana * 5 >= kana.pairs { return "Shift-JIS" }
        if count.oddRuns == 0, count.pairs >= 2 {
            if count.kana * 5 >= count.pairs, count.kana >= 2 { return "EUC-JP" }
            return count.hangul * 10 >= (count.pairs - count.signs) * 9 && count.hangul > 0 ? "EUC-KR" : "GBK"
        }
        // GBK's rarer characters have a second byte of ASCII, which leaves runs of odd length behind.
        if count.high >= 16, count.runs * 3 <= count.high, gbkPairs(bytes) { return "GBK" }
        if count.high > count.letters, count.high >= 4, count.runs * 2 <= count.high {
            return "an older encoding of another script, such as Windows-1251"
        }
        return nil
    }

    /// What was counted in a text of unknown encoding.
    private struct Counts {
        var letters = 0
        var high = 0
        var runs = 0
        var oddRuns = 0
        var pairs = 0
        /// Pairs whose first byte is that of Korean syllables, of Japanese kana, or of signs in all three encodings.
        var hangul = 0
        var kana = 0
        var signs = 0

        mutating func add(_ run: ArraySlice<UInt8>) {
            high += run.count
            runs += 1
            guard run.count % 2 == 0, run.allSatisfy({ $0 >= 0x81 && $0 != 0xFF }) else { return oddRuns += 1 }
            pairs += run.count / 2
            for index in stride(from: run.startIndex, to: run.endIndex, by: 2) {
                switch run[index] {
                case 0xA4, 0xA5: kana += 1
                case 0xB0...0xC8: hangul += 1
                case 0xA1...0xA3: signs += 1
                default: break
                }
            }
        }
    }

    /// Returns the numbers of characters of two bytes, and of kana among them; `nil` if the text is no Shift-JIS.
    private static func shiftJIS(_ bytes: [UInt8]) -> (pairs: Int, kana: Int)? {
        var counts = (pairs: 0, kana: 0)
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte < 0x80 || 0xA1...0xDF ~= byte { continue }
            guard byte != 0x80, byte != 0xA0, byte < 0xFD, offset < bytes.count else { return nil }
            let second = bytes[offset]
            guard 0x40...0xFC ~= second, second != 0x7F else { return nil }
            offset += 1
            counts.pairs += 1
            if byte == 0x82 && 0x9F...0xF1 ~= second || byte == 0x83 && second <= 0x96 { counts.kana += 1 }
        }
        return counts
    }

    /// Returns whether all bytes from 0x80 on begin or end a character of GBK.
    private static func gbkPairs(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte < 0x80 { continue }
            guard 0x81...0xFE ~= byte, offset < bytes.count, 0x40...0xFE ~= bytes[offset], bytes[offset] != 0x7F else {
                return false
            }
            offset += 1
        }
        return true
    }
}
