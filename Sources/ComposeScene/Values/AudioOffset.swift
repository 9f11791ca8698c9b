// SPDX-License-Identifier: Apache-2.0

/// How far the ends of a video's sound are from the ends of its pictures, which it stays in step with.
///
/// Sound that begins before its pictures is a J cut, sound that ends after them an L cut. A value type; safe to share
/// between threads.
public struct AudioOffset: Sendable, Hashable {
    /// How much later than the pictures the sound begins; negative is earlier.
    public var start: Duration
    /// How much later than the pictures the sound ends; negative is earlier.
    public var end: Duration

    /// Creates an offset, by default none.
    public init(start: Duration = .zero, end: Duration = .zero) {
        self.start = start
        self.end = end
    }

    static let form = ObjectForm(
        "audioOffset", "How far the ends of the sound are from the ends of the pictures.", usual: AudioOffset(),
        [
            .optional(
                "start", \.start, .length(-3600...3600),
                "How much later the sound begins; negative is earlier, a J cut."),
            .optional(
                "end", \.end, .length(-3600...3600), "How much later the sound ends, an L cut; negative is earlier."),
        ])
}
