// SPDX-License-Identifier: Apache-2.0

/// The look of characters; what is `nil` is taken from the style around it, and without one from the defaults.
///
/// A value type; safe to share between threads.
public struct CharacterStyle: Sendable, Hashable {
    /// The font's family: one of the timeline's ``Timeline/fonts``, or the built-in ``CharacterStyle/defaultFont``.
    public var font: String?
    /// The thickness of the strokes, 1…1000: 400 is regular, 700 bold; the nearest that the family has.
    public var weight: Int?
    /// The width of the letters in percent of the normal one, 50…200; the nearest that the family has.
    public var width: Double?
    /// Whether the letters are italic, or slanted where the family has no italics.
    public var italic: Bool?
    /// The size of the font: the height of its em in pixels, or in percent of the canvas's height.
    public var size: Length?
    /// The colour of the letters; colour emoji keep their own.
    public var color: Color?
    /// A gradient over the whole text, in place of a colour.
    public var gradient: TextGradient?
    /// Space added after every letter, in pixels, −1000…1000.
    public var letterSpacing: Double?
    /// OpenType features by their tags, such as `tnum`, `smcp`, `ss01` or `liga=0`.
    public var features: [String]?
    /// Whether the letters are shown as they are written, or in upper or lower case.
    public var letterCase: LetterCase?
    /// Whether a line runs below the letters.
    public var underline: Bool?
    /// Whether a line runs through the letters.
    public var strikethrough: Bool?
    /// An outline around the letters.
    public var stroke: TextStroke?

    /// The letters' case in which text is shown.
    ///
    /// A value type; safe to share between threads.
    public enum LetterCase: String, Sendable, Hashable, CaseIterable {
        /// As it is written.
        case none
        /// In capitals.
        case upper
        /// In small letters.
        case lower
        /// With a capital at the start of every word.
        case title
    }

    /// The family that is built in: Inter.
    public static let defaultFont = "Inter"
    /// The weight of letters without another one: regular.
    public static let defaultWeight = 400
    /// The size of letters without another one, in percent of the canvas's height.
    public static let defaultSize = Length.percent(5)

    /// Creates a style; what is left out is inherited.
    public init(
        font: String? = nil, size: Length? = nil, weight: Int? = nil, italic: Bool? = nil, color: Color? = nil,
        stroke: TextStroke? = nil
    ) {
        self.font = font
        self.size = size
        self.weight = weight
        self.italic = italic
        self.color = color
        self.stroke = stroke
    }

    /// Returns the style with what it leaves out taken from another one.
    public func inheriting(_ outer: CharacterStyle) -> CharacterStyle {
        changed(self) { style in
            func inherit<Value>(_ path: WritableKeyPath<CharacterStyle, Value?>) {
                if style[keyPath: path] == nil { style[keyPath: path] = outer[keyPath: path] }
            }
            // A colour of its own replaces a gradient that would be inherited.
            if style.color == nil { inherit(\.gradient) }
            inherit(\.font)
            inherit(\.weight)
            inherit(\.width)
            inherit(\.italic)
            inherit(\.size)
            inherit(\.color)
            inherit(\.letterSpacing)
            inherit(\.features)
            inherit(\.letterCase)
            inherit(\.underline)
            inherit(\.strikethrough)
            inherit(\.stroke)
        }
    }
}

extension CharacterStyle {
    /// The fields of a style; `unset` says what applies without them.
    static func fields(isInherited: Bool) -> [Field<CharacterStyle>] {
        func unset(_ usual: String) -> String { isInherited ? "as the text around it" : usual }
        return [
            .optional(
                "font", \.font,
                .text("the name of a font's family", limit: 256).checked { name, report in
                    if name.allSatisfy(\.isWhitespace) { report.add("empty; name a family of fonts, or leave it out") }
                }, unset: unset("`\(defaultFont)`"),
                "The family: one of the timeline's `fonts`, or `\(defaultFont)`, which is built in."),
            .optional(
                "weight", \.weight, .integer(1...1000), unset: unset("400"),
                "400 is regular, 700 bold; the nearest that the family has."),
            .optional(
                "width", \.width, .number(50...200), unset: unset("100"),
                "Percent of the letters' normal width; the nearest that the family has."),
            .optional("italic", \.italic, .flag, unset: unset("false"), "Whether the letters are italic."),
            .optional(
                "size", \.size, .side(.vertical), unset: unset("\"\(defaultSize)\""),
                "The font's size: pixels, or percent of the canvas's height."),
            .optional(
                "color", \.color, .color, unset: unset("`#ffffff`"), "The letters' colour; emoji keep their own."),
            .optional(
                "gradient", \.gradient, TextGradient.form.form, unset: unset("one colour"),
                "A gradient over the whole text, in place of a colour."),
            .optional(
                "letterSpacing", \.letterSpacing, .number(-1000...1000), unset: unset("0"),
                "Pixels added after every letter."),
            .optional(
                "features", \.features, .features, unset: unset("none"),
                "OpenType features by their tags, such as `tnum` or `liga=0`."),
            .optional(
                "case", \.letterCase, .word("case"), unset: unset("`none`"),
                "Shows the text in capitals, in small letters, or with capitals at the start of words."),
            .optional("underline", \.underline, .flag, unset: unset("false"), "Whether a line runs below the letters."),
            .optional(
                "strikethrough", \.strikethrough, .flag, unset: unset("false"),
                "Whether a line runs through the letters."),
            .optional(
                "stroke", \.stroke, TextStroke.form.form, unset: unset("none"), "An outline around the letters."),
        ]
    }
}

extension Form<[String]> {
    /// The form of a list of OpenType features.
    fileprivate static var features: Form {
        let feature = Form<String>.text("an OpenType feature such as \"tnum\" or \"liga=0\"").checked {
            feature, report in
            let parts = feature.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let isTag =
                parts[0].utf8.count == 4
                && parts[0].utf8.allSatisfy { (UInt8(ascii: " ")...UInt8(ascii: "~")).contains($0) }
            let isValue = parts.count == 1 || (UInt16(parts[1]).map { $0 < 1000 } ?? false)
            if !isTag || !isValue || parts[0].contains(where: { " ,;\"'".contains($0) }) {
                report.add(
                    "\(quoted(feature)) is not a feature; write its tag of four letters, as in \"tnum\" or \"ss01=2\"")
            }
        }
        return .list("an array of features", of: feature, most: 32)
    }
}
