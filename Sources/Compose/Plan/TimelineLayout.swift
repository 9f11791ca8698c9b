// SPDX-License-Identifier: Apache-2.0

/// The times of all clips of a timeline, and what is wrong with them.
struct TimelineLayout {
    let tracks: [TrackLayout]
    let clock: FrameClock
    /// The end of the last clip or gap of known length.
    let length: Duration
    let frameCount: Int

    /// Lays out a timeline whose values have been checked.
    init(_ timeline: Timeline, media: Media) {
        clock = FrameClock(rate: timeline.frameRate)
        tracks = timeline.tracks.enumerated().map { TrackLayout($1, index: $0, media: media) }
        length = tracks.map(\.end).max() ?? .zero
        frameCount = clock.frame(atOrAfter: length)
    }

    /// Returns all problems of the times together.
    func problems(_ output: Output) -> [Problem] {
        var problems = tracks.flatMap(\.transitionProblems) + unseenClips
        if frameCount <= 0 {
            problems.append(Problem(path: "tracks", message: "the timeline is empty: add a clip with a duration"))
        } else if length > .seconds(24 * 3600) {
            problems.append(
                Problem(
                    path: "tracks",
                    message:
                        "the timeline lasts \(seconds(length)), more than the limit of 24 hours; render it in parts"))
        } else {
            problems += lateChapters(output)
        }
        return problems
    }

    private func lateChapters(_ output: Output) -> [Problem] {
        output.chapters.enumerated().filter { $0.element.start >= length }.map { index, chapter in
            Problem(
                path: "output.chapters[\(index)].start",
                message: "\(seconds(chapter.start)) is not before the end of the timeline, which lasts "
                    + "\(seconds(length)); begin it earlier")
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
