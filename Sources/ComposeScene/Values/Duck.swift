// SPDX-License-Identifier: Apache-2.0

/// A sound that becomes quieter while another track is heard.
///
/// The other track is measured before it is ducked itself. A value type; safe to share between threads.
public struct Duck: Sendable, Hashable {
    /// The identifier of the track that is to be heard better.
    public var under: String
    /// The change of the level in decibels, −60…0.
    public var by: Double
    /// The level from which the other track counts as heard, in dBFS over 10 ms, −90…0.
    public var threshold: Double
    /// How long the level takes to fall; 0…5 s.
    public var attack: Duration
    /// How long the level takes to rise again; 0…10 s.
    public var release: Duration
    /// How long the level stays low after the other track was heard last; 0…10 s.
    public var hold: Duration
    /// How long before the other track is heard the level begins to fall; 0…2 s.
    public var lookAhead: Duration

    /// Creates ducking by 12 dB under another track.
    public init(under: String, by: Double = -12) {
        self.under = under
        self.by = by
        self.threshold = -40
        self.attack = .milliseconds(100)
        self.release = .milliseconds(600)
        self.hold = .milliseconds(300)
        self.lookAhead = .milliseconds(100)
    }

    static let form = ObjectForm(
        "duck", expected: "an object with the track to duck under", "Becoming quieter while another track is heard.",
        usual: Duck(under: ""),
        [
            .required(
                "under", \.under, .text.checked { id, report in report.trackToDuckUnder(id) },
                "The id of the track that is to be heard, beside this one or around it."),
            .optional("by", \.by, .number(-60...0), "The change of the level, in decibels."),
            .optional(
                "threshold", \.threshold, .number(-90...0),
                "The level from which that track is heard, in dBFS over 10 ms."),
            .optional("attack", \.attack, .length(0...5), "How long the level takes to fall."),
            .optional("release", \.release, .length(0...10), "How long it takes to rise again."),
            .optional("hold", \.hold, .length(0...10), "How long it stays low after that track was heard last."),
            .optional("lookAhead", \.lookAhead, .length(0...2), "How long before that track it begins to fall."),
        ])
}
