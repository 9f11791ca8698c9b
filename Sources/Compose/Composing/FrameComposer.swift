// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A composer of frames as the output needs them: opaque, or with alpha.
///
/// For alpha it composes twice: once over black, and once everything in white, which gives the coverage. It then
/// combines the two, so transitions, layers and blurs need no support for transparency. May be used by one thread at a
/// time.
final class FrameComposer {
    private let colours: Composer
    private let matte: Composer?
    private var joiner: FrameJoiner?

    /// Creates a composer of a plan's frames with alpha if they have it; straight, unless they are to be premultiplied.
    init(
        _ plan: Plan, _ pictures: PictureSchedule, hasAlpha: Bool? = nil, isPremultiplied: Bool = false
    ) throws(ComposeError) {
        colours = try Composer(plan, pictures)
        guard hasAlpha ?? plan.output.hasAlpha else {
            matte = nil
            return
        }
        matte = try Composer(plan, pictures, pass: .matte)
        joiner = try colours.wrapped { () throws(LibavError) in
            try FrameJoiner(plan.size, isPremultiplied: isPremultiplied)
        }
    }

    /// Returns the finished picture of an output frame; see ``Composer/frame(at:)``.
    func frame(at index: Int) throws(ComposeError) -> Frame {
        let picture = try colours.frame(at: index)
        guard let matte else { return picture }
        let cover = try matte.frame(at: index)
        return try colours.wrapped { () throws(LibavError) in
            try joiner?.join(picture, cover: cover) ?? picture
        }
    }
}
