// SPDX-License-Identifier: Apache-2.0

/// The pass that puts a shared composition into its place where sharing saves nothing.
///
/// It saves nothing if the composition is used once, or costs nothing to make again.
struct Sharing {
    func apply(to composition: Composition) -> Composition {
        switch composition {
        case .canvas, .clear, .full, .below: return composition
        case .effect(let inner, let effect): return .effect(apply(to: inner), effect)
        case .lifted(let inner, let base): return .lifted(apply(to: inner), over: apply(to: base))
        case .held(let inner): return .held(apply(to: inner))
        case .over(let base, let draws): return apply(to: base).painting(draws)
        case .merge(let from, let to, let mask):
            return .merge(from: apply(to: from), to: apply(to: to), mask)
        case .shared(let inner, let outer):
            let (inner, outer) = (apply(to: inner), apply(to: outer))
            switch inner {
            case .canvas, .clear, .full, .below: return outer.replacingBelow(with: inner)
            case .over, .merge, .shared, .held, .effect, .lifted:
                return outer.usesOfBelow > 1 ? .shared(inner, in: outer) : outer.replacingBelow(with: inner)
            }
        }
    }
}

extension Composition {
    /// The number of places that use the picture of the enclosing `shared`.
    var usesOfBelow: Int {
        switch self {
        case .canvas, .clear, .full: 0
        case .below: 1
        case .held(let inner), .shared(let inner, in: _), .effect(let inner, _): inner.usesOfBelow
        case .lifted(let inner, let base): inner.usesOfBelow + base.usesOfBelow
        case .over(let base, _): base.usesOfBelow
        case .merge(let from, let to, _): from.usesOfBelow + to.usesOfBelow
        }
    }

    /// Returns the composition with another one in place of the picture of the enclosing `shared`.
    fileprivate func replacingBelow(with other: Composition) -> Composition {
        switch self {
        case .canvas, .clear, .full: self
        case .effect(let inner, let effect): .effect(inner.replacingBelow(with: other), effect)
        case .lifted(let inner, let base):
            .lifted(inner.replacingBelow(with: other), over: base.replacingBelow(with: other))
        case .below: other
        case .held(let inner): .held(inner.replacingBelow(with: other))
        case .shared(let inner, let outer): .shared(inner.replacingBelow(with: other), in: outer)
        case .over(let base, let draws): base.replacingBelow(with: other).painting(draws)
        case .merge(let from, let to, let mask):
            .merge(from: from.replacingBelow(with: other), to: to.replacingBelow(with: other), mask)
        }
    }
}
