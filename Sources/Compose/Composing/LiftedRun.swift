// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A run of a composition that is laid over others: as a layer, from its colours over black and what it covers.
final class LiftedRun {
    private let colours: SpanRun
    private let cover: SpanRun
    private unowned let composer: Composer
    private var joiner: FrameJoiner

    init(colours: SpanRun, cover: SpanRun, composer: Composer) throws(ComposeError) {
        self.colours = colours
        self.cover = cover
        self.composer = composer
        joiner = try composer.wrapped { () throws(LibavError) in try FrameJoiner(composer.canvas) }
    }

    func frame(at index: Int) throws(ComposeError) -> Frame {
        let (colours, cover) = (try colours.frame(at: index), try cover.frame(at: index))
        return try composer.wrapped { () throws(LibavError) in try joiner.join(colours, cover: cover) }
    }
}
