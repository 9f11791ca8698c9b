// SPDX-License-Identifier: Apache-2.0

/// A text.
///
/// Text is shown as it is written: no character of it is ever read as a command. Scripts are shaped, ordered and broken into
/// lines as Unicode has it, and emoji are in colour where an emoji font is installed. Its box is measured by the font and not by
/// its letters, so that another text in its place has the same baseline. A value type; safe to share between threads.
public struct TextClip: VisualClip {
    /// The text's parts, in order.
    public var spans: [TextSpan]
    /// The look of the text.
    public var style: TextStyle
    /// The placement in time and on the canvas; without a `duration` the clip lasts to the end of the timeline.
    ///
    /// Without a `size` the box is as large as the text.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a text in the middle of the canvas, by default to the end of the timeline.
    public init(_ text: String, duration: Duration? = nil, style: TextStyle = TextStyle()) {
        self.init(spans: [TextSpan(text)], duration: duration, style: style)
    }

    /// Creates a text of parts that look different.
    public init(spans: [TextSpan], duration: Duration? = nil, style: TextStyle = TextStyle()) {
        self.spans = spans
        self.style = style
        self.visual = Visual(duration: duration)
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .text(self) }

    /// The text of all parts.
    public var text: String { spans.map(\.text).joined() }

    /// Returns a copy of the clip with another look.
    public func style(_ style: TextStyle) -> TextClip { changed(self) { $0.style = style } }
}

extension TextClip: ClipKind {
    package static let form = ObjectForm.clip(
        "text", "A text.", usual: TextClip(spans: []),
        conditions: [
            .object([
                "oneOf": .array([
                    .object(["required": .array([.string("text")])]), .object(["required": .array([.string("spans")])]),
                ])
            ])
        ],
        [
            .optional(
                "text", \.plain, .shownText, unset: "given by `spans`",
                "The text, shown as it is; \"\\n\" starts a new line."),
            .only(
                "spans", \.parts,
                .list("an array of parts of a text", of: TextSpan.form.form, least: 1, most: 1000), isRequired: false,
                unset: "given by `text`", "The text in parts, each with a look of its own.",
                if: { $0.plain == nil }, otherwise: { _ in "a text is given by text or by spans; remove one of them" }),
            .visual(.optionalDuration, size: "as large as the text"),
            .optional("style", \.style, TextStyle.form.form, "The look of the text."),
        ],
        rules: { clip, report in
            if clip.spans.isEmpty { return report.add("missing; give the clip a text", at: .field("text")) }
            let bytes = clip.spans.reduce(0) { $0 + $1.text.utf8.count }
            let field: EditPath.Step = clip.plain == nil ? .field("spans") : .field("text")
            if clip.spans.count > 1000 { report.add("there are more than 1000 parts; use fewer", at: field) }
            if clip.spans.count > 1, bytes > Form<String>.longestText {
                report.add("is longer than \(Form<String>.longestText) bytes in all; shorten it", at: field)
            }
            if clip.spans.allSatisfy({ $0.text.allSatisfy(\.isWhitespace) }) {
                report.add("there is nothing to be seen of it; give the clip a text, or remove it", at: field)
            }
        })

    package var fillsBox: Bool { false }
    package var noun: String { "a text" }

    /// The text, if it is one part without a look of its own.
    private var plain: String? {
        get { spans.count == 1 && spans[0].style == SpanStyle() ? spans[0].text : nil }
        set { if let newValue { spans = [TextSpan(newValue)] } }
    }

    /// The parts, if they are more than a plain text.
    private var parts: [TextSpan]? {
        get { plain == nil && !spans.isEmpty ? spans : nil }
        set { if let newValue { spans = newValue } }
    }
}
