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

    /// A clip that fills the canvas.
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

/// A still picture: JPEG, PNG, WebP, TIFF, BMP, or the first frame of a GIF.
public struct Image: Sendable, Hashable, VisualClip {
    /// The file, relative to the edit's folder.
    public var src: String
    /// Place in time and on the canvas; `duration` is required.
    public var visual: Visual
    /// How the picture fills its box.
    public var fit: Fit
    /// A move over the picture; `nil` holds it still.
    public var motion: Motion?
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// A picture shown for `duration`, covering the canvas.
    public init(_ src: String, duration: Duration, fit: Fit = .cover) {
        self.src = src
        self.visual = Visual(duration: duration)
        self.fit = fit
    }

    package init(src: String, visual: Visual, fit: Fit, motion: Motion?) {
        self.src = src
        self.visual = visual
        self.fit = fit
        self.motion = motion
    }

    /// The same clip, moving.
    public func motion(_ motion: Motion?) -> Image { changed(self) { $0.motion = motion } }
    /// The same clip, fitted otherwise.
    public func fit(_ fit: Fit) -> Image { changed(self) { $0.fit = fit } }
}

/// A box of one colour.
public struct ColorClip: Sendable, Hashable, VisualClip {
    /// The colour.
    public var color: Color
    /// Place in time and on the canvas; without a `duration` it lasts to the end of the timeline.
    public var visual: Visual
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// A colour over the whole canvas, to the end of the timeline unless `duration` says otherwise.
    public init(_ color: Color, duration: Duration? = nil) {
        self.color = color
        self.visual = Visual(duration: duration)
    }
}

/// A stretch of a track with nothing in it.
public struct Gap: Sendable, Hashable {
    /// How long nothing is shown.
    public var duration: Duration
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// Nothing for `duration`.
    public init(_ duration: Duration) { self.duration = duration }
}

/// A sound file, or a part of one.
public struct Audio: Sendable, Hashable {
    /// The file, relative to the edit's folder.
    public var src: String
    /// Absolute start on the timeline; `nil` follows the clip before.
    public var start: Duration?
    /// How long it sounds; `nil` is to the end of its source, or of the timeline when looped.
    public var duration: Duration?
    /// The part of the file to use, in the file's own time; `nil` is all of it.
    public var source: SourceRange?
    /// Whether the part starts again when it ends.
    ///
    /// Repeats join at the exact sample.
    public var loop: Bool
    /// Linear gain, at least 0; 1 leaves the level as it is.
    public var volume: Animated
    /// Length of the ramp from silence at the start.
    public var fadeIn: Duration
    /// Length of the ramp to silence at the end.
    public var fadeOut: Duration
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// A sound from its start to its end.
    public init(_ src: String, duration: Duration? = nil) {
        self.src = src
        self.duration = duration
        self.loop = false
        self.volume = 1
        self.fadeIn = .zero
        self.fadeOut = .zero
    }

    /// The same clip, placed at an absolute time.
    public func starting(at start: Duration) -> Audio { changed(self) { $0.start = start } }
    /// The same clip, starting again whenever it ends.
    public func looping(_ loop: Bool = true) -> Audio { changed(self) { $0.loop = loop } }
    /// The same clip at another linear gain.
    public func volume(_ volume: Animated) -> Audio { changed(self) { $0.volume = volume } }
    /// The same clip, rising from silence.
    public func fadeIn(_ duration: Duration) -> Audio { changed(self) { $0.fadeIn = duration } }
    /// The same clip, falling to silence.
    public func fadeOut(_ duration: Duration) -> Audio { changed(self) { $0.fadeOut = duration } }
    /// Only a part of the file: from `start`, for `duration` or to its end.
    public func trimmed(from start: Duration, duration: Duration? = nil) -> Audio {
        changed(self) { $0.source = SourceRange(start: start, duration: duration) }
    }
    /// The same clip with a name of the user's own.
    public func id(_ id: String?) -> Audio { changed(self) { $0.id = id } }
}

/// A part of a media file, in the file's own time.
public struct SourceRange: Sendable, Hashable {
    /// Where the part begins.
    public var start: Duration
    /// How long it is; `nil` is to the end of the file.
    public var duration: Duration?

    /// A part of a media file.
    public init(start: Duration = .zero, duration: Duration? = nil) {
        self.start = start
        self.duration = duration
    }
}

/// A clip with a picture; gives all of them the same modifiers.
public protocol VisualClip: Sendable {
    /// Place in time and on the canvas.
    var visual: Visual { get set }
    /// A name of the user's own, kept on round trip.
    var id: String? { get set }
}

extension VisualClip {
    /// The same clip, placed at an absolute time.
    public func starting(at start: Duration) -> Self { changed(self) { $0.visual.start = start } }
    /// The same clip in a box of its own.
    public func size(width: Length, height: Length) -> Self {
        changed(self) { $0.visual.size = BoxSize(width: width, height: height) }
    }
    /// The same clip with `anchor` of its box at a point of the canvas.
    public func position(x: Length, y: Length, anchor: Anchor = .center) -> Self {
        changed(self) {
            $0.visual.position = Position(x: x, y: y)
            $0.visual.anchor = anchor
        }
    }
    /// The same clip at another opacity, 0…1.
    public func opacity(_ opacity: Animated) -> Self { changed(self) { $0.visual.opacity = opacity } }
    /// The same clip with a name of the user's own.
    public func id(_ id: String?) -> Self { changed(self) { $0.id = id } }
}

/// A copy of `value` with a change.
func changed<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var copy = value
    change(&copy)
    return copy
}
