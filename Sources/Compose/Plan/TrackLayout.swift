// SPDX-License-Identifier: Apache-2.0

/// A clip with its times on the timeline.
struct PlacedClip {
    let clip: any PlannedClip
    let content: Placement.Content
    let playsSound: Bool
    let path: String
    let start: Duration
    /// The end of the clip; `nil` means the end of the timeline.
    let end: Duration?
    /// The indices in the layout of the transitions at the clip's start and end.
    var entry: Int?
    var exit: Int?

    /// Returns the problems of the clip that depend on its media.
    func mediaProblems(_ media: Media, on canvas: PixelSize) -> [Problem] {
        clip.mediaProblems(media, on: canvas) { path }
    }
}

/// A transition with its times on the timeline.
struct PlacedTransition {
    let transition: Transition
    let path: String
    /// The indices of the clips that it joins.
    let from: Int
    let to: Int
    let start: Duration
    let end: Duration
}

/// The times of the clips of a track.
///
/// Clips follow one another unless they have a `start`; a transition overlaps the clips around it by its duration.
struct TrackLayout {
    /// The track's place in the edit; ``id`` is the name that the edit gives it.
    let path: String
    let id: String?
    let duck: Duck?
    let effects: [SoundEffect]
    private(set) var clips: [PlacedClip] = []
    private(set) var transitions: [PlacedTransition] = []
    /// The end of the last clip or gap of known length.
    private(set) var end = Duration.zero

    /// Lays out a track whose values have been checked.
    ///
    /// `media` determines how long clips last whose length is that of their file.
    ///
    /// `prefix` is the path of the clip that it is in, with a full stop, and `place` where its clips are there.
    init(
        _ track: Track, index: Int, media: Media, in prefix: String = "",
        place: (_ track: Int, _ clip: Int) -> String = { "tracks[\($0)].clips[\($1)]" }
    ) {
        path = "\(prefix)tracks[\(index)]"
        id = track.id
        duck = track.duck
        effects = track.effects
        var cursor = Duration.zero
        var together: [Duration: Int] = [:]
        var pending: (transition: Transition, path: String)?
        for (number, clip) in track.clips.enumerated() {
            let path = prefix + place(index, number)
            if case .transition(let transition) = clip {
                pending = (transition, path)
                cursor -= transition.duration
                continue
            }
            let kind = track.decorated(clip.planned, sameStart: &together, start: cursor)
            let placement = kind.placement
            let duration: Duration? =
                switch placement.length {
                case .known(let duration, _), .overlap(let duration): duration
                case .ofMedia: kind.mediaLength(media)
                case .toEndOfTimeline: nil
                }
            guard let content = placement.content else {
                cursor += duration ?? .zero
                end = max(end, cursor)
                continue
            }
            let start = placement.start ?? cursor
            let placed = PlacedClip(
                clip: kind, content: content, playsSound: placement.playsSound, path: path, start: start,
                end: duration.map { start + $0 })
            clips.append(placed)
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

    /// The problems of transitions that are longer than a clip whose length is that of its file.
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

extension Track {
    /// Returns a clip with the track's entrance and exit, unless it has its own.
    ///
    /// Clips that start at the same time come one after the other, as far apart as the track's stagger says; `together` counts them.
    fileprivate func decorated(
        _ clip: any PlannedClip, sameStart together: inout [Duration: Int], start cursor: Duration
    ) -> any PlannedClip {
        guard enter != nil || exit != nil, var layer = clip as? any PlannedLayer else { return clip }
        let start = layer.visual.start ?? cursor
        let before = together[start, default: 0]
        together[start] = before + 1
        if layer.visual.enter == nil, var enter {
            enter.delay += stagger * before
            layer.visual.enter = enter
        }
        if layer.visual.exit == nil { layer.visual.exit = exit }
        return layer
    }
}
