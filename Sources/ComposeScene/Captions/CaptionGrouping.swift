// SPDX-License-Identifier: Apache-2.0

/// How words are made into cues, for ``Captions/grouped(by:)``.
///
/// A value type; safe to share between threads.
public struct CaptionGrouping: Sendable, Hashable {
    /// The most words in a cue, at least 1; `nil` is no limit.
    public var mostWords: Int?
    /// The most characters in a line, at least 1; `nil` is no limit.
    ///
    /// A longer word has a line of its own.
    public var mostCharacters: Int?
    /// The most lines in a cue, at least 1.
    public var mostLines: Int
    /// The shortest silence between two words that ends a cue; `nil` is none.
    public var pause: Duration?
    /// The characters that end a cue when a word ends with them, brackets and quotation marks behind them included.
    public var punctuation: String
    /// How long a cue lasts at least, if the next one leaves the time.
    public var shortest: Duration
    /// How long the words of a cue last at most; `nil` is no limit.
    ///
    /// A longer word has a cue of its own.
    public var longest: Duration?
    /// The longest gap before the next cue that a cue is extended over.
    public var closedGap: Duration

    /// Creates a grouping.
    public init(
        mostWords: Int? = nil, mostCharacters: Int? = 42, mostLines: Int = 2, pause: Duration? = .seconds(1),
        punctuation: String = ".?!…。？！", shortest: Duration = .zero, longest: Duration? = .seconds(7),
        closedGap: Duration = .zero
    ) {
        self.mostWords = mostWords
        self.mostCharacters = mostCharacters
        self.mostLines = mostLines
        self.pause = pause
        self.punctuation = punctuation
        self.shortest = shortest
        self.longest = longest
        self.closedGap = closedGap
    }

    /// Subtitles: a sentence, or two lines of at most 42 characters and at most 7 s.
    public static let subtitles = CaptionGrouping(shortest: .milliseconds(800), closedGap: .milliseconds(120))
    /// A few words at a time in large letters: at most 4 in a line of 20 characters.
    public static let phrases = CaptionGrouping(
        mostWords: 4, mostCharacters: 20, mostLines: 1, pause: .milliseconds(500), punctuation: ".,;:?!…。、？！",
        longest: .seconds(3), closedGap: .milliseconds(500))
    /// A word at a time.
    public static let words = CaptionGrouping(
        mostWords: 1, mostCharacters: nil, mostLines: 1, closedGap: .milliseconds(300))
}
