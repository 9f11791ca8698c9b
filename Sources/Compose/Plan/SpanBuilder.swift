// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A builder that cuts a timeline into spans and composes each.
struct SpanBuilder {
    /// A visible clip, ready to be painted.
    private struct Item {
        let draws: [Draw]
        let opacity: Curve
        let frames: Range<Int>
        let track: Int
        let order: Int
        var entry: Int?
        var exit: Int?
    }

    private struct Joint {
        let family: Transition.Family
        let map: Mask.Map?
        let softness: Double
        let ramp: Ramp
        let from: Int
        let to: Int
    }

    private let canvas: PixelSize
    private let background: YUVColor
    private var items: [Item] = []
    private var joints: [Joint] = []
    private var cuts: Set<Int> = []
    /// The frames at which the timeline may be cut into segments, for each track.
    private(set) var borders: [[Segmentation.Border]] = []

    init(_ timeline: Timeline, layouts: [TrackLayout], frameCount: Int, sources: inout SourceList) {
        canvas = timeline.size
        let color = timeline.background
        background = YUVColor(red: color.red, green: color.green, blue: color.blue)
        let clock = FrameClock(rate: timeline.frameRate)
        cuts = [0, frameCount]
        for (track, layout) in layouts.enumerated() {
            add(layout, track: track, clock: clock, frameCount: frameCount, sources: &sources)
        }
    }

