// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A run of one span: its composition as a small libavfilter graph, or no graph if a source is the picture.
///
/// Parts of the composition that are the same in every frame are composed once and then serve as sources.
final class SpanRun {
    /// The source of a graph input's frames.
    private enum Feed {
        case held(Frame)
        case full(Draw)
        case layer(LayerDrawer, overlay: FilterGraph.Node)
        case mask(Mask)
        case below(SharedRun)
        case painted(PaintedRun)
        case effect(EffectRun)
        case lifted(LiftedRun)
    }

    /// A composition used more than once, which is composed at its first use in a frame.
    private final class SharedRun {
        private let run: SpanRun
        private var last: (index: Int, frame: Frame)?

        init(_ run: SpanRun) { self.run = run }

        func frame(at index: Int) throws(ComposeError) -> Frame {
            if let last, last.index == index { return last.frame }
            let frame = try run.frame(at: index)
            last = (index, frame)
            return frame
        }
    }

    private unowned let composer: Composer
    private let frames: Range<Int>
    /// The frame at which what is held is composed: the first one, of those in the span, that is asked for.
    private let first: Int
    /// The run whose picture `below` denotes here.
    private var below: SharedRun?
    private var graph: FilterGraph?
    private var inputs: [(node: FilterGraph.Node, feed: Feed)] = []
    private var single: Feed?
    /// The feeds of a fade that is all there is, of which only one is needed where it shows one picture.
    private var fade: (from: Feed, to: Feed, mask: Mask)?
    /// The pictures of the current frame that several inputs show.
    private var shared: [Draw: Frame] = [:]

    /// Creates the run of a span whose frame `first` is asked for first.
    convenience init(_ span: Span, composer: Composer, at first: Int) throws(ComposeError) {
        try self.init(span.composition, over: span.frames, composer: composer, at: first, below: nil)
    }

    private init(
        _ composition: Composition, over frames: Range<Int>, composer: Composer, at first: Int, below: SharedRun?
    ) throws(ComposeError) {
        self.composer = composer
        self.below = below
        self.frames = frames
        self.first = first
        if let feed = try feed(composition) {
            single = feed
        } else {
            let graph = try composer.wrapped { () throws(LibavError) in try FilterGraph() }
            self.graph = graph
            let output = try assemble(composition, in: graph)
            if case .merge(_, _, let mask) = composition, mask.map == .flat, inputs.count == 3 {
                fade = (inputs[0].feed, inputs[1].feed, mask)
            }
            try composer.wrapped { () throws(LibavError) in
                try graph.configure(output: output, width: composer.canvas.width, height: composer.canvas.height)
            }
        }
    }

    /// Returns the finished picture of one of the span's frames.
    func frame(at index: Int) throws(ComposeError) -> Frame {
        shared = [:]
        if let single { return try picture(single, at: index) }
        if let fade {
            let amount = (fade.mask.amount.value(at: index) * 255).rounded()
            if amount <= 0 { return try picture(fade.from, at: index) }
            if amount >= 255 { return try picture(fade.to, at: index) }
        }
        guard let graph else { preconditionFailure("a span has a graph or a single source") }
        for (node, feed) in inputs {
            if case .layer(let drawer, let overlay) = feed, !drawer.draw.isAtRest(over: frames) {
                let (x, y) = drawer.position(at: index)
                try composer.wrapped { () throws(LibavError) in try graph.move(overlay, x: x, y: y) }
            }
            let picture = try picture(feed, at: index)
            try composer.wrapped { () throws(LibavError) in try graph.push(picture, to: node, at: index) }
        }
        return try composer.wrapped { () throws(LibavError) in try graph.pull() }
    }

    /// Returns the feed of a composition that needs no graph of its own; `nil` if it needs one.
    private func feed(_ composition: Composition) throws(ComposeError) -> Feed? {
        switch composition {
        case .canvas(let color): return .held(try composer.background(color))
        case .below:
            guard let below else { preconditionFailure("below stands only within a shared composition") }
            return .below(below)
        case .full(let draw): return draw.isHeld ? .held(try composer.full(draw, at: first)) : .full(draw)
        case .held(let inner):
            // Composed once, in a graph that is freed afterwards.
            let once = try SpanRun(inner, over: first..<first + 1, composer: composer, at: first, below: below)
            return .held(try once.frame(at: first))
        case .clear: return .held(try composer.flat(.black))
        case .effect(let inner, let effect):
            let run = try SpanRun(inner, over: frames, composer: composer, at: first, below: below)
            return .effect(try EffectRun(effect, of: run, composer: composer))
        case .over(let base, let draws): return try painted(base, draws)
        case .merge, .shared, .lifted: return nil
        }
    }

