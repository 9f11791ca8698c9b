// SPDX-License-Identifier: Apache-2.0

/// Clips side by side, or above one another.
///
/// A value type; safe to share between threads.
public struct SplitScreenClip: VisualClip {
    /// How clips are arranged.
    ///
    /// A value type; safe to share between threads.
    public enum Direction: String, Sendable, Hashable, CaseIterable, Codable {
        /// Side by side, from left to right.
        case row
        /// Above one another, from top to bottom.
        case column
    }

    /// Whether clips lie side by side or above one another.
    public var direction: Direction
    /// The share of each clip, 0.01…1000, relative to each other; empty for equal ones.
    public var shares: [Double]
    /// The space between clips, in pixels or percent of the box along the direction; 0…1000 pixels.
    public var gap: Length
    /// The clips in order, 1…50; sizes and positions count from their part of the box.
    public var clips: [Clip]
    /// The colour between and behind the clips.
    public var background: Color
    /// The placement in time and on the canvas; without a duration, it ends with the last clip inside.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a split screen over the whole canvas.
    public init(
        _ direction: Direction = .row, shares: [Double] = [], gap: Length = 0, background: Color = .clear,
        duration: Duration? = nil, @ClipBuilder clips: () -> [Clip]
    ) {
        self.direction = direction
        self.shares = shares
        self.gap = gap
        self.background = background
        self.visual = Visual(duration: duration)
        self.clips = clips()
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .splitScreen(self) }
}

extension SplitScreenClip: Arrangement {
    package static let form = ObjectForm.clip(
        "splitScreen", "Clips side by side, or above one another.", usual: SplitScreenClip {},
        [
            .optional("direction", \.direction, .word("direction"), "Side by side, or above one another."),
            .optional(
                "shares", \.shares, .list("an array of numbers", of: .number(0.01...1000), most: 50),
                "The share of each clip, relative to each other; without them, equal ones."),
            .optional("gap", \.gap, .distance(0...1000), "The space between clips, in pixels or percent of the box."),
            .required(
                "clips", \.clips, .list("an array of clips", of: .inside, least: 1, most: 50),
                "In order. Their sizes and positions count from their part of the box."),
            .visual(
                .optional(
                    "duration", \.duration, .length, unset: "to the end of the last clip inside",
                    "How long it is shown.")),
            .optional("background", \.background, .color, "The colour between and behind the clips."),
        ],
        rules: { split, report in
            report.arrangement(split.clips, at: "clips", hasDuration: split.visual.duration != nil)
            if split.clips.count > 50 {
                report.add("there are \(split.clips.count); use at most 50", at: .field("clips"))
            }
            if !split.shares.isEmpty, split.shares.count != split.clips.count {
                report.add(
                    "there are \(split.shares.count) shares for \(split.clips.count) clips; give one for each, or none",
                    at: .field("shares"))
            }
        })

    package func tracks(width: Double, height: Double) -> [Track] {
        let whole = direction == .row ? width : height
        let space = gap.resolved(of: whole)
        let shares = shares.count == clips.count ? shares : clips.map { _ in 1 }
        let unit = max(whole - Double(clips.count - 1) * space, 1) / max(shares.reduce(0, +), 0.01)
        var start = 0.0
        return zip(clips, shares).map { clip, share in
            let side = max(share * unit, 1)
            defer { start += side + space }
            return direction == .row
                ? placed(clip, left: start, top: 0, width: side, height: height)
                : placed(clip, left: 0, top: start, width: width, height: side)
        }
    }

    package func path(ofTrack track: Int, clip: Int) -> String { "clips[\(track)]" }
    package var placement: Placement { arrangedPlacement }
    package var noun: String { "a split screen" }
}
