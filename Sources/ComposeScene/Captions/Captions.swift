// SPDX-License-Identifier: Apache-2.0

/// Captions: what is said or written in a video, and when.
///
/// They are read from subtitle files and from the results of speech recognisers, and written as such. A value type; safe
/// to share between threads.
public struct Captions: Sendable, Hashable, Codable {
    /// The cues; those that were read are ordered by their start times, and may overlap.
    public var cues: [Cue]
    /// The language as the file names it, such as `en`; `nil` if it does not.
    public var language: String?
    /// What was left out or corrected when the captions were read, in the file's order.
    public var warnings: [Warning]

    /// Creates captions from cues.
    public init(cues: [Cue] = [], language: String? = nil, warnings: [Warning] = []) {
        self.cues = cues
        self.language = language
        self.warnings = warnings
    }

    /// A text that is shown for a time.
    ///
    /// A value type; safe to share between threads.
    public struct Cue: Sendable, Hashable, Codable {
        /// When the text appears.
        public var start: Duration
        /// When the text disappears, after its start.
        public var end: Duration
        /// The text in pieces of one appearance each; line breaks are `\n`.
        public var runs: [CaptionRun]
        /// The words with their times, in order; empty if they are not known.
        ///
        /// Joined, they are the cue's ``text``: each word begins with the space or the line break before it. What is
        /// written in other ways is written as text without times.
        public var words: [CaptionWord]
        /// Who speaks.
        public var speaker: String?
        /// Where the text is shown; `nil` leaves it to who shows it.
        public var placement: CaptionPlacement?
        /// The cue's name in a WebVTT file.
        public var id: String?
        /// The name of the cue's style in an ASS file.
        public var style: String?
        /// The cue's language if it differs from that of the captions.
        public var language: String?

        /// Creates a cue.
        public init(
            start: Duration, end: Duration, runs: [CaptionRun], words: [CaptionWord] = [], speaker: String? = nil,
            placement: CaptionPlacement? = nil, id: String? = nil, style: String? = nil, language: String? = nil
        ) {
            self.start = start
            self.end = end
            self.runs = runs
            self.words = words
            self.speaker = speaker
            self.placement = placement
            self.id = id
            self.style = style
            self.language = language
        }

        /// Creates a cue of plain text.
        public init(start: Duration, end: Duration, text: String, speaker: String? = nil) {
            self.init(start: start, end: end, runs: text.isEmpty ? [] : [CaptionRun(text)], speaker: speaker)
        }

        /// Creates a cue of words, which lasts from the first one's start to the last one's end.
        public init(words: [CaptionWord], speaker: String? = nil) {
            let text = words.map(\.text).joined()
            self.init(
                start: words.first?.start ?? .zero, end: words.map(\.end).max() ?? .zero,
                runs: text.isEmpty ? [] : [CaptionRun(text)], words: words, speaker: speaker)
        }

        /// The text without its appearance.
        public var text: String { runs.count == 1 ? runs[0].text : runs.map(\.text).joined() }
    }

    /// Something in a file that was left out or corrected.
    ///
    /// A value type; safe to share between threads.
    public struct Warning: Sendable, Hashable, Codable, CustomStringConvertible {
        /// The line, from 1.
        public var line: Int
        /// The column in the line, counted in Unicode scalars from 1.
        public var column: Int
        /// What was found, and what was done about it.
        public var message: String

        /// Creates a warning.
        public init(line: Int, column: Int, message: String) {
            self.line = line
            self.column = column
            self.message = message
        }

        /// The warning with its place: `line 3, column 1: …`.
        public var description: String { "line \(line), column \(column): \(message)" }
    }
}

extension Captions {
    /// The size of the largest file that is read, in bytes.
    public static let largestFile = 64 << 20
    /// The largest number of cues in a file.
    public static let mostCues = 100_000
    /// The largest number of words in a recogniser's result, which are those of a hundred hours.
    public static let mostWords = 1_000_000
    /// The size of the longest text of a cue, in bytes of UTF-8.
    public static let longestText = 64 << 10
}