    /// Returns the feed of draws of which the last is turned, shaped or blended; `nil` if libavfilter lays it over.
    private func painted(_ base: Composition, _ draws: [Draw]) throws(ComposeError) -> Feed? {
        let count = draws.reversed().prefix { $0.look != nil }.count
        guard count > 0 else { return nil }
        let run = try SpanRun(
            base.painting(Array(draws.dropLast(count))), over: frames, composer: composer, at: first, below: below)
        let painters = draws.suffix(count).compactMap { draw in
            draw.look.map { composer.layerPainter(draw, $0.value) }
        }
        return .painted(PaintedRun(run, painters, composer: composer))
    }

    private func build(_ composition: Composition, in graph: FilterGraph) throws(ComposeError) -> FilterGraph.Node {
        if let feed = try feed(composition) { return try input(feed, in: graph) }
        return try assemble(composition, in: graph)
    }

    private func assemble(_ composition: Composition, in graph: FilterGraph) throws(ComposeError) -> FilterGraph.Node {
        switch composition {
        case .canvas, .clear, .full, .below, .held, .effect:
            preconditionFailure("a single source needs no graph")
        case .lifted(let inner, let base):
            let picture = try build(base, in: graph)
            let colours = try SpanRun(inner, over: frames, composer: composer, at: first, below: nil)
            let matte = try composer.coverComposer()
            let cover = try SpanRun(inner, over: frames, composer: matte, at: first, below: nil)
            let run = try LiftedRun(colours: colours, cover: cover, composer: composer)
            return try composer.wrapped { () throws(LibavError) in
                let node = try graph.input(.alpha, width: composer.canvas.width, height: composer.canvas.height)
                inputs.append((node, .lifted(run)))
                return try graph.overlay(node, over: picture, x: 0, y: 0)
            }
        case .shared(let inner, let outer):
            let outside = below
            defer { below = outside }
            below = SharedRun(
                try SpanRun(inner, over: frames, composer: composer, at: first, below: outside))
            return try build(outer, in: graph)
        case .over(let base, let draws):
            let painted = draws.lastIndex { $0.look != nil }.map { $0 + 1 } ?? 0
            var picture = try build(base.painting(Array(draws.prefix(painted))), in: graph)
            for draw in draws.dropFirst(painted) {
                let drawer = try composer.layerDrawer(draw, over: frames)
                let (x, y) = drawer.position(at: frames.lowerBound)
                picture = try composer.wrapped { () throws(LibavError) in
                    let node = try graph.input(.alpha, width: drawer.bounds.width, height: drawer.bounds.height)
                    let overlay = try graph.overlay(node, over: picture, x: x, y: y)
                    inputs.append((node, .layer(drawer, overlay: overlay)))
                    return overlay
                }
            }
            return picture
        case .merge(let from, let to, let mask):
            let (first, second) = (try build(from, in: graph), try build(to, in: graph))
            let third = try input(.mask(mask), in: graph)
            return try composer.wrapped { () throws(LibavError) in
                try graph.merge(from: first, to: second, mask: third)
            }
        }
    }

    private func input(_ feed: Feed, in graph: FilterGraph) throws(ComposeError) -> FilterGraph.Node {
        let node = try composer.wrapped { () throws(LibavError) in
            try graph.input(.opaque, width: composer.canvas.width, height: composer.canvas.height)
        }
        inputs.append((node, feed))
        return node
    }

    private func picture(_ feed: Feed, at index: Int) throws(ComposeError) -> Frame {
        switch feed {
        case .held(let frame): return frame
        case .layer(let drawer, _): return try composer.layer(drawer, at: index)
        case .mask(let mask): return try composer.mask(mask, at: index)
        case .below(let run): return try run.frame(at: index)
        case .painted(let run): return try run.frame(at: index)
        case .effect(let run): return try run.frame(at: index)
        case .lifted(let run): return try run.frame(at: index)
        case .full(let draw):
            if let made = shared[draw] { return made }
            let made = try composer.full(draw, at: index)
            if inputs.count > 3 { shared[draw] = made }  // three inputs or fewer never draw anything twice
            return made
        }
    }
}
