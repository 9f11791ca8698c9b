// SPDX-License-Identifier: Apache-2.0

/// A rectangle of one colour.
///
/// A value type; safe to share between threads.
public struct ColorClip: VisualClip {
    /// The colour, constant or animated.
    public var color: Animated<Color>
    /// The placement in time and on the canvas; without a `duration` the clip lasts to the end of the timeline.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a colour over the whole canvas, by default to the end of the timeline.
    public init(_ color: Color, duration: Duration? = nil) { self.init(.constant(color), duration: duration) }

    /// Creates a colour that may change, over the whole canvas, by default to the end of the timeline.
    public init(_ color: Animated<Color>, duration: Duration? = nil) {
        self.color = color
        self.visual = Visual(duration: duration)
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .color(self) }
}

extension ColorClip: ClipKind {
    package static let form = ObjectForm.clip(
        "color", "A box of one colour.", usual: ColorClip(.black),
        [.required("color", \.color, .animatedColor, "The colour."), .visual(.optionalDuration)])

    package var noun: String { "a color" }
}
