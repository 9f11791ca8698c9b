// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Everything that will be done to render an edit: pure data, which can be printed, compared and hashed.
///
/// A plan is made from the edit and what its media files say of themselves; making it decodes nothing. Thread-safety: a value.
public struct Plan: Sendable, Hashable {
    /// The canvas.
    public let size: PixelSize
    /// Output frames per second.
    public let frameRate: FrameRate
    /// How many frames there will be.
    public let frameCount: Int
    /// How many samples of sound there will be at 48 kHz, whether or not anything sounds.
    public var sampleCount: Int { audio.sampleCount }
    /// How the result is to be encoded.
    public let output: Output
    /// The folder that paths are relative to.
    public let folder: String

    /// Every file the plan opens, once for each use, with the place that first names it.
    ///
    /// The list is complete: safety checks walk it and nothing else.
    public let files: [PlannedFile]

    /// How solid the background is, 0…255; below 255 only where the output keeps transparency.
    package let backgroundAlpha: Int
    package let sources: [PlannedSource]
    /// Where the edit first names each source.
    package let sourcePaths: [String]
    package let spans: [Span]
    package let audio: AudioPlan
    /// The frames of each segment.
    let segmentFrames: [Range<Int>]
    /// Threads an encoder on the CPU runs: one where segments are encoded side by side.
    ///
    /// Follows from the edit and never from the machine, since the result depends on it.
    let encoderThreads: Int
    /// Whether the timeline ends with the last frame, as it does unless this is a part of a plan.
    let isEnd: Bool
    /// What the plan was made from; a part of a plan has none.
    let origin: Origin?

    /// All that a plan follows from.
    struct Origin: Sendable, Hashable {
        /// The edit, with nothing left open about its output.
        let edit: Edit
        let media: Media
    }

    /// How long the video is in seconds, for JSON and for people.
    public var durationInSeconds: Double {
        Double(frameCount) * Double(frameRate.denominator) / Double(frameRate.numerator)
    }
    /// How long the video is, exactly.
    public var duration: Duration { .seconds(frameCount * frameRate.denominator) / frameRate.numerator }
    /// How many spans there are.
    public var spanCount: Int { spans.count }
    /// How many frames need no composition of their own, because the picture before them is held.
    public var foldedFrameCount: Int {
        spans.reduce(0) { $0 + ($1.isHeld ? $1.frames.count - 1 : 0) }
    }
}

extension Plan {
    /// Plans an edit whose values have been checked.
    init(_ edit: Edit, media: Media, folder: String) throws(ComposeError) {
        let files = try PlannedFile.all(of: edit, media)
        let timeline = edit.timeline
        let clock = FrameClock(rate: timeline.frameRate)
        let layouts = timeline.tracks.enumerated().map { index, track in
            TrackLayout(track, index: index, media: media)
        }
        let overlong = layouts.flatMap(\.transitionProblems)
        guard overlong.isEmpty else { throw ComposeError(.invalidEdit, problems: overlong) }
        let length = layouts.map(\.end).max() ?? .zero
        let frameCount = clock.frame(atOrAfter: length)
        guard frameCount > 0 else {
            throw ComposeError(.invalidEdit, path: "tracks", "the timeline is empty: add a clip with a duration")
        }
        guard length <= .seconds(24 * 3600) else {
            throw ComposeError(
                .invalidEdit, path: "tracks",
                "the timeline lasts \(seconds(length)), more than the 24 hours there may be; render it in parts")
        }
        let frameLength = Duration.seconds(clock.rate.denominator) / clock.rate.numerator
        for (index, chapter) in edit.output.chapters.enumerated() where chapter.start >= length {
            throw ComposeError(
                .invalidEdit, path: "output.chapters[\(index)].start",
                "\(seconds(chapter.start)) is not before the end of the timeline, which lasts \(seconds(length)); begin it earlier"
            )
        }
        let missed = layouts.flatMap { layout in
            layout.clips.filter { clip in
                guard clip.content == .picture, let end = clip.end else { return false }
                return clock.frame(atOrAfter: clip.start) >= clock.frame(atOrAfter: end)
            }
        }
        guard missed.isEmpty else {
            throw ComposeError(
                .invalidEdit,
                problems: missed.map {
                    Problem(
                        path: $0.path + ".duration",
                        message:
                            "the clip falls between two frames and would never be seen; give it at least \(seconds(frameLength))"
                    )
                })
        }
        var sources = SourceList(canvas: timeline.size, media: media)
        let builder = SpanBuilder(timeline, layouts: layouts, frameCount: frameCount, sources: &sources)
        let segments =
            edit.output.hasSegments
            ? Segmentation(tracks: builder.borders, frameCount: frameCount, rate: timeline.frameRate).segments
            : [0..<frameCount]
        self.init(
            size: timeline.size, frameRate: timeline.frameRate, frameCount: frameCount, output: edit.output,
            folder: folder, files: files, backgroundAlpha: Int(timeline.background.alpha), sources: sources.sources,
            sourcePaths: sources.paths,
            spans: try builder.spans(frameCount: frameCount),
            audio: AudioPlan(layouts: layouts, media: media, clock: clock, length: length, frameCount: frameCount),
            segmentFrames: segments, encoderThreads: edit.output.threads(for: timeline.size, segments: segments.count),
            isEnd: true, origin: Origin(edit: edit, media: media))
    }

    /// Where the source's file is.
    package func path(of src: String) -> String { resolve(src, in: folder) }
}
