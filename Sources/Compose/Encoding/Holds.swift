// SPDX-License-Identifier: Apache-2.0

internal import Encoders

/// The places where a plan holds a picture long enough to encode it only once.
struct Holds {
    /// The form in which a held picture is repeated.
    enum Form {
        /// Repeats are written without the encoder; the rate is constant.
        case repeats
        /// There are no repeats: the picture lasts as long as it is shown.
        case longPictures
    }

    let form: Form
    /// The number of repeats that follow a held frame, by the frame's index.
    let repeats: [Int: Int]
    /// The maximum number of frames from one key frame to the next; not 0.
    let keyframeInterval: Int
    /// The quantiser steps to subtract for a held picture.
    ///
    /// An encoder that received the repeats would refine the picture in them, depending on its look-ahead. With these
    /// steps, held pictures are as good as those of an encoder that receives every frame: measured with x264 at CRF 21.
    let finer: Int

    /// Returns the number of one-frame pictures at the end of a timeline whose pictures last as long as they are shown.
    ///
    /// Players tend to cut short the last picture, because nothing follows it. And an MP4 track is as long as its
    /// pictures take to decode, which happens earlier by as many pictures as the encoder reorders.
    private static func closing(_ video: VideoSettings) -> Int { max(4, 1 + (video.options.bFrames ?? 0)) }

    /// Creates the holds of a plan; returns `nil` if the edit disables them or the encoder does not support them.
    init?(_ plan: Plan, _ backend: Backend, hasAverageRate: Bool = false) {
        guard let form = Self.form(plan.output, backend, hasAverageRate) else { return nil }
        self.form = form
        keyframeInterval = EncoderRequest(plan).keyframeInterval
        finer =
            switch plan.output.video.speed {
            case _ where backend != .x264: 0  // only x264 supports it
            case .ultrafast: 0  // has no adaptive quantiser to apply it
            case .superfast, .veryfast, .faster: 1
            case .fast: 2
            default: 4
            }
        var repeats: [Int: Int] = [:]
        for span in plan.spans
        where span.isHeld && (span.frames.count >= Splitting.shortest || span.frames.lowerBound == 0) {
            var end = span.frames.upperBound
            if form == .longPictures, plan.isEnd { end = min(end, plan.frameCount - Self.closing(plan.output.video)) }
            guard span.frames.lowerBound < end else { continue }
            for start in stride(from: span.frames.lowerBound, to: end, by: keyframeInterval) {
                repeats[start] = min(start + keyframeInterval, end) - start - 1
            }
        }
        self.repeats = repeats
    }

    private static func form(_ output: Output, _ backend: Backend, _ hasAverageRate: Bool) -> Form? {
        let video = output.video
        guard video.options.heldPictures != false else { return nil }
        // An encoder that allocates bits per second would give a long picture the bits of one frame.
        if video.frameRate == .variable { return hasAverageRate ? nil : .longPictures }
        // Repeats are known to work only in such streams.
        let isKnown = video.pixelFormat == .yuv420p && output.hasSegments && backend.options.contains("heldPictures")
        return isKnown ? .repeats : nil
    }
}
