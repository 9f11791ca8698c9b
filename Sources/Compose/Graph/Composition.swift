// SPDX-License-Identifier: Apache-2.0

package import Libav

/// What is to be seen over a span: operations on sources, as a tree.
///
/// Its value is always an opaque picture of the canvas's size.
package indirect enum Composition: Sendable, Hashable {
    /// One colour.
    case canvas(YUVColor)
    /// A source that hides everything below it.
    case full(Draw)
    /// Sources painted over a picture, in order.
    case over(Composition, [Draw])
    /// The way from one picture to another.
    case merge(from: Composition, to: Composition, Mask)
    /// A composition that stands in another wherever that says `below`: composed once a frame, however often it is shown.
    case shared(Composition, in: Composition)
    /// The picture of the nearest `shared` around this.
    case below

    /// Paints sources over the composition, in order.
    ///
    /// One that hides everything takes its place: what is hidden is never drawn.
    package func painting(_ draws: [Draw]) -> Composition {
        var base = self
        var visible = draws[...]
        if let last = draws.lastIndex(where: \.covers) {
            base = .full(draws[last])
            visible = draws[(last + 1)...]
        }
        if visible.isEmpty { return base }
        if case .over(let lower, let painted) = base { return .over(lower, painted + visible) }
        return .over(base, Array(visible))
    }

    /// Makes a composition that shows this one more than once.
    package func sharing(_ make: (Composition) -> Composition) -> Composition {
        switch self {
        case .canvas, .full, .below: make(self)
        case .over, .merge, .shared: .shared(self, in: make(.below))
        }
    }

    /// Whether every frame of the range is the same picture, so that one of them serves for all.
    ///
    /// `below` tells it of what stands for `below` here.
    package func isConstant(over frames: Range<Int>, below: Bool = false) -> Bool {
        switch self {
        case .canvas: true
        case .below: below
        case .full(let draw): draw.isConstant(over: frames)
        case .over(let base, let draws):
            base.isConstant(over: frames, below: below) && draws.allSatisfy { $0.isConstant(over: frames) }
        case .merge(let from, let to, let mask):
            mask.amount.isConstant(over: frames) && from.isConstant(over: frames, below: below)
                && to.isConstant(over: frames, below: below)
        case .shared(let inner, let outer):
            outer.isConstant(over: frames, below: inner.isConstant(over: frames, below: below))
        }
    }

    /// Every source that is drawn, in painting order.
    package var draws: [Draw] {
        switch self {
        case .canvas, .below: []
        case .shared(let inner, let outer): inner.draws + outer.draws
        case .full(let draw): [draw]
        case .over(let base, let draws): base.draws + draws
        case .merge(let from, let to, _): from.draws + to.draws
        }
    }

    /// Indices of the grey maps that are files.
    package var mapFiles: [Int] {
        switch self {
        case .canvas, .full, .below: return []
        case .shared(let inner, let outer): return inner.mapFiles + outer.mapFiles
        case .over(let base, _): return base.mapFiles
        case .merge(let from, let to, let mask):
            let own: [Int] = if case .file(let index) = mask.map { [index] } else { [] }
            return from.mapFiles + to.mapFiles + own
        }
    }
}

/// How one picture gives way to another: a threshold with a soft edge over a grey map.
package struct Mask: Sendable, Hashable {
    /// The order in which pixels change.
    package enum Map: Sendable, Hashable {
        /// All at once: a cross-fade.
        case flat
        /// A computed map.
        case shape(TransitionMap.Shape)
        /// A greyscale picture, as an index into the plan's sources.
        case file(Int)
    }

    package var map: Map
    /// Width of the edge, 0…1 of the way.
    package var softness: Double
    /// How far it has come, 0…1.
    package var amount: Curve
}
