// SPDX-License-Identifier: Apache-2.0

/// A number of frames per second as an exact fraction, such as 30000/1001.
///
/// Both terms are positive; validation rejects others. A value type; safe to share between threads.
public struct FrameRate: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// The number of frames in `denominator` seconds, 1…1,000,000.
    public var numerator: Int
    /// The number of seconds that `numerator` frames take, 1…1,000,000.
    public var denominator: Int

    /// Creates a rate of `numerator / denominator` frames per second.
    ///
    /// The fraction is not reduced: 60/2 prints as 60/2.
    public init(_ numerator: Int, _ denominator: Int = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Creates a rate of whole frames per second.
    public init(integerLiteral value: Int) { self.init(value) }

    /// The NTSC rate of 29.97 frames per second, exactly 30000/1001.
    public static let ntsc = FrameRate(30000, 1001)
    /// The rate of film on NTSC, 23.976 frames per second, exactly 24000/1001.
    public static let ntscFilm = FrameRate(24000, 1001)

    /// The rate as `30` or `30000/1001`.
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
                // An invalid rate becomes an invalid number, which the writer reports.
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
