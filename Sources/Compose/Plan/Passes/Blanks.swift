// SPDX-License-Identifier: Apache-2.0

/// The pass that leaves sources out where nothing of them is seen, as captions are between two cues.
struct Blanks {
    let sources: [PlannedSource]

    func apply(to span: Span) -> [Span] {
        var blanks: [Int: [Range<Int>]] = [:]
        for source in span.composition.sources {
            // A shorter stretch is not worth a span of its own.
            let found = sources[source].blanks(in: span.frames).filter { $0.count >= Splitting.shortest }
            if !found.isEmpty { blanks[source] = found }
        }
        guard !blanks.isEmpty else { return [span] }
        var cuts: Set<Int> = [span.frames.lowerBound, span.frames.upperBound]
        for blank in blanks.values.joined() { cuts.formUnion([blank.lowerBound, blank.upperBound]) }
        let borders = cuts.sorted()
        // Blanks and borders are in order, so each source's next blank is looked at alone.
        var next = blanks.mapValues { _ in 0 }
        return zip(borders, borders.dropFirst()).map { from, to in
            var hidden: Set<Int> = []
            for (source, list) in blanks {
                var index = next[source] ?? 0
                while index < list.count, list[index].upperBound <= from { index += 1 }
                next[source] = index
                if index < list.count, list[index].lowerBound <= from { hidden.insert(source) }
            }
            return Span(
                frames: from..<to, composition: hidden.isEmpty ? span.composition : span.composition.without(hidden))
        }
    }
}

extension Composition {
    /// Returns the composition without what is drawn of some sources.
    func without(_ hidden: Set<Int>) -> Composition {
        switch self {
        case .canvas, .clear, .full, .below: self
        case .held(let inner): .held(inner.without(hidden))
        case .effect(let inner, let effect): .effect(inner.without(hidden), effect)
        case .lifted(let inner, let base): .lifted(inner.without(hidden), over: base.without(hidden))
        case .shared(let inner, let outer): .shared(inner.without(hidden), in: outer.without(hidden))
        case .over(let base, let draws):
            base.without(hidden).painting(draws.filter { !hidden.contains($0.source) })
        case .merge(let from, let to, let mask): .merge(from: from.without(hidden), to: to.without(hidden), mask)
        }
    }
}
