// SPDX-License-Identifier: Apache-2.0

/// Exact conversion of times between text and attoseconds, without a `Double` in between.
enum Attoseconds {
    static let perSecond: UInt128 = 1_000_000_000_000_000_000

    /// Returns the time of a JSON number of seconds, rounded to the nearest attosecond.
    ///
    /// `nil` if a `Duration` cannot hold it.
    static func duration(decimal text: some StringProtocol) -> Duration? {
        // A second has 10^18 attoseconds: the decimal point moves by 18 digits.
        scaled(text, by: 18).map(Duration.init(attoseconds:))
    }

    /// Returns the integer that a JSON number such as `30`, `30.0` or `3e1` denotes; `nil` if it is not an integer.
    static func integer(_ text: String) -> Int? {
        if let value = Int(text) { return value }
        guard let scaled = scaled(text, by: 18) else { return nil }
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: Int128(perSecond))
        return remainder == 0 ? Int(exactly: quotient) : nil
    }

    /// Returns the time of a fraction of a second such as `1001/30000`, rounded to the nearest attosecond.
    static func duration(fraction text: String) -> Result<Duration, Refusal> {
        let terms = text.split(separator: "/", omittingEmptySubsequences: false)
        let sign = text.hasPrefix("-")
        guard terms.count == 2, let top = digits(terms[0].dropFirst(sign ? 1 : 0)), let bottom = digits(terms[1]) else {
            return .failure(.malformed)
        }
        guard let denominator = UInt64(bottom) else { return .failure(.tooLarge) }
        guard denominator > 0 else { return .failure(.zeroDenominator) }
        guard let numerator = UInt128(top), let magnitude = magnitude(numerator, UInt128(denominator)),
            let value = signed(magnitude, negative: sign)
        else { return .failure(.tooLarge) }
        return .success(Duration(attoseconds: value))
    }

    /// The reason why a fraction is invalid.
    enum Refusal: Error { case malformed, zeroDenominator, tooLarge }

    /// Returns JSON that reads back as exactly this time: a number of at most 15 digits, else the simplest fraction.
    static func node(_ duration: Duration) -> JSONNode {
        let value = duration.attoseconds
        let text = decimal(value)
        // Readers that convert to a double preserve 15 significant digits.
        let significant = text.filter(\.isNumber).drop { $0 == "0" }
        let count = significant.count - significant.reversed().prefix { $0 == "0" }.count
        if count <= 15 { return JSONNode(value: .number(text)) }
        return .string((value < 0 ? "-" : "") + simplestFraction(value.magnitude))
    }

    /// Returns the time in seconds, as an exact decimal number.
    static func decimal(_ value: Int128) -> String {
        let (seconds, rest) = value.magnitude.quotientAndRemainder(dividingBy: perSecond)
        var text = (value < 0 ? "-" : "") + String(seconds)
        if rest > 0 {
            let digits = String(rest)
            text += "." + String(repeating: "0", count: 18 - digits.count) + digits
            while text.hasSuffix("0") { text.removeLast() }
        }
        return text
    }

    /// Returns the first convergent of the continued fraction that rounds to the same attosecond, such as 1001/30000.
    private static func simplestFraction(_ value: UInt128) -> String {
        var (rest, divisor) = (value, perSecond)
        var (top, previousTop): (UInt128, UInt128) = (1, 0)
        var (bottom, previousBottom): (UInt128, UInt128) = (0, 1)
        while divisor > 0 {
            let (whole, remainder) = rest.quotientAndRemainder(dividingBy: divisor)
            (top, previousTop) = (whole * top + previousTop, top)
            (bottom, previousBottom) = (whole * bottom + previousBottom, bottom)
            if magnitude(top, bottom) == value { break }
            (rest, divisor) = (divisor, remainder)
        }
        return "\(top)/\(bottom)"
    }

    /// Returns `numerator / denominator` seconds, rounded to attoseconds.
    ///
    /// The denominator has at most 64 bits, so only whole seconds can overflow.
    private static func magnitude(_ numerator: UInt128, _ denominator: UInt128) -> UInt128? {
        let (seconds, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: perSecond)
        let (sum, carry) = whole.addingReportingOverflow((rest * perSecond * 2 + denominator) / (denominator * 2))
        return overflow || carry ? nil : sum
    }

    private static func signed(_ magnitude: UInt128, negative: Bool) -> Int128? {
        if negative { return magnitude <= Int128.min.magnitude ? Int128(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int128(exactly: magnitude)
    }

    private static func digits(_ text: Substring) -> Substring? {
        text.isEmpty || text.utf8.contains { !(0x30...0x39).contains($0) } ? nil : text
    }

    /// Returns a decimal number times 10^`shift`, rounded to the nearest integer, halves away from zero.
    private static func scaled(_ text: some StringProtocol, by shift: Int) -> Int128? {
        var digits: [UInt8] = []
        var exponent = shift
        var isFraction = false
        var rest = Array(text.utf8)[...]
        let negative = rest.first == UInt8(ascii: "-")
        if negative { rest = rest.dropFirst() }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                let isSmall = rest.first == UInt8(ascii: "-")
                // An exponent that does not fit an Int gives the same result as any other far out of range.
                exponent += max(
                    -1 << 40, min(1 << 40, Int(String(decoding: rest, as: UTF8.self)) ?? (isSmall ? -1 << 40 : 1 << 40))
                )
                rest = rest[rest.endIndex...]
            case 0x30...0x39:
                if !digits.isEmpty || byte != 0x30 { digits.append(byte - 0x30) }
                if isFraction { exponent -= 1 }
            default: return nil
            }
        }
        guard let magnitude = integer(digits, exponent: exponent) else { return nil }
        return signed(magnitude, negative: negative)
    }

    private static func integer(_ digits: [UInt8], exponent: Int) -> UInt128? {
        let kept = digits.count + exponent
        if digits.isEmpty || kept < 0 { return 0 }
        guard kept < 40 else { return nil }
        var value: UInt128 = 0
        for index in 0..<kept {
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(UInt128(index < digits.count ? digits[index] : 0))
            if overflow || carry { return nil }
            value = sum
        }
        guard kept < digits.count, digits[kept] >= 5 else { return value }
        return value == .max ? nil : value + 1
    }
}
