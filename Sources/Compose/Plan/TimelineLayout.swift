// SPDX-License-Identifier: Apache-2.0

/// The times of all clips of a timeline, and what is wrong with them.
struct TimelineLayout {
    let tracks: [TrackLayout]
    /// The pictures of each track.
    let visible: [VisibleTrack]
    let canvas: PixelSize
    let clock: FrameClock
    /// The effects and the loudness of the whole sound.
    let effects: [SoundEffect]
    let loudness: Loudness
    /// The end of the last clip or gap of known length.
    let length: Duration
    let frameCount: Int

    /// Lays out a timeline whose values have been checked.
    ///
    /// A group's has the number of frames of the group, whose path is the `prefix`, with a full stop.
    init(
        _ timeline: Timeline, media: Media, in prefix: String = "", frameCount: Int? = nil,
        place: (_ track: Int, _ clip: Int) -> String = { "tracks[\($0)].clips[\($1)]" }
    ) {
        let clock = FrameClock(rate: timeline.frameRate)
        let tracks = timeline.tracks.enumerated().map {
            TrackLayout($1, index: $0, media: media, in: prefix, place: place)
        }
        let end = tracks.map(\.end).max() ?? .zero
        let length = frameCount.map { .seconds($0 * clock.rate.denominator) / clock.rate.numerator } ?? end
        let frameCount = frameCount ?? clock.frame(atOrAfter: end)
        visible = tracks.map { VisibleTrack($0, clock: clock, frameCount: frameCount) }
        canvas = timeline.size
        effects = timeline.effects
        loudness = timeline.loudness
        self.clock = clock
        self.tracks = tracks
        self.length = length
        self.frameCount = frameCount
    }

    /// Returns the problems of all clips that depend on their media.
    func mediaProblems(_ media: Media) -> [Problem] {
        tracks.flatMap { $0.clips.flatMap { $0.mediaProblems(media, on: canvas) } } + silentKeys(media)
            + tracks.flatMap { SoundEffect.problems($0.effects, at: $0.path + ".effects") }
            + SoundEffect.problems(effects, at: "effects")
    }

    /// The problems of sounds that are to become quieter under a track whose files have no sound.
    private func silentKeys(_ media: Media) -> [Problem] {
        let silent = tracks.filter { track in !track.clips.contains { $0.playsSound && $0.clip.hasSound(media) } }
        let ids = Set(silent.compactMap(\.id))
        return tracks.flatMap { track -> [Problem] in
            let ducks: [(String, Duck?)] = track.clips.map { ($0.path, $0.clip.duck) } + [(track.path, track.duck)]
            return ducks.compactMap { path, duck -> Problem? in
                guard let duck, ids.contains(duck.under) else { return nil }
                return Problem(
                    path: path + ".duck.under",
                    message:
                        "the files of the track \(quoted(duck.under)) have no sound to duck under; name another one")
            }
        }
    }

    /// Returns all problems of the times together.
    func problems(_ output: Output) -> [Problem] {
        var problems =
            tracks.flatMap(\.transitionProblems) + unseenClips + earlySounds + unorderedKeyframes(lasting: length)
        if frameCount <= 0 {
            problems.append(Problem(path: "tracks", message: "the timeline is empty: add a clip with a duration"))
        } else if length > .seconds(24 * 3600) {
            problems.append(
                Problem(
                    path: "tracks",
                    message:
                        "the timeline lasts \(seconds(length)), more than the limit of 24 hours; render it in parts"))
        } else {
            problems += lateChapters(output) + crowds
        }
        return problems
    }

    /// Returns the problems of the times of a timeline inside another one, that is as long as its group.
    func problemsInside(lasting length: Duration) -> [Problem] {
        tracks.flatMap(\.transitionProblems) + unseenClips + unorderedKeyframes(lasting: length) + crowds
    }

    /// Returns whether anything is heard.
    func hasSound(_ media: Media) -> Bool {
        tracks.contains { $0.clips.contains { $0.playsSound && $0.clip.hasSound(media) } }
    }

    /// The clips that are seen at the same time, in the order of their frames.
    var visibleClips: VisibleClips { VisibleClips(visible, frameCount: frameCount) }

    /// The most layers visible in one frame.
    ///
    /// Both limits are more than anyone needs, but low enough that no edit exhausts the host.
    private static let layersAtOnce = 500
    /// The most layers visible in all changes together.
    private static let layersInAll = 1_000_000

    /// The first place where more clips are seen than can be composed.
    private var crowds: [Problem] {
        var layers = 0
        for (frames, clips) in visibleClips {
            layers += clips.count
            if clips.count <= Self.layersAtOnce, layers <= Self.layersInAll { continue }
            return [
                Problem(
                    path: "tracks",
                    message:
                        "\(clips.count) clips are to be seen at once at frame \(frames.lowerBound), and \(layers) in all changes up to there; the most are \(Self.layersAtOnce) and \(Self.layersInAll): show fewer at a time"
                )
            ]
        }
        return []
    }

    /// Returns the problems of keyframes whose order depends on how long their clips are.
    private func unorderedKeyframes(lasting length: Duration) -> [Problem] {
        tracks.flatMap(\.clips).flatMap { clip in
            clip.clip.hasKeyframes
                ? clip.clip.keyframeProblems(over: (clip.end ?? length) - clip.start, at: clip.path) : []
        }
    }

    private func lateChapters(_ output: Output) -> [Problem] {
        output.chapters.enumerated().filter { $0.element.start >= length }.map { index, chapter in
            Problem(
                path: "output.chapters[\(index)].start",
                message: "\(seconds(chapter.start)) is not before the end of the timeline, which lasts "
                    + "\(seconds(length)); begin it earlier")
        }
    }

    /// The problems of sounds that begin before the timeline does.
    private var earlySounds: [Problem] {
        tracks.flatMap(\.clips).compactMap { clip in
            guard let offset = clip.clip.audioOffset, clip.start + offset.start < .zero else { return nil }
            return Problem(
                path: clip.path + ".audioOffset.start",
                message:
                    "\(seconds(offset.start)) begins the sound before the timeline: the clip is at \(seconds(clip.start))"
            )
        }
    }

    /// The problems of clips that begin and end between two frames.
    private var unseenClips: [Problem] {
        let frame = Duration.seconds(clock.rate.denominator) / clock.rate.numerator
        return tracks.flatMap(\.clips).filter { clip in
            guard clip.content == .picture, let end = clip.end else { return false }
            return clock.frame(atOrAfter: clip.start) >= clock.frame(atOrAfter: end)
        }.map { clip in
            Problem(
                path: clip.path + ".duration",
                message: "the clip falls between two frames and would never be seen; give it at least \(seconds(frame))"
            )
        }
    }
}
