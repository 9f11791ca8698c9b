// SPDX-License-Identifier: Apache-2.0

/// Frames per second as an exact fraction, so that 30000/1001 stays what it is.
///
/// Both terms are positive; validation refuses others. A value type; safe to share between threads.
public struct FrameRate: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// Frames in `denominator` seconds; at least 1.
    public var numerator: Int
    /// Seconds that `numerator` frames take; at least 1.
    public var denominator: Int

    /// A rate of `numerator / denominator` frames per second.
    ///
    /// Nothing is reduced: 60/2 prints as 60/2.
    public init(_ numerator: Int, _ denominator: Int = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Whole frames per second.
    public init(integerLiteral value: Int) { self.init(value) }

    /// NTSC's 29.97 frames per second, exactly 30000/1001.
    public static let ntsc = FrameRate(30000, 1001)
    /// Film on NTSC, 23.976 frames per second, exactly 24000/1001.
    public static let ntscFilm = FrameRate(24000, 1001)

    /// `30` or `30000/1001`.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

extension Form<FrameRate> {
    static var frameRate: Form {
        let expected = "a whole number of frames per second or a fraction such as \"30000/1001\""
        let term = "0*([1-9][0-9]{0,5}|1000000)"
        return Form(
            expected: expected, kind: "integer, or a fraction such as `\"30000/1001\"`; 1…240",
            schema: {
                .any([
                    Schema(["type": .string("integer"), "minimum": .integer(1), "maximum": .integer(240)]),
                    Schema(["type": .string("string"), "pattern": .string("^\(term)/\(term)$")]),
                ])
            },
            read: { node, reader in
                switch node.value {
                case .number(let text):
                    if let whole = Attoseconds.integer(text) { return FrameRate(whole) }
                case .string(let text):
                    let terms = text.split(separator: "/", omittingEmptySubsequences: false)
                    if terms.count == 2, terms.allSatisfy({ $0.first != "+" }), let numerator = Int(terms[0]),
                        let denominator = Int(terms[1]), denominator > 0
                    {
                        return FrameRate(numerator, denominator)
                    }
                default: break
                }
                reader.mismatch(node, expected)
                return nil
            },
            write: { rate in
                if rate.denominator == 1 { return .integer(rate.numerator) }
                // A rate that no document can hold becomes a number that none can, which the writer reports.
                return rate.denominator > 0 ? .string(rate.description) : JSONNode(value: .number(rate.description))
            },
            check: { rate, report in
                let terms = 1...1_000_000
                if !terms.contains(rate.numerator) || !terms.contains(rate.denominator) {
                    report.add(
                        "the terms of \(rate.numerator)/\(rate.denominator) have to lie in 1…1000000; "
                            + "use a rate such as 30 or \"30000/1001\"")
                } else if rate.numerator < rate.denominator || rate.numerator > 240 * rate.denominator {
                    report.add("\(rate) is out of range; use 1…240 frames per second")
                }
            })
    }
}
