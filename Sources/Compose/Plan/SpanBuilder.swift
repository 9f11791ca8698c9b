// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A builder that cuts a timeline into spans and composes each.
///
/// It says what is painted, in painting order; ``Passes`` find out what of it need not be.
struct SpanBuilder {
    /// A visible clip, ready to be painted.
    private struct Item {
        let draws: [Draw]
        let opacity: Curve
        let frames: Range<Int>
        var entry: Int?
        var exit: Int?

        /// Whether it hides everything below it.
        var covers: Bool { opacity == .constant(1) && draws.contains { $0.covers && $0.opacity == .constant(1) } }
    }

    private struct Joint {
        let family: Transition.Family
        let map: Mask.Map?
        let softness: Double
        let ramp: Ramp
        /// The first frame of the second half.
        let middle: Int
        let from: Int
        let to: Int
    }

    private let canvas: PixelSize
    private let background: YUVColor
    private let layout: TimelineLayout
    private var items: [Item] = []
    private var joints: [Joint] = []
    /// The clips that are masks of others, and not painted, by their identifiers.
    private let masks: [String: VisibleTrack.Clip]
    /// The frames at which the timeline may be cut into segments, for each track.
    private(set) var borders: [[Segmentation.Border]] = []
    /// The frames of long clips at which a decoder that begins there has the least to decode, in order.
    private(set) var keyFrames: [Int] = []

    init(_ timeline: Timeline, _ layout: TimelineLayout, sources: inout SourceList) {
        canvas = timeline.size
        let color = timeline.background
        background = YUVColor(red: color.red, green: color.green, blue: color.blue)
        self.layout = layout
        masks = layout.visible.masks
        for track in layout.visible { add(track, sources: &sources) }
        keyFrames = Set(keyFrames).sorted()
    }

    private mutating func add(_ track: VisibleTrack, sources: inout SourceList) {
        let (firstItem, firstJoint) = (items.count, joints.count)
        for clip in track.clips {
            let (placed, frames) = (clip.placed, clip.frames)
            sources.path = placed.path
            let (layer, draws) = track.draws(of: clip, masks, &sources)
            // Only in clips of more than ten seconds are segments cut.
            if frames.count * layout.clock.rate.denominator > 10 * layout.clock.rate.numerator {
                for draw in draws { keyFrames += sources.sources[draw.source].keyFrames(in: frames) }
            }
            items.append(
                Item(
                    draws: draws, opacity: layer.opacity, frames: frames, entry: clip.entry.map { firstJoint + $0 },
                    exit: clip.exit.map { firstJoint + $0 }))
        }
        for visible in track.transitions {
            let transition = visible.placed.transition
            sources.path = visible.placed.path
            let map = map(of: transition.style, sources: &sources)
            joints.append(
                Joint(
                    family: transition.style.family, map: map,
                    softness: transition.softness ?? transition.style.ownSoftness ?? 0,
                    ramp: Ramp(frames: visible.frames, easing: transition.easing), middle: visible.middle,
                    from: firstItem + visible.from, to: firstItem + visible.to))
        }
        addBorders(items[firstItem...], sources: sources)
    }

    /// Adds the frames at which a track's clips end, or start to be visible without a transition.
    private mutating func addBorders(_ items: ArraySlice<Item>, sources: SourceList) {
        guard !items.isEmpty else { return }
        var marks: [Int: UInt64] = [:]
        for item in items {
            var mark = StableHash()
            mark.add(item.frames.count)
            for draw in item.draws { sources.sources[draw.source].source.mark(&mark) }
            let start = item.entry.map { joints[$0].ramp.frames.upperBound } ?? item.frames.lowerBound
            marks[start] = mark.value
            if marks[item.frames.upperBound] == nil { marks[item.frames.upperBound] = mark.value }
        }
        borders.append(marks.keys.sorted().map { Segmentation.Border(frame: $0, mark: marks[$0] ?? 0) })
    }

    private func map(of style: Transition.Style, sources: inout SourceList) -> Mask.Map? {
        switch style.family {
        case .fade: .flat
        case .edge(let shape, _): .shape(TransitionMap.Shape(shape))
        case .map: style.src.flatMap { sources.map($0) }.map(Mask.Map.file)
        case .through, .slide, .effect: nil
        }
    }

    /// Returns the spans, in order and without gaps, each made cheaper by the passes.
    func spans(_ passes: Passes) -> [Span] {
        var spans: [Span] = []
        for (frames, active) in layout.visibleClips {
            let composition = passes.simplified(compose(active, over: frames), over: frames)
            if let last = spans.last, last.composition == composition {
                spans[spans.count - 1] = Span(
                    frames: last.frames.lowerBound..<frames.upperBound, composition: composition)
            } else {
                spans.append(Span(frames: frames, composition: composition))
            }
        }
        if passes.canSplit { spans = spans.flatMap(passes.withoutBlanks).flatMap(passes.split) }
        for index in spans.indices { spans[index] = passes.held(spans[index]) }
        return spans
    }

    /// Returns the picture of a range of frames in painting order, without asking what is seen of it.
    private func compose(_ active: [Int], over frames: Range<Int>) -> Composition {
        var picture = Composition.canvas(background)
        var single: [Draw] = []  // added together: one by one, many layers would be copied again and again
        var done: Set<Int> = []
        for index in active where !done.contains(index) {
            let item = items[index]
            let exit = item.exit.flatMap { joints[$0].ramp.frames.overlaps(frames) ? joints[$0] : nil }
            if exit == nil, let draws = Self.layers(item.draws, item.opacity) {
                single += draws
                continue
            }
            picture = picture.painting(single)
            single = []
            if let exit {
                done.insert(exit.to)
                picture = join(exit, below: picture, over: frames)
            } else {
                picture = paint(item, on: picture)
            }
        }
        return picture.painting(single)
    }

