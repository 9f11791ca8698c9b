// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A run of a composition that is laid over others: as a layer, from its colours over black and what it covers.
final class LiftedRun {
    private let colours: SpanRun
    private let cover: SpanRun
    private let pool: FramePool
    private unowned let composer: Composer
    private var last: (colours: Frame, cover: Frame, joined: Frame)?

    init(colours: SpanRun, cover: SpanRun, composer: Composer) throws(ComposeError) {
        self.colours = colours
        self.cover = cover
        self.composer = composer
        pool = try composer.wrapped { () throws(LibavError) in
            try FramePool(.alpha, width: composer.canvas.width, height: composer.canvas.height)
        }
    }

    func frame(at index: Int) throws(ComposeError) -> Frame {
        let (colours, cover) = (try colours.frame(at: index), try cover.frame(at: index))
        if let last, last.colours === colours, last.cover === cover { return last.joined }  // a held picture
        let joined = try composer.wrapped { () throws(LibavError) in
            let frame = try pool.frame()
            frame.join(colours, matte: cover)
            return frame
        }
        last = (colours, cover, joined)
        return joined
    }
}
