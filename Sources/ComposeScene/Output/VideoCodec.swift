// SPDX-License-Identifier: Apache-2.0

extension VideoSettings {
    /// A video format, or a picture format for animations and sequences.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Codec: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 AVC, which plays everywhere.
        case h264
        /// H.265: about a third smaller than H.264; plays on most devices made since 2016.
        case hevc
        /// AV1: smaller than HEVC and royalty-free; plays on newer devices and in browsers.
        case av1
        /// VP9: royalty-free; plays in every browser and keeps transparency.
        case vp9
        /// Apple ProRes, for editing: large intra-only files that keep transparency.
        case prores
        /// GIF, with 256 colours.
        case gif
        /// Animated WebP, which keeps transparency.
        case webp
        /// PNG, which is lossless and keeps transparency.
        case png
        /// JPEG, which makes small files.
        case jpeg
        /// TIFF, which is lossless and keeps transparency.
        case tiff
    }

    /// How pixels are stored.
    ///
    /// Pictures are composed in 8 bits; the 10-bit formats let encoders use finer steps. A value type; safe to share
    /// between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum PixelFormat: String, Sendable, Hashable, CaseIterable, Codable {
        /// 8 bits, 4:2:0; plays everywhere.
        case yuv420p
        /// 10 bits, 4:2:0.
        case yuv420p10
        /// 8 bits, 4:2:0, with transparency.
        case yuva420p
        /// 10 bits, 4:2:2.
        case yuv422p10
        /// 10 bits, 4:4:4, with transparency.
        case yuva444p10
        /// 8-bit red, green and blue.
        case rgb24
        /// 8-bit red, green and blue, with transparency.
        case rgba

        /// Whether the format stores transparency.
        public var hasAlpha: Bool { self == .yuva420p || self == .yuva444p10 || self == .rgba }
        /// Whether the format has 10 bits per component.
        public var isTenBit: Bool { self == .yuv420p10 || self == .yuv422p10 || self == .yuva444p10 }
    }
}

extension VideoSettings.Codec {
    /// The pixel formats of the codec, the usual one first.
    public var pixelFormats: [VideoSettings.PixelFormat] {
        switch self {
        case .h264, .hevc, .av1: [.yuv420p, .yuv420p10]
        case .vp9: [.yuv420p, .yuv420p10, .yuva420p]
        case .prores: [.yuv422p10, .yuva444p10]
        case .gif, .webp, .png, .tiff: [.rgb24, .rgba]
        case .jpeg: [.yuv420p]
        }
    }

    /// Returns the default pixel format; with transparency if `alpha` is true and the codec supports it.
    public func usualPixelFormat(alpha: Bool) -> VideoSettings.PixelFormat {
        pixelFormats.first { $0.hasAlpha == alpha } ?? pixelFormats[0]
    }

    /// Whether every picture is a key frame.
    public var isIntraOnly: Bool {
        switch self {
        case .h264, .hevc, .av1, .vp9: false
        case .prores, .gif, .webp, .png, .jpeg, .tiff: true
        }
    }
}

extension VideoSettings.Codec {
    /// Whether independently encoded segments can be joined into one stream.
    ///
    /// Intra-only formats gain nothing from it, and a second of ProRes takes more memory than a finished segment of
    /// other formats.
    package var hasSegments: Bool {
        switch self {
        case .h264, .hevc, .av1, .vp9: true
        case .prores, .gif, .webp, .png, .jpeg, .tiff: false
        }
    }
}
