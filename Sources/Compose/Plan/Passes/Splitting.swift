// SPDX-License-Identifier: Apache-2.0

/// The pass that splits a span where a picture of its sources begins or ends that stays for a while.
///
/// If nothing else changes in the span, such a picture is then composed once, held, and encoded once.
struct Splitting {
    let sources: [PlannedSource]
    /// The shortest picture that is worth a span of its own, and holding, in frames: below it, the key frame that an encoder
    /// begins it with costs more than the repeats.
    static let shortest = 10

    func apply(to span: Span) -> [Span] {
        let changing = span.composition.sources.filter { !sources[$0].isSteady(over: span.frames) }
        guard !changing.isEmpty,
            Folding(frames: span.frames, isSteady: { _ in true }).apply(to: span.composition).isHeld
        else { return [span] }
        var cuts: Set<Int> = [span.frames.lowerBound, span.frames.upperBound]
        for source in changing {
            guard let changes = sources[source].changes(in: span.frames) else { return [span] }
            cuts.formUnion(changes)
        }
        let borders = cuts.sorted()
        var parts: [Range<Int>] = []
        var start = span.frames.lowerBound
        for (from, to) in zip(borders, borders.dropFirst()) where to - from >= Self.shortest {
            if start < from { parts.append(start..<from) }
            parts.append(from..<to)
            start = to
        }
        if start < span.frames.upperBound { parts.append(start..<span.frames.upperBound) }
        return parts.map { Span(frames: $0, composition: span.composition) }
    }
}
