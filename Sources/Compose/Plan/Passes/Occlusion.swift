// SPDX-License-Identifier: Apache-2.0

/// The pass that removes what is hidden by a source that covers everything below it.
struct Occlusion {
    func apply(to composition: Composition) -> Composition {
        switch composition {
        case .canvas, .clear, .full, .below: return composition
        case .effect(let inner, let effect): return .effect(apply(to: inner), effect)
        case .lifted(let inner, let base): return .lifted(apply(to: inner), over: apply(to: base))
        case .held(let inner): return .held(apply(to: inner))
        case .over(let base, let draws):
            guard let last = draws.lastIndex(where: \.hidesWhatIsBelow) else {
                return .over(apply(to: base), draws)
            }
            return Composition.full(draws[last]).painting(Array(draws[(last + 1)...]))
        case .merge(let from, let to, let mask):
            return .merge(from: apply(to: from), to: apply(to: to), mask)
        case .shared(let inner, let outer):
            let outer = apply(to: outer)
            return outer.usesOfBelow == 0 ? outer : .shared(apply(to: inner), in: outer)
        }
    }
}

extension Draw {
    fileprivate var hidesWhatIsBelow: Bool { covers && opacity == .constant(1) }
}
