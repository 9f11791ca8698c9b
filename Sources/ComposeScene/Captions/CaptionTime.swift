// SPDX-License-Identifier: Apache-2.0

/// Times in caption files, which are whole microseconds.
///
/// Subtitles have thousandths or hundredths of a second. Recognisers compute in floating point, where 1.22 is
/// 1.2199999999999998; a microsecond rounds that away, so that a word does not begin a frame late.
enum CaptionTime {
    static let longest: Int64 = 24 * 3600 * 1_000_000

    /// The reason why a time cannot be read.
    enum Refusal: Error { case malformed, tooLong }

    /// Returns the time that hours, minutes and seconds denote, as in `00:01:02,500`, `01:02.5` or `-0:00:01.00`.
    static func clock(_ bytes: [UInt8], _ range: Range<Int>) -> Result<Int64, Refusal> {
        var offset = range.lowerBound
        let end = range.upperBound
        let isNegative = offset < end && bytes[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        var fields = 0
        var seconds: Int64 = 0
        while true {
            var value: Int64 = 0
            let start = offset
            while offset < end, bytes[offset].isDigit {
                // Larger numbers are all too long, and cannot overflow.
                value = min(value * 10 + Int64(bytes[offset] - 0x30), 1_000_000_000)
                offset += 1
            }
            guard offset > start else { return .failure(.malformed) }
            seconds = min(seconds * 60 + value, 1_000_000_000_000)
            fields += 1
            guard offset < end, bytes[offset] == UInt8(ascii: ":") else { break }
            guard fields < 3 else { return .failure(.malformed) }
            offset += 1
        }
        guard fields >= 2 else { return .failure(.malformed) }
        var micros: Int64 = 0
        if offset < end {
            guard bytes[offset] == UInt8(ascii: ",") || bytes[offset] == UInt8(ascii: ".") else {
                return .failure(.malformed)
            }
            offset += 1
            guard let fraction = fraction(bytes, offset..<end) else { return .failure(.malformed) }
            micros = fraction
        }
        guard seconds <= longest / 1_000_000, seconds * 1_000_000 + micros <= longest else { return .failure(.tooLong) }
        let value = seconds * 1_000_000 + micros
        return .success(isNegative ? -value : value)
    }

    /// Returns the digits after a decimal point as microseconds, rounded; `nil` if there is none or something else.
    private static func fraction(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
        guard !range.isEmpty else { return nil }
        var (value, digits): (Int64, Int) = (0, 0)
        for offset in range {
            guard bytes[offset].isDigit else { return nil }
            if digits < 6 {
                value = value * 10 + Int64(bytes[offset] - 0x30)
            } else if digits == 6, bytes[offset] >= 0x35 {
                value += 1
            }
            digits += 1
        }
        while digits < 6 { (value, digits) = (value * 10, digits + 1) }
        return value
    }

    /// Returns the microseconds of a JSON number of units of so many microseconds; `nil` if it is past the longest time.
    static func number(_ bytes: [UInt8], _ range: Range<Int>, unit: Int64 = 1_000_000) -> Int64? {
        var offset = range.lowerBound
        let isNegative = offset < range.upperBound && bytes[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        var (whole, digits): (Int64, Int) = (0, 0)
        while offset < range.upperBound, bytes[offset].isDigit, digits < 12 {
            whole = whole * 10 + Int64(bytes[offset] - 0x30)
            (offset, digits) = (offset + 1, digits + 1)
        }
        var micros: Int64 = 0
        if unit == 1_000_000, offset < range.upperBound, bytes[offset] == UInt8(ascii: "."),
            let fraction = fraction(bytes, (offset + 1)..<range.upperBound)
        {
            (micros, offset) = (fraction, range.upperBound)
        }
        if offset == range.upperBound, whole <= longest / unit {
            let value = whole * unit + micros
            return value > longest ? nil : isNegative ? -value : value
        }
        // An exponent, more digits than a time has, or a fraction of a thousandth.
        let text = String(decoding: bytes[range], as: UTF8.self)
        guard let exact = Attoseconds.duration(decimal: text)?.attoseconds else { return nil }
        let perMicrosecond = Int128(Attoseconds.perSecond) / Int128(unit)
        let (value, rest) = exact.magnitude.quotientAndRemainder(dividingBy: perMicrosecond.magnitude)
        let rounded = value + (rest * 2 >= perMicrosecond.magnitude ? 1 : 0)
        guard rounded <= UInt128(longest) else { return nil }
        return exact < 0 ? -Int64(rounded) : Int64(rounded)
    }

    /// Returns a time in whole units of so many microseconds, rounded to the nearest.
    static func units(_ time: Duration, of micros: Int64) -> Int64 {
        if time <= .zero { return 0 }
        if time >= .microseconds(longest) { return longest / micros }
        let (seconds, attoseconds) = time.components
        // Units are parts of a second, so that whole seconds are whole units.
        let unit = micros * 1_000_000_000_000
        return seconds * (1_000_000 / micros) + (attoseconds + unit / 2) / unit
    }

    /// Returns a time of whole thousandths or hundredths of a second as text: `00:01:02,500`.
    static func clock(_ units: Int64, perSecond: Int64, separator: Unicode.Scalar, hours: Int = 2) -> String {
        let (seconds, rest) = units.quotientAndRemainder(dividingBy: perSecond)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(12)
        func add(_ value: Int64, _ least: Int64) {
            var scale = max(1, least)
            while value / scale >= 10 { scale *= 10 }
            while scale > 0 {
                bytes.append(UInt8(value / scale % 10) + 0x30)
                scale /= 10
            }
        }
        add(seconds / 3600, hours == 1 ? 1 : 10)
        bytes.append(UInt8(ascii: ":"))
        add(seconds / 60 % 60, 10)
        bytes.append(UInt8(ascii: ":"))
        add(seconds % 60, 10)
        bytes.append(UInt8(ascii: separator))
        add(rest, perSecond / 10)
        return String(decoding: bytes, as: UTF8.self)
    }
}
