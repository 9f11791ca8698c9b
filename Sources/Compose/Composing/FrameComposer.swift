// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A composer of frames as the output needs them: opaque, or with alpha.
///
/// For alpha it composes twice: once over black, and once everything in white, which gives the coverage. It then
/// combines the two, so transitions, layers and blurs need no support for transparency. May be used by one thread at a
/// time.
final class FrameComposer {
    private let colours: Composer
    private let matte: (composer: Composer, pool: FramePool)?
    private let isPremultiplied: Bool
    private var last: (colours: Frame, matte: Frame, joined: Frame)?

    /// Creates a composer of a plan's frames with alpha if they have it; straight, unless they are to be premultiplied.
    init(
        _ plan: Plan, _ pictures: PictureSchedule, hasAlpha: Bool? = nil, isPremultiplied: Bool = false
    ) throws(ComposeError) {
        self.isPremultiplied = isPremultiplied
        colours = try Composer(plan, pictures)
        guard hasAlpha ?? plan.output.hasAlpha else {
            matte = nil
            return
        }
        let pool = try colours.wrapped { () throws(LibavError) in
            try FramePool(.alpha, width: plan.size.width, height: plan.size.height)
        }
        matte = (try Composer(plan, pictures, pass: .matte), pool)
    }

    /// Returns the finished picture of an output frame; see ``Composer/frame(at:)``.
    func frame(at index: Int) throws(ComposeError) -> Frame {
        let picture = try colours.frame(at: index)
        guard let matte else { return picture }
        let cover = try matte.composer.frame(at: index)
        if let last, last.colours === picture, last.matte === cover { return last.joined }  // a held picture
        let joined = try colours.wrapped { () throws(LibavError) in
            let frame = try matte.pool.frame()
            frame.join(picture, matte: cover, isPremultiplied: isPremultiplied)
            return frame
        }
        last = (picture, cover, joined)
        return joined
    }
}
