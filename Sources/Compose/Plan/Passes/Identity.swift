// SPDX-License-Identifier: Apache-2.0

/// The pass that removes operations which change nothing in a range of frames.
///
/// These are: sources drawn with an opacity of 0, merges that show one picture alone, merges of a picture with
/// itself, and effects without effect. Opacities and progresses that do not change become constants.
struct Identity {
    let frames: Range<Int>

    func apply(to composition: Composition) -> Composition {
        switch composition {
        case .canvas, .clear, .full, .below: return composition
        case .effect(let inner, let effect):
            let inner = apply(to: inner)
            return effect.isIdentity(over: frames) ? inner : .effect(inner, effect.mapped(constant))
        case .lifted(let inner, let base):
            let inner = apply(to: inner)
            return inner == .clear ? apply(to: base) : .lifted(inner, over: apply(to: base))
        case .held(let inner): return .held(apply(to: inner))
        case .shared(let inner, let outer): return .shared(apply(to: inner), in: apply(to: outer))
        case .over(let base, let draws):
            return apply(to: base).painting(
                draws.compactMap { draw in
                    let opacity = constant(draw.opacity)
                    return opacity == .constant(0) ? nil : changed(draw) { $0.opacity = opacity }
                })
        case .merge(let from, let to, let mask):
            let amount = constant(mask.amount)
            if amount == .constant(0) { return apply(to: from) }
            if amount == .constant(1) { return apply(to: to) }
            let (from, to) = (apply(to: from), apply(to: to))
            return from == to ? from : .merge(from: from, to: to, changed(mask) { $0.amount = amount })
        }
    }

    private func constant(_ curve: Curve) -> Curve {
        if case .constant = curve { return curve }
        return curve.isConstant(over: frames) ? .constant(curve.value(at: frames.lowerBound)) : curve
    }
}
