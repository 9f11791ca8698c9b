// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A clip made of other clips, which is planned as a timeline inside the timeline.
protocol PlannedArrangement: PlannedLayer, Arrangement {}

extension GroupClip: PlannedArrangement {}
extension GridClip: PlannedArrangement {}
extension SplitScreenClip: PlannedArrangement {}
extension PictureInPictureClip: PlannedArrangement {}

extension PlannedArrangement {
    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        let box = sources.box(of: visual)
        let visible = box.intersection(window.reach)
        guard !visible.isEmpty else { return [] }
        let timeline = timeline(in: box, sources.rate)
        let layout = layout(timeline, sources.media, at: sources.path, frameCount: frames.count)
        let source = GroupSource(Plan(timeline, layout, media: sources.media))
        let size = timeline.size
        let (left, top) = (Int(exactly: box.left), Int(exactly: box.top))
        let isWhole =
            box.width == Double(size.width) && box.height == Double(size.height) && left.map { $0 % 2 == 0 } == true
            && top.map { $0 % 2 == 0 } == true
        let view: View = isWhole ? .aligned(x: left ?? 0, y: top ?? 0) : .placed(box, copy: size)
        return [
            Draw(
                source: sources.index(of: source, start: frames.lowerBound), view: view, clip: visible,
                covers: !source.hasAlpha
                    && (!window.isAligned || (view == .aligned(x: 0, y: 0) && size == sources.canvas)))
        ]
    }

    /// Returns the timeline inside, whose canvas is the box in whole, even pixels.
    private func timeline(in box: Rectangle, _ rate: FrameRate) -> Timeline {
        func side(_ length: Double) -> Int { min(max(Int((length / 2).rounded(.up)) * 2, 2), 16384) }
        let size = PixelSize(width: side(box.width), height: side(box.height))
        return Timeline(
            size: size, frameRate: rate, background: background,
            tracks: tracks(width: Double(size.width), height: Double(size.height)))
    }

    /// Returns the layout of the timeline inside over the clip's frames; of all of it without.
    private func layout(
        _ timeline: Timeline, _ media: Media, at path: String, frameCount: Int? = nil
    ) -> TimelineLayout {
        TimelineLayout(timeline, media: media, in: path + ".", frameCount: frameCount, place: self.path)
    }

    /// Returns the layout of the clips inside, for what does not depend on their sizes.
    private func layout(_ media: Media, _ rate: FrameRate = 30, at path: String = "") -> TimelineLayout {
        let side = Rectangle(left: 0, top: 0, right: 2, bottom: 2)
        return layout(timeline(in: side, rate), media, at: path)
    }

    func mediaLength(_ media: Media) -> Duration? {
        let end = layout(media).tracks.map(\.end).max() ?? .zero
        return end > .zero ? end : nil
    }

    func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
        let box = SourceList(canvas: canvas, rate: 30, media: media).box(of: visual)
        let inside = timeline(in: box, 30)
        guard inside.size.isCanvas, Double(inside.size.width) >= box.width, Double(inside.size.height) >= box.height
        else {
            return [
                Problem(
                    path: path() + ".size",
                    message:
                        "the clips inside would be composed at \(shortest(box.width)) × \(shortest(box.height)) pixels, more than a canvas may have; make it smaller, and enlarge it by its scale"
                )
            ]
        }
        let layout = layout(inside, media, at: path())
        var problems = layout.mediaProblems(media)
        if problems.isEmpty { problems = layout.problemsInside(lasting: visual.duration ?? layout.length) }
        // A clip inside that should have a length and has none has a problem of its own.
        let isUnknown = clipsInside.contains { clip in
            guard case .ofMedia = clip.kind.placement.length else { return false }
            return clip.planned.mediaLength(media) == nil
        }
        if problems.isEmpty, !isUnknown, visual.duration == nil, layout.tracks.allSatisfy({ $0.end <= .zero }) {
            problems.append(
                Problem(
                    path: path(), message: "it has no length: add a clip with a duration inside, or give it one"))
        }
        return problems
    }

    func hasSound(_ media: Media) -> Bool {
        clipsInside.contains { $0.planned.placement.playsSound && $0.planned.hasSound(media) }
    }

    func timelineInside(_ place: SoundPlace, _ media: Media) -> TimelineLayout? {
        layout(media, place.clock.rate, at: place.path)
    }

    /// Returns the captions that the clips inside show, with times from the clip's start.
    func captions(_ media: Media) -> Captions? {
        let cues = layout(media).tracks.flatMap(\.clips).flatMap { placed -> [Captions.Cue] in
            (placed.clip.captions(media)?.cues ?? []).map { cue in
                changed(cue) {
                    $0.start += placed.start
                    $0.end = min($0.end + placed.start, placed.end ?? .seconds(24 * 3600))
                    $0.words = []
                }
            }
        }
        return cues.isEmpty ? nil : changed(Captions()) { $0.cues = cues.filter { $0.start < $0.end } }
    }
}

extension Plan {
    /// Creates the plan of the pictures of a timeline inside another one.
    init(_ timeline: Timeline, _ layout: TimelineLayout, media: Media) {
        var sources = SourceList(canvas: timeline.size, rate: timeline.frameRate, media: media)
        let builder = SpanBuilder(timeline, layout, sources: &sources)
        self.init(
            size: timeline.size, frameRate: timeline.frameRate, frameCount: layout.frameCount, output: Output(),
            folder: "", files: [], backgroundAlpha: Int(timeline.background.alpha), sources: sources.sources,
            sourcePaths: sources.paths, spans: builder.spans(Passes(sources: sources.sources)),
            audio: AudioPlan(buses: [], sampleCount: 0), segmentFrames: [0..<layout.frameCount], encoderThreads: 1,
            isEnd: true, origin: nil)
    }
}
