// SPDX-License-Identifier: Apache-2.0

/// How a number that runs is written.
///
/// A value type; safe to share between threads.
public struct NumberFormat: Sendable, Hashable {
    /// What the number is.
    public var kind: Kind
    /// The digits after the decimal separator, 0…6; for a clock, those of its seconds.
    public var decimals: Int
    /// The language and region whose separators, digits and order are used, as in `de` or `en_IN`.
    public var locale: String
    /// The currency's code (ISO 4217) of a `currency`.
    public var currency: String?
    /// Text before the number.
    public var prefix: String
    /// Text after the number.
    public var suffix: String

    /// What a number is.
    ///
    /// A value type; safe to share between threads.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A plain number.
        case number
        /// A fraction, written as a percentage: 0.5 is 50 %.
        case percent
        /// An amount of money.
        case currency
        /// Seconds, written as minutes and seconds, and hours if there are any.
        case clock
        /// The time of the clip's frames as SMPTE ST 12-1 writes it, from `from` seconds on; with dropped numbers at 29.97 and
        /// 59.94 frames a second.
        case timecode
        /// The number of the clip's frame, from `from` on.
        case frame
    }

    /// Creates a format; by default of whole numbers in English.
    public init(
        _ kind: Kind = .number, decimals: Int = 0, locale: String = "en", currency: String? = nil, prefix: String = "",
        suffix: String = ""
    ) {
        self.kind = kind
        self.decimals = decimals
        self.locale = locale
        self.currency = currency
        self.prefix = prefix
        self.suffix = suffix
    }

    /// Whether the number follows from the frame alone.
    package var countsFrames: Bool { kind == .timecode || kind == .frame }

    static let form = ObjectForm(
        "numberFormat", "How a number that runs is written.", usual: NumberFormat(),
        [
            .optional("kind", \.kind, .word("kind of number"), "What the number is."),
            .optional("decimals", \.decimals, .integer(0...6), "Digits after the decimal separator."),
            .optional(
                "locale", \.locale,
                .text("a language, as in \"de\" or \"en_IN\"", limit: 32).checked { locale, report in
                    let isWord = { (part: Substring) in
                        (2...8).contains(part.utf8.count)
                            && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                    }
                    let parts = locale.split(omittingEmptySubsequences: false) { $0 == "_" || $0 == "-" }
                    if !parts.allSatisfy(isWord) || parts[0].contains(where: \.isNumber) {
                        report.add("\(quoted(locale)) is not a language; write it as in \"de\" or \"en_IN\"")
                    }
                }, "The language and region whose separators and digits are used."),
            .only(
                "currency", \.currency,
                .text("a currency, as in \"EUR\"", limit: 3).checked { code, report in
                    if code.utf8.count != 3 || !code.utf8.allSatisfy({ (65...90).contains($0) }) {
                        report.add("\(quoted(code)) is not a currency; use its ISO code, as in \"EUR\"")
                    }
                }, isRequired: true, unset: "none", "The currency's ISO code.", if: { $0.kind == .currency },
                otherwise: { "\(quoted($0.kind.rawValue)) has no currency; remove it, or set kind to \"currency\"" }),
            .optional("prefix", \.prefix, .shownText, "Text before the number."),
            .optional("suffix", \.suffix, .shownText, "Text after the number."),
        ],
        rules: { format, report in
            if format.kind == .currency, format.currency == nil {
                report.add("missing; name the currency, as in \"EUR\"", at: .field("currency"))
            }
        })
}
