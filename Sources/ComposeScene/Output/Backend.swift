// SPDX-License-Identifier: Apache-2.0

/// One way to encode.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Backend: String, Sendable, Hashable, CaseIterable, Codable {
    /// NVIDIA's encoders.
    case nvenc
    /// Intel's and AMD's encoders on Linux.
    case vaapi
    /// H.264 on the CPU.
    case x264
    /// HEVC on the CPU.
    case x265
    /// AV1 on the CPU.
    case svtav1
    /// VP9 on the CPU.
    case vpx
    /// ProRes on the CPU.
    case prores
    /// Animations and single pictures.
    case gif, webp, png, jpeg, tiff

    /// Whether it runs on a graphics processor.
    public var isHardware: Bool { self == .nvenc || self == .vaapi }

    /// What it makes.
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

    /// What pixels it stores a format's pictures as.
    public func pixelFormats(of codec: VideoSettings.Codec) -> [VideoSettings.PixelFormat] {
        guard codecs.contains(codec) else { return [] }
        guard isHardware else { return codec.pixelFormats }
        return codec == .h264 ? [.yuv420p] : [.yuv420p, .yuv420p10]
    }

    /// Which of ``VideoSettings/Options`` it has, by their names.
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

    /// What it takes for the options that are numbers; `nil` where the driver decides.
    ///
    /// x264 and x265: their `validate_parameters`; SVT-AV1: `svt_av1_verify_settings`; VP9: `MAX_LAG_BUFFERS`; NVENC: the surfaces
    /// libav gives it.
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

    /// Whether a ceiling can be set to the bitrate.
    package var hasMaxBitrate: Bool {
        switch self {
        case .nvenc, .vaapi, .x264, .x265, .svtav1, .vpx: true
        case .prores, .gif, .webp, .png, .jpeg, .tiff: false
        }
    }

    /// What widths and heights it takes, where that is known before it is opened.
    ///
    /// Graphics processors say so themselves. SVT-AV1: `svt_av1_verify_settings`; H.264's and WebP's are their formats'.
    package var limits: (widths: ClosedRange<Int>, heights: ClosedRange<Int>)? {
        switch self {
        case .nvenc, .vaapi: nil
        case .svtav1: (64...16384, 64...8704)
        case .x265: (16...16384, 16...16384)
        case .webp, .x264: (1...16383, 1...16383)
        default: (1...16384, 1...16384)
        }
    }

    /// The backends that may do it, the one to try first in front.
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
