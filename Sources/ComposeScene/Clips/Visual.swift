// SPDX-License-Identifier: Apache-2.0

/// What every clip that shows something has in common: its place in time, its box and its opacity.
public struct Visual: Sendable, Hashable {
    /// Absolute start on the timeline; `nil` follows the clip before.
    public var start: Duration?
    /// How long the clip lasts; `nil` only where documented.
    public var duration: Duration?
    /// The box the picture is fitted into; `nil` is the whole canvas.
    public var size: BoxSize?
    /// Where the box's anchor lies; `nil` is the middle of the canvas.
    public var position: Position?
    /// The point of the box that `position` places.
    public var anchor: Anchor
    /// 0 (clear) … 1 (solid), constant or animated.
    public var opacity: Animated

    /// Creates the place of a clip that fills the canvas.
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

/// A clip with a picture; gives all of them the same modifiers.
public protocol VisualClip: ClipValue {
    /// Place in time and on the canvas.
    var visual: Visual { get set }
}

extension VisualClip {
    /// Returns the same clip, placed at an absolute time.
    public func starting(at start: Duration) -> Self { changed(self) { $0.visual.start = start } }
    /// Returns the same clip in a box of its own.
    public func size(width: Length, height: Length) -> Self {
        changed(self) { $0.visual.size = BoxSize(width: width, height: height) }
    }
    /// Returns the same clip with `anchor` of its box at a point of the canvas.
    public func position(x: Length, y: Length, anchor: Anchor = .center) -> Self {
        changed(self) {
            $0.visual.position = Position(x: x, y: y)
            $0.visual.anchor = anchor
        }
    }
    /// Returns the same clip at another opacity, 0…1.
    public func opacity(_ opacity: Animated) -> Self { changed(self) { $0.visual.opacity = opacity } }
}

extension VisualClip {
    /// The placement of a picture that lasts to the end of the timeline unless it has a duration.
    package var placement: Placement {
        Placement(
            content: .picture, start: visual.start, length: visual.duration.map { .known($0) } ?? .toEndOfTimeline)
    }
}

extension Field where Root: VisualClip {
    /// The fields of all visual clips, with the clip's own `duration`.
    static func visual(_ duration: Field<Visual>) -> Field {
        .group(
            \.visual,
            [
                .optional(
                    "start", \.start, .time, unset: "after the clip before",
                    "Absolute place on the timeline; not after a transition."),
                duration,
                .optional(
                    "size", \.size, BoxSize.form.form, unset: "the whole canvas", "The box that the clip fills."),
                .optional(
                    "position", \.position, Position.form.form, unset: "the middle of the canvas",
                    "Where the anchor lies, from the top left of the canvas."),
                .optional("anchor", \.anchor, .word("anchor"), "The point of the box that `position` places."),
                .optional("opacity", \.opacity, .animated(0...1), "0 is clear, 1 is solid."),
            ])
    }
}

extension Field<Visual> {
    /// The duration of a clip that otherwise lasts to the end of the timeline.
    static var optionalDuration: Field {
        .optional("duration", \.duration, .length, unset: "to the end of the timeline", "How long it is shown.")
    }
}

/// Returns a copy of `value` with a change.
package func changed<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var copy = value
    change(&copy)
    return copy
}
