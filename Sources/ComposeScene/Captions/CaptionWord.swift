// SPDX-License-Identifier: Apache-2.0

/// A word of a cue, or another piece of its text, with its times.
///
/// A value type; safe to share between threads.
public struct CaptionWord: Sendable, Hashable, Codable {
    /// The text, which begins with the space or line break before the word, and has its punctuation.
    ///
    /// A piece without a space before it belongs to the word before, unless its script has no spaces.
    public var text: String
    /// When the word begins.
    public var start: Duration
    /// When the word ends; not before its start, and not after the next word's start.
    public var end: Duration

    /// Creates a word.
    public init(_ text: String, start: Duration, end: Duration) {
        self.text = text
        self.start = start
        self.end = end
    }
}
