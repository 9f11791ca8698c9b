// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Composes a plan's frames as its output wants them: opaque, or with alpha.
///
/// With alpha the composition is run twice: once over black, and once with everything in white, which gives what is covered and
/// how much. The two are joined. So transitions, layers and blurs need to know nothing of transparency. For one thread.
final class FrameComposer {
    private let colours: Composer
    private let matte: (composer: Composer, pool: FramePool)?
    private var last: (colours: Frame, matte: Frame, joined: Frame)?

    init(_ plan: Plan, stills: StillStore) throws(ComposeError) {
        colours = try Composer(plan, stills: stills)
        guard plan.output.hasAlpha else {
            matte = nil
            return
        }
        let pool = try colours.wrapped { () throws(LibavError) in
            try FramePool(.alpha, width: plan.size.width, height: plan.size.height)
        }
        matte = (try Composer(plan, stills: stills, pass: .matte), pool)
    }

    /// The finished picture of an output frame; see ``Composer/frame(at:)``.
    func frame(at index: Int) throws(ComposeError) -> Frame {
        let picture = try colours.frame(at: index)
        guard let matte else { return picture }
        let cover = try matte.composer.frame(at: index)
        if let last, last.colours === picture, last.matte === cover { return last.joined }  // a held picture
        let joined = try colours.wrapped { () throws(LibavError) in
            let frame = try matte.pool.frame()
            frame.join(picture, matte: cover)
            return frame
        }
        last = (picture, cover, joined)
        return joined
    }
}
