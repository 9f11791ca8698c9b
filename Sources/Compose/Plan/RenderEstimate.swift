// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What a render will cost, approximately: for those who reserve credits or memory before it starts.
///
/// A value type; safe to share between threads.
public struct RenderEstimate: Sendable, Hashable, Codable {
    /// The number of frames.
    public var frames: Int
    /// The frames that have to be composed and encoded; the others repeat a held picture.
    public var drawnFrames: Int
    /// The duration in seconds.
    public var duration: Double
    /// The number of segments.
    public var segments: Int
    /// Seconds of CPU time.
    public var cpuSeconds: Double
    /// Bytes of memory at most.
    public var memoryBytes: Int
    /// Bytes of the output.
    public var outputBytes: Int
}

/// How much CPU time a machine needs for drawn frames.
///
/// A value type; safe to share between threads.
public struct RenderRate: Sendable, Hashable, Codable {
    /// Seconds of CPU time for a million pixels that are composed and encoded.
    public var cpuSecondsPerMegapixel: Double

    /// Creates a rate.
    public init(cpuSecondsPerMegapixel: Double) { self.cpuSecondsPerMegapixel = cpuSecondsPerMegapixel }

    /// Creates the rate that a finished render had, for the estimates of others with the same settings on the same machine.
    ///
    /// `nil` for a render that encoded no picture.
    public init?(_ report: Report) {
        guard let video = report.video else { return nil }
        let drawn = video.frames - video.heldFrames - video.reusedFrames
        guard drawn > 0 else { return nil }
        cpuSecondsPerMegapixel = report.cpuSeconds / (Double(drawn) * Double(video.width * video.height) / 1e6)
    }

    /// The rate for a codec at its usual settings on two cores of an AMD EPYC without AVX-512.
    ///
    /// Measured with x264 at `veryfast` for moving photos at 1080p: 0.05 s a frame. The rates of other codecs are rough multiples
    /// of it.
    public static func reference(_ codec: VideoSettings.Codec?) -> RenderRate {
        let secondsPerFrame =
            switch codec {
            case .hevc: 0.15
            case .av1, .vp9: 0.12
            default: 0.05
            }
        return RenderRate(cpuSecondsPerMegapixel: secondsPerFrame / (1920 * 1080 / 1e6))
    }
}

extension Plan {
    /// Returns what rendering the plan will cost, approximately.
    ///
    /// CPU seconds follow `rate`, measured on this machine where possible, and are otherwise a guess that may be off by half.
    /// Memory is for `parallelSegments` segments at once; `nil` is as many as there are cores. Bytes are twice what the sample
    /// photos took at quality 21, because photos of cameras have more detail.
    public func estimate(_ rate: RenderRate? = nil, parallelSegments: Int? = nil) -> RenderEstimate {
        let rate = rate ?? .reference(output.video.codec)
        let megapixels = Double(size.width * size.height) / 1e6
        let held = foldedFrameCount
        let drawn = frameCount - held
        let parallel = min(parallelSegments ?? ProcessInfo.processInfo.activeProcessorCount, segments.count)
        return RenderEstimate(
            frames: frameCount, drawnFrames: drawn, duration: durationInSeconds, segments: segments.count,
            cpuSeconds: (Double(drawn) + Double(held) / 100) * megapixels * rate.cpuSecondsPerMegapixel
                + durationInSeconds * 0.05 + 0.3,
            memoryBytes: segmentMemory * max(parallel, 1) + (60 << 20),
            outputBytes: Int(
                (Double(drawn) * 10_000 + Double(held) * 40) * megapixels / (1920 * 1080 / 1e6) + durationInSeconds
                    * 24_000))
    }
}
