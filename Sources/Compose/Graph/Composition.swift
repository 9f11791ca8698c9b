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

    /// Paints a source over the composition.
    ///
    /// One that hides it takes its place: what is hidden is never drawn.
    package func painting(_ draw: Draw) -> Composition {
        if draw.covers { return .full(draw) }
        if case .over(let base, let draws) = self { return .over(base, draws + [draw]) }
        return .over(self, [draw])
    }

    /// Whether every frame of the range is the same picture, so that one of them serves for all.
    package func isConstant(over frames: Range<Int>) -> Bool {
        switch self {
        case .canvas: true
        case .full(let draw): draw.isConstant(over: frames)
        case .over(let base, let draws):
            base.isConstant(over: frames) && draws.allSatisfy { $0.isConstant(over: frames) }
        case .merge(let from, let to, let mask):
            mask.amount.isConstant(over: frames) && from.isConstant(over: frames) && to.isConstant(over: frames)
        }
    }

    /// Every source that is drawn, in painting order.
    package var draws: [Draw] {
        switch self {
        case .canvas: []
        case .full(let draw): [draw]
        case .over(let base, let draws): base.draws + draws
        case .merge(let from, let to, _): from.draws + to.draws
        }
    }

    /// Indices of the grey maps that are files.
    package var mapFiles: [Int] {
        switch self {
        case .canvas, .full: return []
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
