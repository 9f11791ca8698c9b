// SPDX-License-Identifier: Apache-2.0

/// A tag of ASS that says how text looks, where it is or when it is sung; the others are passed over.
enum SubStationTag: Equatable {
    case bold(Bool), italic(Bool), underline(Bool)
    case color(Color?)
    /// One of nine places, named by the digits of a keypad.
    case place(Int)
    /// A point in the script's pixels.
    case point(Double, Double)
    /// A syllable that lasts for hundredths of a second.
    case syllable(Int64)
    /// The time at which the next syllable begins, in hundredths of a second from the cue's start.
    case syllableTime(Int64)
    /// Whether what follows is a drawing instead of text.
    case drawing(Bool)
    /// Back to the look of the cue's style.
    case reset

    /// Returns the tags between two braces.
    static func all(in range: Range<Int>, _ source: CaptionSource) -> [SubStationTag] {
        var tags: [SubStationTag] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard source.bytes[offset] == UInt8(ascii: "\\") else {
                offset += 1
                continue
            }
            let start = offset + 1
            var end = start
            var depth = 0
            // Tags inside the parentheses of another one, as in \t(0,500,\c&HFF&), are that one's.
            while end < range.upperBound, depth > 0 || source.bytes[end] != UInt8(ascii: "\\") {
                if source.bytes[end] == UInt8(ascii: "(") { depth += 1 }
                if source.bytes[end] == UInt8(ascii: ")") { depth = max(0, depth - 1) }
                end += 1
            }
            if let tag = tag(source.trimmed(start..<end), source) { tags.append(tag) }
            offset = end
        }
        return tags
    }

    private static func tag(_ range: Range<Int>, _ source: CaptionSource) -> SubStationTag? {
        let start = range.lowerBound
        guard start < range.upperBound else { return nil }
        func number(after width: Int) -> Int64? { integer((start + width)..<range.upperBound, source) }
        if source.has("pos(", at: start) { return point((start + 4)..<range.upperBound, source) }
        if source.has("an", at: start), let place = number(after: 2) {
            return (1...9).contains(place) ? .place(Int(place)) : nil
        }
        if source.has("kt", at: start) { return number(after: 2).map { .syllableTime($0) } }
        if source.has("kf", at: start) || source.has("ko", at: start) {
            return number(after: 2).map { .syllable(max(0, $0)) }
        }
        if source.has("k", at: start, ignoringCase: true) { return number(after: 1).map { .syllable(max(0, $0)) } }
        if source.has("1c", at: start) { return color((start + 2)..<range.upperBound, source) }
        switch source.bytes[start] {
        case UInt8(ascii: "c"):
            return source.has("clip", at: start) ? nil : color((start + 1)..<range.upperBound, source)
        case UInt8(ascii: "b"): return number(after: 1).map { .bold($0 == 1 || $0 >= 600) }
        case UInt8(ascii: "i"): return number(after: 1).map { .italic($0 != 0) }
        case UInt8(ascii: "u"): return number(after: 1).map { .underline($0 != 0) }
        case UInt8(ascii: "a"): return number(after: 1).flatMap { oldPlace($0) }
        case UInt8(ascii: "p"): return number(after: 1).map { .drawing($0 > 0) }
        case UInt8(ascii: "r"): return .reset
        default: return nil
        }
    }

    /// Returns the place of SSA's numbers, in which 4 is added for the top and 8 for the middle.
    static func oldPlace(_ number: Int64) -> SubStationTag? {
        switch number {
        case 1...3: .place(Int(number))
        case 5...7: .place(Int(number) + 2)
        case 9...11: .place(Int(number) - 5)
        default: nil
        }
    }

    /// Returns a whole number, of which digits beyond a billion are not told apart; `nil` if it is none.
    private static func integer(_ range: Range<Int>, _ source: CaptionSource) -> Int64? {
        var offset = range.lowerBound
        let isNegative = offset < range.upperBound && source.bytes[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        guard offset < range.upperBound, source.bytes[offset].isDigit else { return nil }
        var value: Int64 = 0
        while offset < range.upperBound, source.bytes[offset].isDigit {
            value = min(value * 10 + Int64(source.bytes[offset] - 0x30), 1_000_000_000)
            offset += 1
        }
        return isNegative ? -value : value
    }

    /// Returns a colour such as `&H00CCFF&`, which begins with blue; nothing is the colour of the style.
    private static func color(_ range: Range<Int>, _ source: CaptionSource) -> SubStationTag? {
        let digits = source.text(range).filter { $0 != "&" && $0 != "H" && $0 != "h" }
        if digits.isEmpty { return .color(nil) }
        guard digits.utf8.count <= 8, let value = UInt32(digits, radix: 16) else { return nil }
        return .color(
            Color(
                red: UInt8(value & 0xFF), green: UInt8(value >> 8 & 0xFF), blue: UInt8(value >> 16 & 0xFF)))
    }

    private static func point(_ range: Range<Int>, _ source: CaptionSource) -> SubStationTag? {
        guard range.count <= 100 else { return nil }
        let text = source.text(range).prefix { $0 != ")" }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            Double(String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
        }
        guard parts.count == 2, let x = parts[0], let y = parts[1], abs(x) <= 1e6, abs(y) <= 1e6 else { return nil }
        return .point(x, y)
    }
}
