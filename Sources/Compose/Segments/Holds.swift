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
    /// Frames from one key frame to the next, at most; not 0.
    let keyframeInterval: Int
    /// Quantiser steps that a held picture gets less than others.
    ///
    /// An encoder that saw the repeats would refine the picture in them; how much follows from how far it looks ahead. So that
    /// held pictures are as good as those of an encoder that is fed every frame: measured with x264 at CRF 21.
    let finer: Int

    /// A picture shown for less than this is encoded as often as it is shown: a key frame costs more than its repeats.
    private static let shortest = 10

    /// Pictures of one frame each at the end of a timeline whose pictures last as long as they are shown.
    ///
    /// Players tend to cut short the last picture, which nothing follows. And in MP4 a track is as long as its pictures take to
    /// be decoded, which happens as many pictures earlier as an encoder reorders.
    private static func closing(_ video: VideoSettings) -> Int { max(4, 1 + (video.options.bFrames ?? 0)) }

    /// `nil` where the edit does not want it, or the encoder cannot.
    init?(_ plan: Plan, _ backend: Backend, hasAverageRate: Bool = false) {
        guard let form = Self.form(plan.output, backend, hasAverageRate) else { return nil }
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
        // Where bits are given out by the second, a picture that lasts for many would get those of one frame.
        if video.frameRate == .variable { return hasAverageRate ? nil : .longPictures }
        // Repeats are known to work in streams of this kind.
        let isKnown = video.pixelFormat == .yuv420p && output.hasSegments && backend.options.contains("heldPictures")
        return isKnown ? .repeats : nil
    }
}
