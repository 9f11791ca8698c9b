// SPDX-License-Identifier: Apache-2.0

/// The passes over a span's tree, in order: each returns a cheaper tree with the same picture.
///
/// Pixel formats need no pass. Every source converts its pictures to the one working format as it opens them, and its
/// line of the plan says from what.
struct Passes {
    let sources: [PlannedSource]

    /// Returns a composition without what changes nothing, what is hidden, and what is shared for nothing.
    func simplified(_ composition: Composition, over frames: Range<Int>) -> Composition {
        Sharing().apply(to: Occlusion().apply(to: Identity(frames: frames).apply(to: composition)))
    }

    /// Whether a source's picture may change, so that a span may have to be split.
    var canSplit: Bool { sources.contains { !$0.source.isStill } }

    /// Returns a span's parts without the sources of which nothing is seen in them.
    func withoutBlanks(_ span: Span) -> [Span] {
        Blanks(sources: sources).apply(to: span).map {
            Span(frames: $0.frames, composition: simplified($0.composition, over: $0.frames))
        }
    }

    /// Returns a span's parts, in each of which more is the same than in the whole.
    func split(_ span: Span) -> [Span] { Splitting(sources: sources).apply(to: span) }

    /// Returns a span with everything held that is the same in all of its frames.
    ///
    /// It comes last, because spans with the same composition have become one by then.
    func held(_ span: Span) -> Span {
        Span(
            frames: span.frames,
            composition: Folding(sources: sources, frames: span.frames).apply(to: span.composition))
    }
}
