// SPDX-License-Identifier: Apache-2.0

/// A clip with a smaller one over a corner of it.
///
/// A value type; safe to share between threads.
public struct PictureInPictureClip: VisualClip {
    /// The clip that fills the box.
    public var main: Clip
    /// The clip over the corner; its size and position count from its own box.
    public var inset: Clip
    /// The corner, or the edge, that the inset is next to.
    public var corner: Anchor
    /// The width of the inset's box, 1…100 percent of the box; its height is the same percentage of the box's.
    public var insetSize: Double
    /// The distance from the edges, 0…1000 pixels, or percent of the box's shorter side.
    public var margin: Length
    /// The placement in time and on the canvas; without a duration, it ends with the last clip inside.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a picture in a picture over the whole canvas.
    public init(
        _ main: some VisualClip, inset: some VisualClip, corner: Anchor = .bottomRight, insetSize: Double = 30,
        margin: Length = .percent(4), duration: Duration? = nil
    ) {
        self.init(main: main.clip, inset: inset.clip)
        self.corner = corner
        self.insetSize = insetSize
        self.margin = margin
        self.visual.duration = duration
    }

    private init(main: Clip, inset: Clip) {
        self.main = main
        self.inset = inset
        corner = .bottomRight
        insetSize = 30
        margin = .percent(4)
        visual = Visual()
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .pictureInPicture(self) }
}

extension PictureInPictureClip: Arrangement {
    package static let form = ObjectForm.clip(
        "pictureInPicture", "A clip with a smaller one over a corner of it.",
        usual: PictureInPictureClip(main: .gap(Gap(.zero)), inset: .gap(Gap(.zero))),
        [
            .required("main", \.main, .inside, "The clip that fills the box."),
            .required("inset", \.inset, .inside, "The clip over the corner."),
            .optional("corner", \.corner, .anchor, "Where the inset lies."),
            .optional(
                "insetSize", \.insetSize, .number(1...100), "The sides of the inset's box, in percent of the box's."),
            .optional(
                "margin", \.margin, .distance(0...1000),
                "The distance from the edges, in pixels or percent of the shorter side."),
            .visual(
                .optional(
                    "duration", \.duration, .length, unset: "to the end of the last clip inside",
                    "How long it is shown.")),
        ],
        rules: { clip, report in
            report.part(clip.main, at: .field("main"))
            report.part(clip.inset, at: .field("inset"))
            if clip.visual.duration == nil, !Track(clips: [clip.main, clip.inset]).lasts {
                report.add("it has no length: give one of its clips a duration", at: .field("main"))
            }
        })

    package var background: Color { .clear }

    package func tracks(width: Double, height: Double) -> [Track] {
        let space = margin.resolved(of: min(width, height))
        let (wide, high) = (max(insetSize / 100 * width, 1), max(insetSize / 100 * height, 1))
        let left = space + corner.x * (width - 2 * space - wide)
        let top = space + corner.y * (height - 2 * space - high)
        return [
            placed(main, left: 0, top: 0, width: width, height: height),
            placed(inset, left: left, top: top, width: wide, height: high),
        ]
    }

    package func path(ofTrack track: Int, clip: Int) -> String { track == 0 ? "main" : "inset" }
    package var placement: Placement { arrangedPlacement }
    package var noun: String { "a picture in a picture" }
}
