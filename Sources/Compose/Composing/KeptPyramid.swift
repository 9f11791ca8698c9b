// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The pyramid of the picture that was drawn last, so that a picture that stays is halved once.
struct KeptPyramid {
    private var last: (picture: Frame, pyramid: Pyramid)?

    /// Returns the pyramid of a picture.
    mutating func pyramid(of picture: Frame) throws(LibavError) -> Pyramid {
        if let last, last.picture === picture { return last.pyramid }
        let made = try Pyramid(picture)
        last = (picture, made)
        return made
    }
}
