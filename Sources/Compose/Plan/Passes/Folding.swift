// SPDX-License-Identifier: Apache-2.0

/// The pass that finds what is the same in all frames of a span, so that it is composed once and held.
struct Folding {
    let frames: Range<Int>
    /// Returns whether a source shows the same picture in all of the frames.
    let isSteady: (_ source: Int) -> Bool

    init(frames: Range<Int>, isSteady: @escaping (_ source: Int) -> Bool) {
        self.frames = frames
        self.isSteady = isSteady
    }

    init(sources: [PlannedSource], frames: Range<Int>) {
        self.init(frames: frames) { sources[$0].isSteady(over: frames) }
    }

    /// Returns a composition with everything held that can be.
    func apply(to composition: Composition) -> Composition { held(folded(composition, isBelowHeld: false)) }

    /// Returns the composition with its operands folded, and whether it is the same in all frames itself.
    private func folded(_ composition: Composition, isBelowHeld: Bool) -> (Composition, isHeld: Bool) {
        switch composition {
        case .canvas, .clear: return (composition, true)
        case .below: return (composition, isBelowHeld)
        case .held(let inner): return folded(inner, isBelowHeld: isBelowHeld)
        case .full(let draw):
            let draw = folded(draw)
            return (.full(draw), draw.isHeld && draw.isAtRest(over: frames))
        case .over(let base, let draws):
            let (base, draws) = (folded(base, isBelowHeld: isBelowHeld), draws.map(folded))
            if base.isHeld, draws.allSatisfy({ $0.isHeld && $0.isAtRest(over: frames) }) {
                return (.over(base.0, draws), true)
            }
            return (.over(held(base), draws), false)
        case .merge(let from, let to, let mask):
            let (from, to) = (folded(from, isBelowHeld: isBelowHeld), folded(to, isBelowHeld: isBelowHeld))
            if from.isHeld, to.isHeld, isHeld(mask) { return (.merge(from: from.0, to: to.0, mask), true) }
            return (.merge(from: held(from), to: held(to), mask), false)
        case .effect(let inner, let effect):
            let inner = folded(inner, isBelowHeld: isBelowHeld)
            if inner.isHeld, effect.isConstant(over: frames) { return (.effect(inner.0, effect), true) }
            return (.effect(held(inner), effect), false)
        case .lifted(let inner, let base):
            let (inner, base) = (
                folded(inner, isBelowHeld: isBelowHeld), folded(base, isBelowHeld: isBelowHeld)
            )
            if inner.isHeld, base.isHeld { return (.lifted(inner.0, over: base.0), true) }
            return (.lifted(held(inner), over: held(base)), false)
        case .shared(let inner, let outer):
            let inner = folded(inner, isBelowHeld: isBelowHeld)
            let outer = folded(outer, isBelowHeld: inner.isHeld)
            if outer.isHeld { return (.shared(inner.0, in: outer.0), true) }
            return (.shared(held(inner), in: outer.0), false)
        }
    }

    private func held(_ folded: (Composition, isHeld: Bool)) -> Composition {
        switch folded.0 {
        case .over, .merge, .shared, .effect, .lifted: folded.isHeld ? .held(folded.0) : folded.0
        case .canvas, .clear, .full, .below, .held: folded.0
        }
    }

    private func folded(_ draw: Draw) -> Draw {
        changed(draw) {
            $0.isHeld =
                !draw.view.isMoving && draw.opacity.isConstant(over: frames)
                && (draw.tint?.amount.isConstant(over: frames) ?? true)
                && draw.reveals.allSatisfy { $0.amount.isConstant(over: frames) }
                && (draw.look?.value.isConstant(over: frames) ?? true) && draw.sources.allSatisfy(isSteady)
                && (draw.look?.value.mask?.picture.map { $0.frames.contains(frames) || !$0.frames.overlaps(frames) }
                    ?? true)
        }
    }

    private func isHeld(_ mask: Mask) -> Bool {
        if case .file(let source) = mask.map, !isSteady(source) { return false }
        return mask.amount.isConstant(over: frames)
    }
}
