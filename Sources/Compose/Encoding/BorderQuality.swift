// SPDX-License-Identifier: Apache-2.0

internal import Encoders

/// The quantiser steps to subtract at a segment's ends, where x264's quantiser is higher than within a stream.
///
/// x265 behaves similarly, but reads invalid memory (seen in 3.5) if some frames request this and others do not.
struct BorderQuality {
    /// The steps for the first frame.
    ///
    /// x264 lowers the quantiser of key frames by a factor of 1.4, three steps, but not that of an encoder's first
    /// frame (`rate_estimate_qscale`). One more step makes it as good as in one stream, as measured below.
    private let first: Int
    /// The steps for the last frames, beginning with the very last.
    ///
    /// To x264 no later frames depend on them, as before a cut, although most segments end within a movement, and many
    /// where one picture has almost faded into the next. Measured with photos at CRF 21, frame by frame, against one
    /// encoder with the same key frames: with these steps, no frame is 0.5 dB worse, at 1 to 7 % more bytes.
    private let last: [Int]

    /// Creates the steps for a part.
    ///
    /// There are none for encoders that do not need them, nor for the fastest preset: the steps need an adaptive
    /// quantiser, and that preset has the same quantiser all over a picture.
    init(_ encoding: SegmentEncoding, _ part: Plan) {
        guard encoding.backend == .x264, part.output.video.speed != .ultrafast else {
            (first, last) = (0, [])
            return
        }
        first = 4
        last = part.endsInTransition ? [5, 3, 1] : [2, 1]
    }

    /// Returns the steps to subtract for a frame.
    func finer(at frame: Int, of count: Int) -> Int {
        if frame == 0 { return first }
        return count - frame <= last.count ? last[count - frame - 1] : 0
    }
}

extension Plan {
    /// Whether the last frame shows two pictures, one of which is still appearing.
    fileprivate var endsInTransition: Bool {
        switch spans.last?.composition {
        case .merge, .shared, .effect, .lifted, .held(.merge), .held(.shared): true
        default: false
        }
    }
}
