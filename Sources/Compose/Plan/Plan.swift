// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A description of everything that a render does, which can be printed, compared and hashed.
///
/// A plan is made from the edit and the headers of its media files, without decoding them. A value type; safe to share
/// between threads.
public struct Plan: Sendable, Hashable {
    /// The size of the canvas in pixels.
    public let size: PixelSize
    /// Output frames per second.
    public let frameRate: FrameRate
    /// The number of frames.
    public let frameCount: Int
    /// The number of audio samples at 48 kHz, even if the edit has no sound.
    public var sampleCount: Int { audio.sampleCount }
    /// The container and the encoder settings of the output.
    public let output: Output
    /// The folder that paths in the edit are relative to.
    public internal(set) var folder: String

    /// The files that the plan opens, once for each use, with the first place that names them.
    ///
    /// The list is complete, and safety checks rely on it alone.
    public let files: [PlannedFile]

    /// The alpha of the background, 0…255; below 255 only if the output keeps transparency.
    package let backgroundAlpha: Int
    package let sources: [PlannedSource]
    /// The path of the first clip that uses each source.
    package internal(set) var sourcePaths: [String]
    package let spans: [Span]
    package var audio: AudioPlan
    /// The frame ranges of the segments.
    let segmentFrames: [Range<Int>]
    /// The number of threads of a CPU encoder: one if segments are encoded in parallel.
    ///
    /// It follows from the edit and never from the machine, because the output depends on it.
    let encoderThreads: Int
    /// Whether the last frame ends the timeline; false only for a part of a plan.
    let isEnd: Bool
    /// The input that the plan was made from; `nil` for a part of a plan.
    let origin: Origin?
    /// The tracks of captions in its file; none for a part of a plan.
    var captions: [PlannedCaptions] = []
    /// Where its videos are decoded; the pictures do not depend on it.
    var decoding = MediaDecoding.inProcess

    /// The complete input of a plan.
    struct Origin: Sendable, Hashable {
        /// The edit, with all output settings filled in.
        let edit: Edit
        let media: Media
    }

    /// The duration in seconds, as a number for JSON and for people.
    public var durationInSeconds: Double {
        Double(frameCount) * Double(frameRate.denominator) / Double(frameRate.numerator)
    }
    /// The exact duration.
    public var duration: Duration { .seconds(frameCount * frameRate.denominator) / frameRate.numerator }
    /// The number of spans.
    public var spanCount: Int { spans.count }
    /// The number of frames that need no composition because the previous picture is held.
    public var foldedFrameCount: Int {
        spans.reduce(0) { $0 + ($1.isHeld ? $1.frames.count - 1 : 0) }
    }
}

extension Plan {
    /// Creates the plan of an edit without problems, laid out with the properties of its media.
    init(_ edit: Edit, _ layout: TimelineLayout, media: Media, folder: String) throws(ComposeError) {
        let files = try PlannedFile.all(of: edit, media)
        let timeline = edit.timeline
        let frameCount = layout.frameCount
        var sources = SourceList(canvas: timeline.size, rate: timeline.frameRate, media: media)
        let builder = SpanBuilder(timeline, layout, sources: &sources)
        let segments =
            edit.output.hasSegments
            ? Segmentation(
                tracks: builder.borders, keyFrames: builder.keyFrames, frameCount: frameCount, rate: timeline.frameRate
            ).segments
            : [0..<frameCount]
        self.init(
            size: timeline.size, frameRate: timeline.frameRate, frameCount: frameCount, output: edit.output,
            folder: folder, files: files, backgroundAlpha: Int(timeline.background.alpha), sources: sources.sources,
            sourcePaths: sources.paths,
            spans: builder.spans(Passes(sources: sources.sources)),
            audio: AudioPlan(layout, media: media),
            segmentFrames: segments, encoderThreads: edit.output.threads(for: timeline.size, segments: segments.count),
            isEnd: true, origin: Origin(edit: edit, media: media))
        captions = PlannedCaptions.all(of: edit, layout, media)
    }

    /// Returns the path of a source's file, resolved against the plan's folder.
    package func path(of src: String) -> String { resolve(src, in: folder) }
}