    private mutating func add(
        _ layout: TrackLayout, track: Int, clock: FrameClock, frameCount: Int, sources: inout SourceList
    ) {
        var itemOfClip: [Int: Int] = [:]
        for (order, placed) in layout.clips.enumerated() where placed.content == .picture {
            let start = clock.frame(atOrAfter: placed.start)
            let end = placed.end.map { clock.frame(atOrAfter: $0) } ?? frameCount
            guard start < end else { continue }
            let frames = start..<end
            let slides = [placed.entry, placed.exit].contains { index in
                index.map { if case .slide = layout.transitions[$0].transition.style.family { true } else { false } }
                    ?? false
            }
            sources.path = placed.path
            let draws = placed.clip.draws(over: frames, slides: slides, &sources)
            let opacity: Curve =
                if case .constant(let value) = placed.clip.opacity { .constant(value) } else {
                    .keyframes(placed.clip.opacity, start: start, rate: clock.rate)
                }
            itemOfClip[order] = items.count
            items.append(Item(draws: draws, opacity: opacity, frames: frames, track: track, order: order))
            cut(frames)
        }
        for placed in layout.transitions {
            guard let from = itemOfClip[placed.from], let to = itemOfClip[placed.to] else { continue }
            let frames = clock.frame(atOrAfter: placed.start)..<clock.frame(atOrAfter: placed.end)
            guard !frames.isEmpty else { continue }
            let transition = placed.transition
            sources.path = placed.path
            let map = map(of: transition.style, sources: &sources)
            joints.append(
                Joint(
                    family: transition.style.family, map: map,
                    softness: transition.softness ?? transition.style.ownSoftness ?? 0,
                    ramp: Ramp(frames: frames, easing: transition.easing), from: from, to: to))
            items[from].exit = joints.count - 1
            items[to].entry = joints.count - 1
            cut(frames)
            if case .through = transition.style.family {
                cuts.insert(frames.lowerBound + (frames.count + 1) / 2)
            }
        }
        addBorders(items[(itemOfClip.values.min() ?? items.count)...], sources: sources)
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

    private mutating func cut(_ frames: Range<Int>) {
        cuts.insert(frames.lowerBound)
        cuts.insert(frames.upperBound)
    }

    private func map(of style: Transition.Style, sources: inout SourceList) -> Mask.Map? {
        switch style.family {
        case .fade: .flat
        case .edge(let shape, _): .shape(TransitionMap.Shape(shape))
        case .map: style.src.flatMap { sources.map($0) }.map(Mask.Map.file)
        case .through, .slide: nil
        }
    }

    /// The most layers visible in one frame.
    ///
    /// Both limits are more than anyone needs, but low enough that no edit exhausts the host.
    private static let layersAtOnce = 500
    /// The most layers visible in all spans together.
    private static let layersInAll = 1_000_000

    /// Returns the spans, in order and without gaps.
    func spans(frameCount: Int) throws(ComposeError) -> [Span] {
        let borders = cuts.filter { (0...frameCount).contains($0) }.sorted()
        let items = items  // a comparison that reaches into `self` copies all of it
        let starting = items.indices.sorted { items[$0].frames.lowerBound < items[$1].frames.lowerBound }
        var next = 0
        var active: [Int] = []
        var spans: [Span] = []
        var layers = 0
        for (from, to) in zip(borders, borders.dropFirst()) {
            active.removeAll { items[$0].frames.upperBound <= from }
            while next < starting.count, items[starting[next]].frames.lowerBound <= from {
                if items[starting[next]].frames.upperBound > from { active.append(starting[next]) }
                next += 1
            }
            if active.count > 1 {
                active.sort { (items[$0].track, items[$0].order) < (items[$1].track, items[$1].order) }
            }
            layers += active.count
            guard active.count <= Self.layersAtOnce, layers <= Self.layersInAll else {
                throw ComposeError(
                    .invalidEdit, path: "tracks",
                    "\(active.count) clips are to be seen at once at frame \(from), and \(layers) in all changes up to there; the most are \(Self.layersAtOnce) and \(Self.layersInAll): show fewer at a time"
                )
            }
            let composition = compose(active, over: from..<to)
            if let last = spans.last, last.composition == composition {
                spans[spans.count - 1] = Span(frames: last.frames.lowerBound..<to, composition: composition)
            } else {
                spans.append(Span(frames: from..<to, composition: composition))
            }
        }
        return spans
    }

    private func compose(_ active: [Int], over frames: Range<Int>) -> Composition {
        var picture = Composition.canvas(background)
        var plain: [Draw] = []  // painted together: one by one, many layers would be copied again and again
        var done: Set<Int> = []
        for index in active where !done.contains(index) {
            let item = items[index]
            let joined = item.exit.map { joints[$0].ramp.frames.overlaps(frames) } ?? false
            if !joined, item.opacity == .constant(1) {
                plain += item.draws
                continue
            }
            picture = picture.painting(plain)
            plain = []
            if let exit = item.exit, joints[exit].ramp.frames.overlaps(frames) {
                done.insert(joints[exit].to)
                picture = join(joints[exit], below: picture, over: frames)
            } else {
                picture = paint(item, on: picture, over: frames)
            }
        }
        return picture.painting(plain)
    }

    /// Returns a composition with a clip's draws painted over `below`, each changed by `change`.
    ///
    /// Opacity applies to the clip as a whole, so if it has several draws, or one that fills the canvas, the finished
    /// picture is mixed with the one below.
    private func paint(
        _ item: Item, on below: Composition, over frames: Range<Int>, _ change: (inout Draw) -> Void = { _ in }
    ) -> Composition {
        let draws = item.draws.map { changed($0, change) }
        if item.opacity.isConstant(over: frames) {
            let value = item.opacity.value(at: frames.lowerBound)
            if value == 0 { return below }
            if value == 1 { return below.painting(draws) }
        }
        let opacity: Curve =
            item.opacity.isConstant(over: frames)
            ? .constant(item.opacity.value(at: frames.lowerBound)) : item.opacity
        if draws.count == 1, !draws[0].covers {
            return below.painting([changed(draws[0]) { $0.opacity = opacity }])
        }
        return below.sharing { below in
            .merge(
                from: below, to: below.painting(draws), Mask(map: .flat, softness: 0, amount: opacity))
        }
    }

    private func join(_ joint: Joint, below: Composition, over frames: Range<Int>) -> Composition {
        let (first, second) = (items[joint.from], items[joint.to])
        switch joint.family {
        case .through(let color):
            return through(
                YUVColor(red: color.red, green: color.green, blue: color.blue), joint, below: below, over: frames)
        case .slide(let movement, let direction):
            return slide(joint, movement, direction, first, second, below: below, over: frames)
        case .fade, .edge, .map:
            guard let map = joint.map else { return paint(second, on: below, over: frames) }
            let amount = Curve.ramp(from: 0, to: 1, joint.ramp)
            return below.sharing { below in
                .merge(
                    from: paint(first, on: below, over: frames), to: paint(second, on: below, over: frames),
                    Mask(map: map, softness: joint.softness, amount: amount))
            }
        }
    }

    /// Returns a fade through a colour.
    ///
    /// The first half tints the first clip, the second half removes the tint from the second.
    private func through(
        _ color: YUVColor, _ joint: Joint, below: Composition, over frames: Range<Int>
    ) -> Composition {
        let all = joint.ramp.frames
        let isFirstHalf = frames.lowerBound < all.lowerBound + (all.count + 1) / 2
        let amount: Curve =
            isFirstHalf ? .ramp(from: 0, to: 2, joint.ramp) : .ramp(from: 2, to: 0, joint.ramp)
        return paint(items[isFirstHalf ? joint.from : joint.to], on: below, over: frames) {
            $0.tint = Draw.Tint(color: color, amount: amount)
        }
    }

    private func slide(
        _ joint: Joint, _ movement: Transition.Movement, _ direction: Transition.Direction, _ first: Item,
        _ second: Item, below: Composition,
        over frames: Range<Int>
    ) -> Composition {
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
            paint(item, on: below, over: frames) { draw in
                if draw.covers { draw.bleed = bleed }
                draw.covers = false
                if signX != 0 {
                    draw.shiftX = .ramp(from: from * signX * width, to: to * signX * width, joint.ramp)
                } else {
                    draw.shiftY = .ramp(from: from * signY * height, to: to * signY * height, joint.ramp)
                }
            }
        }
        switch movement {
        case .push:
            return shifted(second, on: shifted(first, on: below, from: 0, to: 1, bleed: 1), from: -1, to: 0)
        case .slide:
            return shifted(second, on: shifted(first, on: below, from: 0, to: 1.0 / 3), from: -1, to: 0)
        case .cover:
            return shifted(second, on: paint(first, on: below, over: frames), from: -1, to: 0)
        case .reveal:
            return shifted(first, on: paint(second, on: below, over: frames), from: 0, to: 1)
        }
    }
}
