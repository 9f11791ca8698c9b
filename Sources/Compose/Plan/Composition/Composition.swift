// SPDX-License-Identifier: Apache-2.0

package import Libav

/// The picture of a span as a tree of operations on sources.
///
/// Its value is always an opaque picture of the canvas's size, except within `lifted`.
package indirect enum Composition: Sendable, Hashable {
    /// A single colour.
    case canvas(YUVColor)
    /// A source that covers everything below it.
    case full(Draw)
    /// Sources drawn over a picture, in order.
    case over(Composition, [Draw])
    /// A transition from one picture to another.
    case merge(from: Composition, to: Composition, Mask)
    /// A change of a whole picture.
    case effect(Composition, CanvasEffect)
    /// A composition over `clear`, laid over another one according to what it covers.
    case lifted(Composition, over: Composition)
    /// Nothing, which only a composition that is lifted contains: black that covers nothing.
    case clear
    /// A composition that another one uses wherever it contains `below`, outside of an inner `shared`'s second operand;
    /// composed once per frame.
    case shared(Composition, in: Composition)
    /// The picture of the nearest enclosing `shared`.
    case below
    /// A composition that is the same in every frame of its span, composed once.
    ///
    /// The folding pass makes these; colours and single draws need none.
    case held(Composition)

    /// Returns the composition with sources drawn over it, in order.
    package func painting(_ draws: [Draw]) -> Composition {
        if draws.isEmpty { return self }
        if case .over(let lower, let painted) = self { return .over(lower, painted + draws) }
        return .over(self, draws)
    }

    /// Whether the picture is the same in every frame, as the folding pass found.
    package var isHeld: Bool {
        switch self {
        case .canvas, .clear, .held: true
        case .full(let draw): draw.isHeld
        case .over, .merge, .shared, .below, .effect, .lifted: false
        }
    }

    /// The sources drawn, in painting order.
    package var draws: [Draw] {
        switch self {
        case .canvas, .clear, .below: []
        case .held(let inner), .effect(let inner, _): inner.draws
        case .lifted(let inner, let base): base.draws + inner.draws
        case .shared(let inner, let outer): inner.draws + outer.draws
        case .full(let draw): [draw]
        case .over(let base, let draws): base.draws + draws
        case .merge(let from, let to, _): from.draws + to.draws
        }
    }

    /// The number of effects, of which those in pictures that are laid over others count twice.
    package var effects: Int {
        switch self {
        case .canvas, .clear, .full, .below: 0
        case .held(let inner): inner.effects
        case .effect(let inner, _): 1 + inner.effects
        case .lifted(let inner, let base): 2 * (1 + inner.effects) + base.effects
        case .shared(let inner, let outer): inner.effects + outer.effects
        case .over(let base, _): base.effects
        case .merge(let from, let to, _): from.effects + to.effects
        }
    }

    /// The source indices of grey maps from files.
    package var mapFiles: [Int] {
        switch self {
        case .canvas, .clear, .full, .below: return []
        case .held(let inner), .effect(let inner, _): return inner.mapFiles
        case .lifted(let inner, let base): return base.mapFiles + inner.mapFiles
        case .shared(let inner, let outer): return inner.mapFiles + outer.mapFiles
        case .over(let base, _): return base.mapFiles
        case .merge(let from, let to, let mask):
            let own: [Int] = if case .file(let index) = mask.map { [index] } else { [] }
            return from.mapFiles + to.mapFiles + own
        }
    }
}

/// A mask between two pictures: a threshold with a soft edge over a grey map.
package struct Mask: Sendable, Hashable {
    /// The order in which pixels change.
    package enum Map: Sendable, Hashable {
        /// All at once, as in a cross-fade.
        case flat
        /// A computed map.
        case shape(TransitionMap.Shape)
        /// A greyscale picture, by its index in the plan's sources.
        case file(Int)
    }

    package var map: Map
    /// The width of the edge as a fraction of the transition, 0…1.
    package var softness: Double
    /// The progress, 0…1.
    package var amount: Curve
}
