// SPDX-License-Identifier: Apache-2.0

/// The clips of a track that show a picture, with the frames in which they are seen.
struct VisibleTrack {
    struct Clip {
        let placed: PlacedClip
        let frames: Range<Int>
        /// The indices in ``transitions`` of those at the clip's start and end.
        fileprivate(set) var entry: Int?
        fileprivate(set) var exit: Int?
    }

    struct Transition {
        let placed: PlacedTransition
        let frames: Range<Int>
        /// The indices in ``clips`` of the clips that it joins.
        let from: Int
        let to: Int

        /// The frame at which a transition in two halves starts its second one.
        var middle: Int { frames.lowerBound + (frames.count + 1) / 2 }
    }

    /// The clips, the bottom one first.
    private(set) var clips: [Clip] = []
    private(set) var transitions: [Transition] = []

    init(_ layout: TrackLayout, clock: FrameClock, frameCount: Int) {
        var indices: [Int: Int] = [:]
        for (order, placed) in layout.clips.enumerated() where placed.content == .picture {
            let start = clock.frame(atOrAfter: placed.start)
            let end = placed.end.map { clock.frame(atOrAfter: $0) } ?? frameCount
            guard start < end else { continue }
            indices[order] = clips.count
            clips.append(Clip(placed: placed, frames: start..<end))
        }
        for placed in layout.transitions {
            guard let from = indices[placed.from], let to = indices[placed.to] else { continue }
            let frames = clock.frame(atOrAfter: placed.start)..<clock.frame(atOrAfter: placed.end)
            guard !frames.isEmpty else { continue }
            clips[from].exit = transitions.count
            clips[to].entry = transitions.count
            transitions.append(Transition(placed: placed, frames: frames, from: from, to: to))
        }
    }

    /// Returns whether a clip comes or goes by moving.
    private func slides(_ clip: Clip) -> Bool {
        [clip.entry, clip.exit].contains { index in
            index.map { transitions[$0].placed.transition.style.family.movesClips } ?? false
        }
    }

    /// Returns a clip's layer and what it draws, and adds its pictures to the sources.
    ///
    /// `masks` are the clips that are masks of others, by their identifiers; nothing is drawn of them.
    func draws(
        of clip: Clip, _ masks: [String: Clip], _ sources: inout SourceList
    ) -> (layer: LayerPlan, draws: [Draw]) {
        let curves = ClipCurves(clip.frames, sources.rate, sources.canvas)
        var layer = clip.placed.clip.layerPlan(curves, slides: slides(clip), sources)
        if let id = clip.placed.clip.id, masks[id] != nil { return (layer, []) }
        let draws = clip.placed.clip.draws(over: clip.frames, in: layer.window, &sources)
        if let visible = clip.placed.clip as? any PlannedLayer, let mask = visible.visual.mask {
            if let mask = sources.mask(
                mask, box: layer.box, hasPlainEdges: layer.look?.hasPlainEdges ?? true, over: clip.frames, masks)
            {
                layer.add(mask)
            }
        }
        return (layer, layer.applied(to: draws, curves))
    }

    /// The frames at which what is seen of the track changes.
    var cuts: [Int] {
        clips.flatMap { [$0.frames.lowerBound, $0.frames.upperBound] }
            + transitions.flatMap { transition in
                let ends = [transition.frames.lowerBound, transition.frames.upperBound]
                if case .through = transition.placed.transition.style.family { return ends + [transition.middle] }
                return ends
            }
    }
}

extension [VisibleTrack] {
    /// The clips that are masks of others, by their identifiers.
    var masks: [String: VisibleTrack.Clip] {
        let clips = flatMap(\.clips)
        let wanted = Set(clips.compactMap { ($0.placed.clip as? any PlannedLayer)?.visual.mask?.clip })
        if wanted.isEmpty { return [:] }
        return Dictionary(
            clips.compactMap { clip in clip.placed.clip.id.flatMap { wanted.contains($0) ? ($0, clip) : nil } }
        ) { first, _ in first }
    }
}

/// The ranges of frames in which the same clips are seen, in order and without gaps.
///
/// Each comes with the clips' indices in painting order, counted over all tracks.
struct VisibleClips: Sequence, IteratorProtocol {
    private let clips: [Range<Int>]
    private let starting: [Int]
    private let borders: [Int]
    private var border = 0
    private var started = 0
    private var active: [Int] = []

    init(_ tracks: [VisibleTrack], frameCount: Int) {
        let clips = tracks.flatMap { $0.clips.map(\.frames) }
        self.clips = clips
        starting = clips.indices.sorted { clips[$0].lowerBound < clips[$1].lowerBound }
        borders = Set(tracks.flatMap(\.cuts) + [0, frameCount]).filter { (0...frameCount).contains($0) }.sorted()
    }

    mutating func next() -> (frames: Range<Int>, clips: [Int])? {
        guard border + 1 < borders.count else { return nil }
        let frames = borders[border]..<borders[border + 1]
        border += 1
        active.removeAll { clips[$0].upperBound <= frames.lowerBound }
        while started < starting.count, clips[starting[started]].lowerBound <= frames.lowerBound {
            if clips[starting[started]].upperBound > frames.lowerBound { active.append(starting[started]) }
            started += 1
        }
        if active.count > 1 { active.sort() }
        return (frames, active)
    }
}
