// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The approximate cost of a render, for reserving credits or memory before it starts.
///
/// A value type; safe to share between threads.
public struct RenderEstimate: Sendable, Hashable, Codable {
    /// The number of frames.
    public var frames: Int
    /// The number of frames to compose and encode; the others repeat a held picture.
    public var drawnFrames: Int
    /// The duration in seconds.
    public var duration: Double
    /// The number of segments.
    public var segments: Int
    /// The CPU time in seconds.
    public var cpuSeconds: Double
    /// The most memory in bytes.
    public var memoryBytes: Int
    /// The size of the output in bytes.
    public var outputBytes: Int
}

/// The CPU time that a machine needs for each drawn frame, by its size.
///
/// A value type; safe to share between threads.
public struct RenderRate: Sendable, Hashable, Codable {
    /// The CPU time in seconds to compose and encode a million pixels.
    public var cpuSecondsPerMegapixel: Double

    /// Creates a rate.
    public init(cpuSecondsPerMegapixel: Double) { self.cpuSecondsPerMegapixel = cpuSecondsPerMegapixel }

    /// Returns the rate of a codec at its default settings on two cores of an AMD EPYC without AVX-512.
    ///
    /// It was measured with x264 at `veryfast` for moving photos at 1080p: 0.05 s a frame. The rates of other codecs
    /// are rough multiples of it.
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
    /// Returns the approximate cost of rendering the plan.
    ///
    /// CPU time follows from `rate`, ideally measured on the same machine; the default may be off by half. Memory is
    /// for `parallelSegments` segments at once; `nil` means the number of cores. The output size is twice that of the
    /// sample photos at quality 21, because camera photos have more detail.
    public func estimate(_ rate: RenderRate? = nil, parallelSegments: Int? = nil) -> RenderEstimate {
        let rate = rate ?? .reference(output.video.codec)
        let megapixels = Double(size.width * size.height) / 1e6
        let held = foldedFrameCount
        let drawn = frameCount - held
        let decoding = spans.reduce(0.0) { total, span in
            let each = Set(span.composition.sources).reduce(0.0) { $0 + sources[$1].source.cpuSecondsPerPicture }
            return total + (each > 0 ? each * Double(span.frames.count) : 0)
        }
        let parallel = min(parallelSegments ?? ProcessInfo.processInfo.activeProcessorCount, segments.count)
        return RenderEstimate(
            frames: frameCount, drawnFrames: drawn, duration: durationInSeconds, segments: segments.count,
            cpuSeconds: (Double(drawn) + Double(held) / 100) * megapixels * rate.cpuSecondsPerMegapixel
                + decoding + durationInSeconds * 0.05 + 0.3,
            memoryBytes: segmentMemory * max(parallel, 1) + (60 << 20),
            outputBytes: Int(
                (Double(drawn) * 10_000 + Double(held) * 40) * megapixels / (1920 * 1080 / 1e6) + durationInSeconds
                    * 24_000))
    }
}
