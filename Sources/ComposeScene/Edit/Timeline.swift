// SPDX-License-Identifier: Apache-2.0

/// One thing on a track.
public indirect enum Clip: Sendable, Hashable {
    /// A still picture.
    case image(Image)
    /// A box of one colour.
    case color(ColorClip)
    /// Nothing, for a while.
    case gap(Gap)
    /// A sound.
    case audio(Audio)
    /// The way from the clip before to the clip after.
    case transition(Transition)
}

/// Clips that follow each other.
///
/// Later tracks paint over earlier ones.
public struct Track: Sendable, Hashable {
    /// A name of the user's own.
    public var id: String?
    /// The clips, in order.
    public var clips: [Clip]
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// A track of the given clips.
    public init(id: String? = nil, clips: [Clip]) {
        self.id = id
        self.clips = clips
    }

    /// A track written out clip by clip.
    public init(_ id: String? = nil, @ClipBuilder clips: () -> [Clip]) {
        self.init(id: id, clips: clips())
    }

    /// The same track with a transition between every two clips that touch; gaps and transitions that are there stay.
    public func joined(by style: Transition.Style, _ duration: Duration, easing: Easing = .linear) -> Track {
        var joined: [Clip] = []
        for clip in clips {
            if let last = joined.last, last.canBeJoined, clip.canBeJoined {
                joined.append(.transition(Transition(style, duration, easing: easing)))
            }
            joined.append(clip)
        }
        return changed(self) { $0.clips = joined }
    }
}

extension Clip {
    fileprivate var canBeJoined: Bool {
        switch self {
        case .image, .color, .audio: true
        case .gap, .transition: false
        }
    }
}

/// What is shown and heard, and when.
///
/// Painter's order: the background, then the tracks from first to last, then the clips of a track in order. Ranges are
/// half-open, and output frame `i` shows the timeline at the time `i / frameRate`.
public struct Timeline: Sendable, Hashable {
    /// The canvas, in pixels.
    ///
    /// Both sides are even: 4:2:0 video has no others.
    public var size: PixelSize
    /// Output frames per second.
    public var frameRate: FrameRate
    /// What shows where nothing else does.
    ///
    /// Solid, unless the output keeps transparency.
    public var background: Color
    /// The tracks, the lowest first.
    public var tracks: [Track]

    /// A timeline.
    public init(size: PixelSize, frameRate: FrameRate = 30, background: Color = .black, tracks: [Track] = []) {
        self.size = size
        self.frameRate = frameRate
        self.background = background
        self.tracks = tracks
    }
}

/// The document: a timeline, and the output that is wanted of it.
public struct Edit: Sendable, Hashable {
    /// What is shown and heard.
    public var timeline: Timeline
    /// How it is to be encoded.
    public var output: Output

    /// An edit of a timeline.
    public init(timeline: Timeline, output: Output = Output()) {
        self.timeline = timeline
        self.output = output
    }

    /// An edit written out track by track.
    public init(
        size: PixelSize, frameRate: FrameRate = 30, background: Color = .black, output: Output = Output(),
        @TrackBuilder tracks: () -> [Track]
    ) {
        self.init(
            timeline: Timeline(size: size, frameRate: frameRate, background: background, tracks: tracks()),
            output: output)
    }
}
