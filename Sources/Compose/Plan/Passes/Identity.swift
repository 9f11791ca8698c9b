// SPDX-License-Identifier: Apache-2.0

/// The pass that removes operations which change nothing in a range of frames.
///
/// These are: sources drawn with an opacity of 0, merges that show one picture alone, and merges of a picture with
/// itself. Opacities and progresses that do not change become constants.
struct Identity {
    let frames: Range<Int>

    func apply(to composition: Composition) -> Composition {
        switch composition {
        case .canvas, .full, .below: return composition
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