    /// Returns draws of a clip with its opacity, or `nil` if that applies to the clip as a whole.
    ///
    /// It does where the clip has several draws, or one that fills the canvas.
    private static func layers(_ draws: [Draw], _ opacity: Curve) -> [Draw]? {
        if opacity == .constant(1) { return draws }
        // A shadow is not seen through its layer.
        guard draws.count == 1, !draws[0].covers, draws[0].look?.value.shadow == nil else { return nil }
        return [changed(draws[0]) { $0.opacity = opacity }]
    }

    /// Returns a composition with a clip's draws painted over `below`, each changed by `change`.
    private func paint(
        _ item: Item, on below: Composition, _ change: (inout Draw) -> Void = { _ in }
    ) -> Composition {
        let draws = item.draws.map { changed($0, change) }
        if let layers = Self.layers(draws, item.opacity) { return below.painting(layers) }
        return .shared(
            below,
            in: .merge(
                from: .below, to: Composition.below.painting(draws),
                Mask(map: .flat, softness: 0, amount: item.opacity)))
    }

    private func join(_ joint: Joint, below: Composition, over frames: Range<Int>) -> Composition {
        let (first, second) = (items[joint.from], items[joint.to])
        switch joint.family {
        case .through(let color):
            return through(
                YUVColor(red: color.red, green: color.green, blue: color.blue), joint, below: below, over: frames)
        case .slide(let movement, let direction):
            return slide(joint, movement, direction, first, second, below: below)
        case .effect(let effect):
            return self.effect(effect, joint, first, second, below: below)
        case .fade, .edge, .map:
            guard let map = joint.map else { return paint(second, on: below) }
            return .shared(
                below,
                in: .merge(
                    from: paint(first, on: .below), to: paint(second, on: .below),
                    Mask(map: map, softness: joint.softness, amount: .ramp(from: 0, to: 1, joint.ramp))))
        }
    }

    /// Returns a fade through a colour.
    ///
    /// The first half tints the first clip, the second half removes the tint from the second.
    private func through(
        _ color: YUVColor, _ joint: Joint, below: Composition, over frames: Range<Int>
    ) -> Composition {
        let isFirstHalf = frames.lowerBound < joint.middle
        let amount: Curve =
            isFirstHalf ? .ramp(from: 0, to: 2, joint.ramp) : .ramp(from: 2, to: 0, joint.ramp)
        return paint(items[isFirstHalf ? joint.from : joint.to], on: below) {
            $0.tint = Draw.Tint(color: color, amount: amount)
        }
    }

    /// Returns a transition that changes the whole picture of both clips, and nothing that is seen below them.
    private func effect(
        _ effect: Transition.Effect, _ joint: Joint, _ first: Item, _ second: Item, below: Composition
    ) -> Composition {
        // Over a single colour, and where the clips hide all that is below, no part of it can be seen to change.
        var base = below
        if case .canvas = below {} else { base = first.covers && second.covers ? .canvas(background) : .clear }
        let parts = EffectTransition(
            ramp: joint.ramp, canvas: canvas, edges: base == .clear ? .extended : .mirrored)
        let changed = parts.join(paint(first, on: base), paint(second, on: base), by: effect) { direction in
            slide(joint, .push, direction, first, second, below: base, bend: .smooth)
        }
        return base == .clear ? .lifted(changed, over: below) : changed
    }

    private func slide(
        _ joint: Joint, _ movement: Transition.Movement, _ direction: Transition.Direction, _ first: Item,
        _ second: Item, below: Composition, bend: Bend? = nil
    ) -> Composition {
        func way(from: Double, to: Double) -> Curve {
            bend.map { .bent(from: from, to: to, $0, joint.ramp) } ?? .ramp(from: from, to: to, joint.ramp)
        }
        let (signX, signY): (Double, Double) =
            switch direction {
            case .left: (-1, 0)
            case .right: (1, 0)
            case .up: (0, -1)
            case .down: (0, 1)
            }
        let (width, height) = (Double(canvas.width), Double(canvas.height))
        // `from` and `to` are fractions of the canvas: 1 is a whole canvas in the direction of travel.
        func shifted(_ item: Item, on below: Composition, from: Double, to: Double, bleed: Double = 0) -> Composition {
            paint(item, on: below) { draw in
                if draw.covers { draw.bleed = bleed }
                draw.covers = false
                if signX != 0 {
                    draw.shiftX = .adding([draw.shiftX, way(from: from * signX * width, to: to * signX * width)])
                } else {
                    draw.shiftY = .adding([draw.shiftY, way(from: from * signY * height, to: to * signY * height)])
                }
            }
        }
        switch movement {
        case .push:
            return shifted(second, on: shifted(first, on: below, from: 0, to: 1, bleed: 1), from: -1, to: 0)
        case .slide:
            return shifted(second, on: shifted(first, on: below, from: 0, to: 1.0 / 3), from: -1, to: 0)
        case .cover:
            return shifted(second, on: paint(first, on: below), from: -1, to: 0)
        case .reveal:
            return shifted(first, on: paint(second, on: below), from: 0, to: 1)
        }
    }
}
