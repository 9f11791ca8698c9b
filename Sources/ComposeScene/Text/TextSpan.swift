// SPDX-License-Identifier: Apache-2.0

/// A part of a text with a look of its own.
///
/// A value type; safe to share between threads.
public struct TextSpan: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The text; it is shown as it is, and line feeds start new lines.
    public var text: String
    /// What differs from the style of the text around it.
    public var style: SpanStyle

    /// Creates a part of a text.
    public init(_ text: String, _ style: SpanStyle = SpanStyle()) {
        self.text = text
        self.style = style
    }

    /// Creates a part of a text that looks like the text around it.
    public init(stringLiteral text: String) { self.init(text) }
}

/// The look of a part of a text, where it differs from the text around it.
///
/// The characters' properties are the style's own, as in ``TextStyle``. A value type; safe to share between threads.
@dynamicMemberLookup
public struct SpanStyle: Sendable, Hashable {
    /// What differs in the look of the characters; `nil` is inherited.
    public var characters: CharacterStyle
    /// A box behind the part; `nil` for none.
    public var background: TextBackground?

    /// Creates a style.
    public init(_ characters: CharacterStyle = CharacterStyle(), background: TextBackground? = nil) {
        self.characters = characters
        self.background = background
    }

    /// Creates a style of a colour, a weight and others that differ.
    public init(
        color: Color?, weight: Int? = nil, font: String? = nil, size: Length? = nil, italic: Bool? = nil,
        background: TextBackground? = nil
    ) {
        self.init(
            CharacterStyle(font: font, size: size, weight: weight, italic: italic, color: color),
            background: background)
    }

    /// A property of the characters.
    public subscript<Value>(dynamicMember path: WritableKeyPath<CharacterStyle, Value>) -> Value {
        get { characters[keyPath: path] }
        set { characters[keyPath: path] = newValue }
    }

    static let fields: [Field<SpanStyle>] = [
        .group(\.characters, CharacterStyle.fields(isInherited: true)),
        .optional(
            "background", \.background, TextBackground.form(ofPart: true).form, unset: "none",
            "A box behind the part."),
    ]

    static let form = ObjectForm(
        "spanStyle", "What differs in the look of a part of a text.", usual: SpanStyle(), fields)
}

extension TextSpan {
    static let form = ObjectForm(
        "textSpan", "A part of a text with a look of its own.", usual: TextSpan(""),
        [
            .required("text", \.text, .shownText, "The text, shown as it is; \"\\n\" starts a new line."),
            .optional("style", \.style, SpanStyle.form.form, "What differs from the text around it."),
        ])
}

extension Form<String> {
    /// The most bytes of UTF-8 of a text.
    static let longestText = 65_536

    /// The form of text that is shown.
    static var shownText: Form {
        text("text", limit: longestText).checked { text, report in
            for scalar in text.unicodeScalars where scalar.isUnshownControl {
                let code = String(scalar.value, radix: 16, uppercase: true)
                let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
                return report.add("the control character U+\(digits) cannot be shown; remove it")
            }
        }
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is a control character that neither starts a line nor moves along it.
    var isUnshownControl: Bool {
        properties.generalCategory == .control && self != "\n" && self != "\r" && self != "\t" && self != "\u{85}"
    }
}
