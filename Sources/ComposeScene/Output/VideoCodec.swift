// SPDX-License-Identifier: Apache-2.0

extension VideoSettings {
    /// A video format, or a picture format for animations and sequences.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Codec: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 AVC: plays everywhere.
        case h264
        /// H.265: about a third smaller, on most devices made since 2016.
        case hevc
        /// AV1: smaller still, free of royalties, on newer devices and in browsers.
        case av1
        /// VP9: free of royalties, in every browser; keeps transparency.
        case vp9
        /// Apple ProRes, for editing: large files, every frame by itself; keeps transparency.
        case prores
        /// GIF: 256 colours.
        case gif
        /// Animated WebP; keeps transparency.
        case webp
        /// Pictures without loss; keep transparency.
        case png
        /// Small pictures.
        case jpeg
        /// Pictures without loss; keep transparency.
        case tiff
    }

    /// How pixels are stored.
    ///
    /// Pictures are composed in 8 bits; ten give encoders room for finer steps.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum PixelFormat: String, Sendable, Hashable, CaseIterable, Codable {
        /// 8 bits, 4:2:0: plays everywhere.
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

        /// Whether it keeps transparency.
        public var hasAlpha: Bool { self == .yuva420p || self == .yuva444p10 || self == .rgba }
        /// Whether it has ten bits.
        public var isTenBit: Bool { self == .yuv420p10 || self == .yuv422p10 || self == .yuva444p10 }
    }
}

extension VideoSettings.Codec {
    /// What pixels can be stored as, the usual first.
    public var pixelFormats: [VideoSettings.PixelFormat] {
        switch self {
        case .h264, .hevc, .av1: [.yuv420p, .yuv420p10]
        case .vp9: [.yuv420p, .yuv420p10, .yuva420p]
        case .prores: [.yuv422p10, .yuva444p10]
        case .gif, .webp, .png, .tiff: [.rgb24, .rgba]
        case .jpeg: [.yuv420p]
        }
    }

    /// What pixels are stored as where nobody says; with transparency if that is wanted and can be had.
    public func usualPixelFormat(alpha: Bool) -> VideoSettings.PixelFormat {
        pixelFormats.first { $0.hasAlpha == alpha } ?? pixelFormats[0]
    }

    /// Whether each picture stands by itself, so that there are no key frames to place.
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
