// SPDX-License-Identifier: Apache-2.0

/// A bar that fills its box while time passes; it is full in the clip's last frame.
///
/// Its edge moves by fractions of a pixel. A value type; safe to share between threads.
public struct ProgressClip: VisualClip {
    /// The colour of the bar.
    public var color: Color
    /// The colour of the rest of the box; `nil` leaves it clear.
    public var background: Color?
    /// Where the bar grows to.
    public var direction: Transition.Direction
    /// How the bar gets to its end.
    public var easing: Easing
    /// The placement in time and on the canvas; without a `duration` the clip lasts to the end of the timeline.
    ///
    /// Without a `size` the box is as wide as the canvas and a hundredth of its height, and without a `position` it lies at the
    /// bottom.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a bar along the canvas's bottom edge, by default to the end of the timeline.
    public init(_ color: Color = .white, background: Color? = nil, duration: Duration? = nil) {
        self.color = color
        self.background = background
        self.direction = .right
        self.easing = .linear
        self.visual = Visual(duration: duration, anchor: .bottom)
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .progress(self) }
}

extension ProgressClip: ClipKind {
    package static let form = ObjectForm.clip(
        "progress", "A bar that fills its box while time passes.", usual: ProgressClip(),
        [
            .optional("color", \.color, .color, "The bar's colour."),
            .optional("background", \.background, .color, unset: "clear", "The colour of the rest of the box."),
            .optional("direction", \.direction, .word("direction"), "Where the bar grows to."),
            .optional("easing", \.easing, .easing, "How the bar gets to its end."),
            .visual(
                .optionalDuration, size: "as wide as the canvas, and 1% of its height",
                position: "the bottom of the canvas"),
        ])

    package var placesItself: Bool { true }
    package var noun: String { "a progress bar" }
}
