// SPDX-License-Identifier: Apache-2.0

/// The placement and the look of a visible clip: its time, its box, its shape and its opacity.
///
/// They apply in this order: the content is cropped and fitted into the box; the box gets its corners and its border; the whole is
/// mirrored, scaled and turned about its anchor; its mask hides what it does not show; it casts its shadow; and its opacity applies to all of it. A value type; safe to
/// share between threads.
public struct Visual: Sendable, Hashable {
    /// The absolute start time on the timeline; `nil` means the end of the previous clip.
    public var start: Duration?
    /// How long the clip lasts, more than zero; `nil` where the clip's documentation allows it.
    public var duration: Duration?
    /// The box the content is fitted into; `nil` means the whole canvas.
    public var size: BoxSize?
    /// The position of the box's anchor on the canvas; `nil` means the middle.
    public var position: Animated<Position>?
    /// The point of the box that `position` places, and about which it is scaled and turned.
    public var anchor: Anchor
    /// The enlargement about the anchor, 0…100; 1 keeps the size.
    public var scale: Animated<Scale>
    /// The turn about the anchor in degrees clockwise, −360000…360000.
    public var rotation: Animated<Double>
    /// The axes along which it is mirrored, within its box.
    public var flip: Flip
    /// What is cut off the content.
    public var crop: Crop
    /// The radii of the box's corners.
    public var cornerRadius: Corners
    /// A line along the inside of the box's edge; `nil` for none.
    public var border: Border?
    /// A shadow on what lies below; `nil` for none.
    public var shadow: Shadow?
    /// What of it is shown; `nil` for all of it.
    public var mask: ClipMask?
    /// The opacity, 0 (transparent)…1 (opaque), constant or animated.
    public var opacity: Animated<Double>
    /// How its colours are mixed with those below it.
    public var blend: BlendMode
    /// The way in which it comes in; `nil` for a cut.
    public var enter: Entrance?
    /// The way in which it goes out; `nil` for a cut.
    public var exit: Entrance?

    /// Creates a placement; by default over the whole canvas, after the previous clip.
    public init(
        start: Duration? = nil, duration: Duration? = nil, size: BoxSize? = nil, position: Animated<Position>? = nil,
        anchor: Anchor = .center, opacity: Animated<Double> = 1
    ) {
        self.start = start
        self.duration = duration
        self.size = size
        self.position = position
        self.anchor = anchor
        self.opacity = opacity
        scale = 1
        rotation = 0
        flip = .none
        crop = Crop()
        cornerRadius = Corners()
        blend = .normal
    }
}

extension Visual {
    /// Whether it is a plain rectangle that keeps its place and comes and goes at once.
    package var isPlain: Bool {
        scale == 1 && rotation == 0 && flip == .none && crop == Crop() && cornerRadius == Corners() && border == nil
            && shadow == nil && mask == nil && blend == .normal && enter == nil && exit == nil
            && !(position?.isAnimated ?? false)
    }

    /// Whether any of it may have keyframes; only what is plain and has a steady opacity certainly has none.
    package var mayHaveKeyframes: Bool { opacity.isAnimated || !isPlain }
}

/// A clip that shows something.
///
/// Conforming types are values; safe to share between threads.
public protocol VisualClip: ClipValue {
    /// The placement in time and on the canvas, and the look.
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
        position(.constant(Position(x: x, y: y)), anchor: anchor)
    }
    /// Returns a copy of the clip whose box has its `anchor` at a point of the canvas that may move.
    public func position(_ position: Animated<Position>, anchor: Anchor = .center) -> Self {
        changed(self) {
            $0.visual.position = position
            $0.visual.anchor = anchor
        }
    }
    /// Returns a copy of the clip that is scaled about its anchor, 0…100.
    public func scale(_ scale: Animated<Scale>) -> Self { changed(self) { $0.visual.scale = scale } }
    /// Returns a copy of the clip that is turned about its anchor, in degrees clockwise.
    public func rotation(_ degrees: Animated<Double>) -> Self { changed(self) { $0.visual.rotation = degrees } }
    /// Returns a copy of the clip that is mirrored within its box.
    public func flip(_ flip: Flip) -> Self { changed(self) { $0.visual.flip = flip } }
    /// Returns a copy of the clip with its content's sides cut off.
    public func crop(_ crop: Crop) -> Self { changed(self) { $0.visual.crop = crop } }
    /// Returns a copy of the clip whose box has round corners.
    public func cornerRadius(_ corners: Corners) -> Self { changed(self) { $0.visual.cornerRadius = corners } }
    /// Returns a copy of the clip with a line along the inside of its box's edge.
    public func border(_ border: Border?) -> Self { changed(self) { $0.visual.border = border } }
    /// Returns a copy of the clip that casts a shadow.
    public func shadow(_ shadow: Shadow?) -> Self { changed(self) { $0.visual.shadow = shadow } }
    /// Returns a copy of the clip of which only a part is shown.
    public func mask(_ mask: ClipMask?) -> Self { changed(self) { $0.visual.mask = mask } }
    /// Returns a copy of the clip with another opacity, 0…1.
    public func opacity(_ opacity: Animated<Double>) -> Self { changed(self) { $0.visual.opacity = opacity } }
    /// Returns a copy of the clip whose colours are mixed with those below in another way.
    public func blend(_ blend: BlendMode) -> Self { changed(self) { $0.visual.blend = blend } }
    /// Returns a copy of the clip that comes in in a way.
    public func enter(_ style: Entrance.Style, _ duration: Duration? = nil, easing: Easing? = nil) -> Self {
        changed(self) { $0.visual.enter = Entrance(style, duration, easing: easing) }
    }
    /// Returns a copy of the clip that goes out in a way.
    public func exit(_ style: Entrance.Style, _ duration: Duration? = nil, easing: Easing? = nil) -> Self {
        changed(self) { $0.visual.exit = Entrance(style, duration, easing: easing) }
    }
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
                    "position", \.position, .animatedPosition, unset: position,
                    "Where the anchor lies, from the top left of the canvas."),
                .optional(
                    "anchor", \.anchor, .anchor,
                    "The point of the box that `position` places, and about which it is scaled and turned."),
                .optional("scale", \.scale, .animatedScale, "Enlargement about the anchor; 0 is invisible."),
                .optional("rotation", \.rotation, .animated(-360_000...360_000), "Degrees clockwise about the anchor."),
                .optional("flip", \.flip, .word("flip"), "The axes along which it is mirrored."),
                .optional("crop", \.crop, Crop.form.form, "What is cut off the content before it is fitted."),
                .optional("cornerRadius", \.cornerRadius, Corners.form, "The radii of the box's corners."),
                .optional("border", \.border, Border.form.form, unset: "none", "A line along the inside of its edge."),
                .optional("shadow", \.shadow, Shadow.form.form, unset: "none", "A shadow on what lies below."),
                .optional("mask", \.mask, ClipMask.form.form, unset: "all of it", "What of it is shown."),
                .optional("opacity", \.opacity, .animated(0...1), "0 is clear, 1 is solid."),
                .optional("blend", \.blend, .word("blend mode"), "How its colours are mixed with those below."),
                .optional("enter", \.enter, Entrance.form.form, unset: "a cut", "The way in which it comes in."),
                .optional("exit", \.exit, Entrance.form.form, unset: "a cut", "The way in which it goes out."),
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
