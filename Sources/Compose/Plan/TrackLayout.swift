// SPDX-License-Identifier: Apache-2.0

/// A clip with its place in time settled.
struct PlacedClip {
    let clip: Clip
    let path: String
    let start: Duration
    /// `nil`: to the end of the timeline.
    let end: Duration?
    /// Transitions that begin or end here, as indices into the layout's transitions.
    var entry: Int?
    var exit: Int?
}

/// A transition with its place in time settled.
struct PlacedTransition {
    let transition: Transition
    let path: String
    /// Indices of the clips it joins.
    let from: Int
    let to: Int
    let start: Duration
    let end: Duration
}

/// Where the clips of a track lie in time: one after the other, unless they say `start`; a transition overlaps the clips
/// around it by its duration.
struct TrackLayout {
    private(set) var clips: [PlacedClip] = []
    private(set) var transitions: [PlacedTransition] = []
    /// When everything of known length has ended, gaps too.
    private(set) var end = Duration.zero

    /// Lays out a track whose values have been checked.
    ///
    /// `length` tells how long a sound without a duration lasts.
    init(_ track: Track, index: Int, length: (Audio) -> Duration?) {
        var cursor = Duration.zero
        var pending: (transition: Transition, path: String)?
        for (number, clip) in track.clips.enumerated() {
            let path = "tracks[\(index)].clips[\(number)]"
            switch clip {
            case .transition(let transition):
                pending = (transition, path)
                cursor -= transition.duration
                continue
            case .gap(let gap):
                cursor += gap.duration
                end = max(end, cursor)
                continue
            case .image(let image):
                place(clip, path, at: image.visual.start ?? cursor, lasting: image.visual.duration)
            case .color(let color):
                place(clip, path, at: color.visual.start ?? cursor, lasting: color.visual.duration)
            case .audio(let audio):
                place(clip, path, at: audio.start ?? cursor, lasting: audio.duration ?? length(audio))
            }
            let placed = clips[clips.count - 1]
            cursor = placed.end ?? placed.start
            if let known = placed.end { end = max(end, known) }
            if let joined = pending, clips.count >= 2 {
                transitions.append(
                    PlacedTransition(
                        transition: joined.transition, path: joined.path, from: clips.count - 2, to: clips.count - 1,
                        start: placed.start, end: placed.start + joined.transition.duration))
                clips[clips.count - 2].exit = transitions.count - 1
                clips[clips.count - 1].entry = transitions.count - 1
            }
            pending = nil
        }
    }

    private mutating func place(_ clip: Clip, _ path: String, at start: Duration, lasting duration: Duration?) {
        clips.append(PlacedClip(clip: clip, path: path, start: start, end: duration.map { start + $0 }))
    }

    /// Transitions that are longer than a clip whose length only its media told.
    var transitionProblems: [Problem] {
        transitions.flatMap { joint in
            [joint.from, joint.to].compactMap { index in
                let clip = clips[index]
                guard let end = clip.end, end - clip.start < joint.transition.duration else { return nil }
                return Problem(
                    path: joint.path + ".duration",
                    message:
                        "\(seconds(joint.transition.duration)) is longer than the clip beside it (\(clip.path), \(seconds(end - clip.start))); shorten it"
                )
            }
        }
    }
}
