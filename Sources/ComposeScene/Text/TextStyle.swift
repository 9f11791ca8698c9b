// SPDX-License-Identifier: Apache-2.0

/// The look of a text: that of its characters, and how they are set in lines.
///
/// The characters' properties are the style's own: `style.size` is `style.characters.size`. A value type; safe to share
/// between threads.
@dynamicMemberLookup
public struct TextStyle: Sendable, Hashable {
    /// The look of the characters; what is `nil` has its default.
    public var characters: CharacterStyle
    /// The distance of lines as a multiple of the font's size, 0.1…10; `nil` means the font's own.
    public var lineHeight: Double?
    /// How the lines lie side by side.
    public var align: Align
    /// Where the text lies in the clip's box, if that has a `size`; `nil` means the middle, and for captions the bottom.
    public var verticalAlign: VerticalAlign?
    /// The width at which lines are broken; `nil` means 90 % of the canvas, or the clip's box.
    public var maxWidth: Length?
    /// The most height; `nil` means the clip's box, or no limit.
    public var maxHeight: Length?
    /// The most lines, 1…1000; `nil` means any number.
    public var maxLines: Int?
    /// What happens to text that is too long.
    public var overflow: Overflow
    /// Shadows of the letters, the first one on top; at most eight.
    public var shadows: [TextShadow]
    /// A box behind the text; `nil` for none.
    public var background: TextBackground?

    /// How lines of text lie side by side.
    ///
    /// A value type; safe to share between threads.
    public enum Align: String, Sendable, Hashable, CaseIterable {
        /// Lines begin at the same edge: the left one, in scripts from right to left the right one.
        case start
        /// Lines have the same middle.
        case center
        /// Lines end at the same edge.
        case end
    }

    /// Where a text lies in its clip's box.
    ///
    /// A value type; safe to share between threads.
    public enum VerticalAlign: String, Sendable, Hashable, CaseIterable {
        /// At the box's top, in its middle, or at its bottom.
        case top, middle, bottom
    }

    /// What happens to text that is longer than its limits.
    ///
    /// A value type; safe to share between threads.
    public enum Overflow: String, Sendable, Hashable, CaseIterable {
        /// All of it is shown, and a check of the edit warns of it.
        case visible
        /// The last line that fits ends with an ellipsis.
        case ellipsis
        /// The letters become smaller until all of it fits.
        case shrink
    }

    /// Creates a style.
    public init(
        _ characters: CharacterStyle = CharacterStyle(), align: Align = .center, maxWidth: Length? = nil,
        background: TextBackground? = nil, shadows: [TextShadow] = []
    ) {
        self.characters = characters
        self.align = align
        self.maxWidth = maxWidth
        self.overflow = .visible
        self.background = background
        self.shadows = shadows
    }

    /// Creates a style of a font, its size and its colour.
    public init(
        font: String? = nil, size: Length? = nil, weight: Int? = nil, italic: Bool? = nil, color: Color? = nil,
        stroke: TextStroke? = nil, align: Align = .center, maxWidth: Length? = nil,
        background: TextBackground? = nil, shadows: [TextShadow] = []
    ) {
        self.init(
            CharacterStyle(font: font, size: size, weight: weight, italic: italic, color: color, stroke: stroke),
            align: align, maxWidth: maxWidth, background: background, shadows: shadows)
    }

    /// A property of the characters.
    public subscript<Value>(dynamicMember path: WritableKeyPath<CharacterStyle, Value>) -> Value {
        get { characters[keyPath: path] }
        set { characters[keyPath: path] = newValue }
    }
}

extension TextStyle {
    static let form = ObjectForm(
        "textStyle", "The look of a text.", usual: TextStyle(),
        [
            .group(\.characters, CharacterStyle.fields(isInherited: false)),
            .optional(
                "lineHeight", \.lineHeight, .number(0.1...10), unset: "the font's own",
                "The distance of lines, as a multiple of the size."),
            .optional("align", \.align, .word("alignment"), "How lines lie side by side."),
            .optional(
                "verticalAlign", \.verticalAlign, .word("vertical alignment"), unset: "`middle`; captions `bottom`",
                "Where the text lies in the clip's box, if that has a `size`."),
            .optional(
                "maxWidth", \.maxWidth, .side(.horizontal), unset: "the clip's box, or 90% of the canvas",
                "The width at which lines are broken."),
            .optional(
                "maxHeight", \.maxHeight, .side(.vertical), unset: "the clip's box, or no limit", "The most height."),
            .optional("maxLines", \.maxLines, .integer(1...1000), unset: "any number", "The most lines."),
            .optional(
                "overflow", \.overflow, .word("overflow"),
                "What happens to text beyond its limits: all of it is shown, it ends with an ellipsis, or it becomes smaller."
            ),
            .optional(
                "shadows", \.shadows,
                .list("an array of shadows", of: TextShadow.form.form, most: 8).checked {
                    if $0.count > 8 { $1.add("there are \($0.count); use at most 8") }
                }, "Shadows of the letters, the first one on top."),
            .optional(
                "background", \.background, TextBackground.form(ofPart: false).form, unset: "none",
                "A box behind the text."),
        ])
}
