// SPDX-License-Identifier: Apache-2.0

/// A box of one colour.
public struct ColorClip: VisualClip {
    /// The colour.
    public var color: Color
    /// Place in time and on the canvas; without a `duration` it lasts to the end of the timeline.
    public var visual: Visual
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// Creates a colour over the whole canvas, to the end of the timeline unless `duration` says otherwise.
    public init(_ color: Color, duration: Duration? = nil) {
        self.color = color
        self.visual = Visual(duration: duration)
    }

    /// The clip that holds the colour.
    public var clip: Clip { .color(self) }
}

extension ColorClip: ClipKind {
    package static let form = ObjectForm.clip(
        "color", "A box of one colour.", usual: ColorClip(.black),
        [.required("color", \.color, .color, "The colour."), .visual(.optionalDuration)])

    package var noun: String { "a color" }
}
