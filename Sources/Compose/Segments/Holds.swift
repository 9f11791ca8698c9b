// SPDX-License-Identifier: Apache-2.0

internal import Encoders

/// Where a plan holds a picture long enough for it to be encoded once only.
struct Holds {
    /// What becomes of a held picture's repeats.
    enum Form {
        /// They are written without the encoder; the rate is constant.
        case repeats
        /// There are none: the picture lasts as long as it is shown.
        case longPictures
    }

    let form: Form
    /// How many repeats follow a frame.
    let repeats: [Int: Int]
    /// Frames from one key frame to the next, at most.
    let keyframeInterval: Int
    /// Quantiser steps that a held picture gets less than others.
    ///
    /// An encoder that saw the repeats would refine the picture in them; how much follows from how far it looks ahead. So that
    /// held pictures are as good as those of an encoder that is fed every frame: measured with x264 at CRF 21.
    let finer: Int

    /// A picture shown for less than this is encoded as often as it is shown: a key frame costs more than its repeats.
    private static let shortest = 10

    /// `nil` where the edit does not want it, or the encoder cannot.
    init?(_ plan: Plan, _ backend: Backend) {
        guard let form = Self.form(plan.output, backend) else { return nil }
        self.form = form
        keyframeInterval = EncoderRequest(plan).keyframeInterval
        finer =
            switch plan.output.video.speed {
            case _ where backend != .x264: 0  // which is the one that can
            case .ultrafast: 0  // which has no adaptive quantiser to give it to
            case .superfast, .veryfast, .faster: 1
            case .fast: 2
            default: 4
            }
        var repeats: [Int: Int] = [:]
        for span in plan.spans
        where span.isHeld && (span.frames.count >= Self.shortest || span.frames.lowerBound == 0) {
            var end = span.frames.upperBound
            // Players tend to cut short the last picture, which nothing follows. So the last frame is one of its own.
            if form == .longPictures, end == plan.frameCount { end -= 1 }
            for start in stride(from: span.frames.lowerBound, to: end, by: max(keyframeInterval, 1)) {
                repeats[start] = min(start + max(keyframeInterval, 1), end) - start - 1
            }
        }
        self.repeats = repeats
    }

    private static func form(_ output: Output, _ backend: Backend) -> Form? {
        let video = output.video
        if video.frameRate == .variable { return .longPictures }
        // Repeats are known to work in streams of this kind.
        let isKnown = video.pixelFormat == .yuv420p && output.hasSegments && backend.options.contains("heldPictures")
        return isKnown && video.options.heldPictures != false ? .repeats : nil
    }
}
