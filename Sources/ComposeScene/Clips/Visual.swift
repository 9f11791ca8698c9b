// SPDX-License-Identifier: Apache-2.0

/// The placement of a visible clip: its time, its box and its opacity.
///
/// A value type; safe to share between threads.
public struct Visual: Sendable, Hashable {
    /// The absolute start time on the timeline; `nil` means the end of the previous clip.
    public var start: Duration?
    /// How long the clip lasts, more than zero; `nil` where the clip's documentation allows it.
    public var duration: Duration?
    /// The box the content is fitted into; `nil` means the whole canvas.
    public var size: BoxSize?
    /// The position of the box's anchor on the canvas; `nil` means the middle.
    public var position: Position?
    /// The point of the box that `position` places.
    public var anchor: Anchor
    /// The opacity, 0 (transparent)…1 (opaque), constant or animated.
    public var opacity: Animated

    /// Creates a placement; by default over the whole canvas, after the previous clip.
    public init(
        start: Duration? = nil, duration: Duration? = nil, size: BoxSize? = nil, position: Position? = nil,
        anchor: Anchor = .center, opacity: Animated = 1
    ) {
        self.start = start
        self.duration = duration
        self.size = size
        self.position = position
        self.anchor = anchor
        self.opacity = opacity
    }
}

/// A clip that shows something.
///
/// Conforming types are values; safe to share between threads.
public protocol VisualClip: ClipValue {
    /// The placement in time and on the canvas.
    var visual: Visual { get set }
}

extension VisualClip {
    /// Returns a copy of the clip that starts at an absolute time.
    public func starting(at start: Duration) -> Self { changed(self) { $0.visual.start = start } }
    /// Returns a copy of the clip with a box of another size.
    public func size(width: Length, height: Length) -> Self {
        changed(self) { $0.visual.size = BoxSize(width: width, height: height) }
    }
    /// Returns a copy of the clip whose box has its `anchor` at a point of the canvas.
    public func position(x: Length, y: Length, anchor: Anchor = .center) -> Self {
        changed(self) {
            $0.visual.position = Position(x: x, y: y)
            $0.visual.anchor = anchor
        }
    }
    /// Returns a copy of the clip with another opacity, 0…1.
    public func opacity(_ opacity: Animated) -> Self { changed(self) { $0.visual.opacity = opacity } }
}

extension VisualClip {
    /// The placement of a clip that lasts to the end of the timeline unless it has a duration.
    package var placement: Placement {
        Placement(
            content: .picture, start: visual.start, length: visual.duration.map { .known($0) } ?? .toEndOfTimeline)
    }
}

extension Field where Root: VisualClip {
    /// Returns the fields of a visible clip, with its own `duration` field.
    ///
    /// `size` and `position` say what applies without them.
    static func visual(
        _ duration: Field<Visual>, size: String = "the whole canvas", position: String = "the middle of the canvas"
    ) -> Field {
        .group(
            \.visual,
            [
                .optional(
                    "start", \.start, .time, unset: "after the clip before",
                    "Absolute place on the timeline; not after a transition."),
                duration,
                .optional(
                    "size", \.size, BoxSize.form.form, unset: size, "The box that the clip fills."),
                .optional(
                    "position", \.position, Position.form.form, unset: position,
                    "Where the anchor lies, from the top left of the canvas."),
                .optional("anchor", \.anchor, .word("anchor"), "The point of the box that `position` places."),
                .optional("opacity", \.opacity, .animated(0...1), "0 is clear, 1 is solid."),
            ])
    }
}

extension Field<Visual> {
    /// The field for the duration of a clip that by default lasts to the end of the timeline.
    static var optionalDuration: Field {
        .optional("duration", \.duration, .length, unset: "to the end of the timeline", "How long it is shown.")
    }
}

/// Returns a changed copy of `value`.
package func changed<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var copy = value
    change(&copy)
    return copy
}
