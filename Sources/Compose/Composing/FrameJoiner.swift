// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A maker of pictures with alpha from compositions over black and what they cover, which keeps the last one.
///
/// May be used by one thread at a time.
struct FrameJoiner {
    private let pool: FramePool
    private let isPremultiplied: Bool
    private var last: (colours: Frame, cover: Frame, joined: Frame)?

    init(_ size: PixelSize, isPremultiplied: Bool = false) throws(LibavError) {
        pool = try FramePool(.alpha, width: size.width, height: size.height)
        self.isPremultiplied = isPremultiplied
    }

    /// Returns the picture of colours over black and their coverage; the same frame as before for the same two.
    mutating func join(_ colours: Frame, cover: Frame) throws(LibavError) -> Frame {
        if let last, last.colours === colours, last.cover === cover { return last.joined }  // a held picture
        let joined = try pool.frame()
        joined.join(colours, matte: cover, isPremultiplied: isPremultiplied)
        last = (colours, cover, joined)
        return joined
    }
}
