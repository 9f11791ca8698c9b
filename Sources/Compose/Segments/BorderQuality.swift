// SPDX-License-Identifier: Apache-2.0

internal import Encoders

/// Quantiser steps less for the frames at a segment's ends, where x264 would give them more than within a stream.
///
/// x265 is much the same, but reads memory that is not there (seen in 3.5) when some frames ask for it and others do not.
struct BorderQuality {
    /// For the first frame.
    ///
    /// Key frames get a quantiser lower by a factor of 1.4, three steps, but not an encoder's first frame (x264's
    /// `rate_estimate_qscale`). One more makes it as good as in one piece, as measured below.
    private let first: Int
    /// For the last ones, the very last first.
    ///
    /// They seem not to matter for any that follow, as before a cut, though most segments end within a movement, and many where
    /// one picture has almost faded into the next. Measured with photos at CRF 21, frame by frame, beside one encoder with the
    /// same key frames: no frame is then 0.5 dB worse, at 1 to 7 % more bytes.
    private let last: [Int]

    /// None for encoders that do not need it, nor for the quickest preset, whose quantiser is the same all over a picture: only
    /// through one that adapts can it be changed.
    init(_ encoding: SegmentEncoding, _ part: Plan) {
        guard encoding.backend == .x264, part.output.video.speed != .ultrafast else {
            (first, last) = (0, [])
            return
        }
        first = 4
        last = part.endsInTransition ? [5, 3, 1] : [2, 1]
    }

    /// Steps less for a frame.
    func finer(at frame: Int, of count: Int) -> Int {
        if frame == 0 { return first }
        return count - frame <= last.count ? last[count - frame - 1] : 0
    }
}

extension Plan {
    /// Whether the last frame is of two pictures, one on its way in.
    fileprivate var endsInTransition: Bool {
        switch spans.last?.composition {
        case .merge, .shared: true
        default: false
        }
    }
}
