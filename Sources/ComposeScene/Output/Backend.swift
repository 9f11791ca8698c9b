// SPDX-License-Identifier: Apache-2.0

/// A video or picture encoder.
///
/// A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Backend: String, Sendable, Hashable, CaseIterable, Codable {
    /// NVIDIA's hardware encoders.
    case nvenc
    /// Hardware encoders of Intel and AMD on Linux, through VA-API.
    case vaapi
    /// The x264 encoder for H.264, on the CPU.
    case x264
    /// The x265 encoder for HEVC, on the CPU.
    case x265
    /// The SVT-AV1 encoder for AV1, on the CPU.
    case svtav1
    /// The libvpx encoder for VP9, on the CPU.
    case vpx
    /// A ProRes encoder, on the CPU.
    case prores
    /// Encoders for animations and single pictures, on the CPU.
    case gif, webp, png, jpeg, tiff

    /// Whether the encoder runs on a GPU.
    public var isHardware: Bool { self == .nvenc || self == .vaapi }

    /// The formats that the encoder supports.
    public var codecs: [VideoSettings.Codec] {
        switch self {
        case .nvenc: [.h264, .hevc, .av1]
        case .vaapi: [.h264, .hevc, .av1, .vp9]
        case .x264: [.h264]
        case .x265: [.hevc]
        case .svtav1: [.av1]
        case .vpx: [.vp9]
        case .prores: [.prores]
        case .gif: [.gif]
        case .webp: [.webp]
        case .png: [.png]
        case .jpeg: [.jpeg]
        case .tiff: [.tiff]
        }
    }

    /// Returns the pixel formats that the encoder supports for `codec`, the usual one first; empty for another codec.
    public func pixelFormats(of codec: VideoSettings.Codec) -> [VideoSettings.PixelFormat] {
        guard codecs.contains(codec) else { return [] }
        guard isHardware else { return codec.pixelFormats }
        return codec == .h264 ? [.yuv420p] : [.yuv420p, .yuv420p10]
    }

    /// The names of the ``VideoSettings/Options`` that the encoder supports.
    package var options: [String] {
        switch self {
        case .nvenc: ["bFrames", "lookahead"]
        case .vaapi: ["bFrames", "lowPower"]
        case .x264: ["tune", "bFrames", "lookahead", "heldPictures"]
        case .x265: ["tune", "bFrames", "lookahead"]
        case .svtav1: ["lookahead", "filmGrain"]
        case .vpx: ["lookahead", "heldPictures"]
        case .prores, .gif, .webp, .png, .jpeg, .tiff: []
        }
    }

    /// Returns the encoder's range of a numeric option; `nil` if the driver decides.
    ///
    /// The ranges are those of x264's and x265's `validate_parameters`, SVT-AV1's `svt_av1_verify_settings`, VP9's
    /// `MAX_LAG_BUFFERS`, and for NVENC the number of surfaces that libav allocates.
    package func range(of option: String) -> ClosedRange<Int>? {
        switch (self, option) {
        case (.svtav1, "lookahead"): 0...120
        case (.vpx, "lookahead"): 0...25
        case (.nvenc, "lookahead"): 0...32
        case (_, "lookahead"): 0...250
        case (.nvenc, "bFrames"), (.vaapi, "bFrames"): nil
        case (_, "bFrames"): 0...16
        default: nil
        }
    }

    /// Whether the encoder supports a maximum bitrate.
    package var hasMaxBitrate: Bool {
        switch self {
        case .nvenc, .vaapi, .x264, .x265, .svtav1, .vpx: true
        case .prores, .gif, .webp, .png, .jpeg, .tiff: false
        }
    }

    /// The supported widths and heights; `nil` if only the opened encoder knows them.
    ///
    /// Hardware encoders report their own limits. SVT-AV1's come from `svt_av1_verify_settings`; those of H.264 and
    /// WebP from their formats. x265 makes smaller pictures too, but not wide ones: from level 5 on, HEVC has blocks of
    /// 32 × 32.
    package var limits: (widths: ClosedRange<Int>, heights: ClosedRange<Int>)? {
        switch self {
        case .nvenc, .vaapi: nil
        case .svtav1: (64...16384, 64...8704)
        case .x265: (32...16384, 32...16384)
        case .webp, .x264: (1...16383, 1...16383)
        default: (1...16384, 1...16384)
        }
    }

    /// Returns the encoders that `choice` allows for a codec, in the order in which to try them.
    package static func candidates(
        for codec: VideoSettings.Codec, _ choice: VideoSettings.EncoderChoice
    ) -> [Backend] {
        let able = allCases.filter { $0.codecs.contains(codec) }
        switch choice {
        case .automatic: return able
        case .hardware: return able.filter(\.isHardware)
        case .software: return able.filter { !$0.isHardware }
        default: return able.filter { $0 == choice.backend }
        }
    }
}
