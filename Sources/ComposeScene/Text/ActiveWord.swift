// SPDX-License-Identifier: Apache-2.0

/// How a word of captions looks while it is spoken.
///
/// The lines are laid out as without it, so that no word moves when the next one is spoken. A value type; safe to share between
/// threads.
@dynamicMemberLookup
public struct ActiveWord: Sendable, Hashable {
    /// What differs from the captions' style.
    public var style: SpanStyle
    /// How much larger the word is drawn, about its own middle: 1…3.
    public var scale: Double
    /// How long the word takes to grow to its scale, with a small overshoot; zero for none, at most 1 s.
    public var pop: Duration
    /// Which words look like that.
    public var mode: Mode

    /// The words that look different.
    ///
    /// A value type; safe to share between threads.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The word that is being spoken, until the next one begins.
        case word
        /// All words of the cue that have been spoken, and the one that is.
        case spoken
        /// As `spoken`, and the word being spoken is filled from its start to its end, as in karaoke.
        case fill
    }

    /// Creates a look of the word that is spoken.
    public init(_ style: SpanStyle = SpanStyle(), scale: Double = 1, pop: Duration = .zero, mode: Mode = .word) {
        self.style = style
        self.scale = scale
        self.pop = pop
        self.mode = mode
    }

    /// Creates a look with another colour, and perhaps a box.
    public init(color: Color, background: TextBackground? = nil, scale: Double = 1, mode: Mode = .word) {
        self.init(SpanStyle(color: color, background: background), scale: scale, mode: mode)
    }

    /// A property of the characters.
    public subscript<Value>(dynamicMember path: WritableKeyPath<CharacterStyle, Value>) -> Value {
        get { style.characters[keyPath: path] }
        set { style.characters[keyPath: path] = newValue }
    }

    static let form = ObjectForm(
        "activeWord", "How a word looks while it is spoken.", usual: ActiveWord(),
        [
            .group(\.style, SpanStyle.fields),
            .optional("scale", \.scale, .number(1...3), "How much larger the word is drawn; no other word moves."),
            .optional(
                "pop", \.pop,
                .time.checked { pop, report in
                    if pop > .seconds(1) { report.add("\(seconds(pop)) is too long; use at most 1 s") }
                }, "How long it takes to grow to its scale."),
            .optional(
                "mode", \.mode, .word("mode"),
                "`word`: the word being spoken. `spoken`: also those before it. `fill`: the word is filled as it is spoken."
            ),
        ])
}
