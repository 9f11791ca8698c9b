// SPDX-License-Identifier: Apache-2.0

/// How pictures are to be encoded, in words that name no codec library.
public struct VideoSettings: Sendable, Hashable {
    /// The video format.
    public var codec: Codec
    /// Which encoder may do it.
    public var encoder: EncoderChoice
    /// How good it is to look.
    public var quality: Quality
    /// How much time may be spent on making it small.
    public var speed: Speed
    /// How pixels are stored.
    public var pixelFormat: PixelFormat
    /// Threads the encoder runs, 1…64; `nil` is two for pictures of some size, which keeps memory low.
    ///
    /// The result depends on it, so it is never taken from the machine. A machine with many cores and one render at a
    /// time wants more.
    public var threads: Int?

    /// H.264 at quality 21, `veryfast`, 8-bit 4:2:0, unless said otherwise.
    public init(
        codec: Codec = .h264, encoder: EncoderChoice = .automatic, quality: Quality = .number(21),
        speed: Speed = .veryfast, pixelFormat: PixelFormat = .yuv420p, threads: Int? = nil
    ) {
        self.codec = codec
        self.encoder = encoder
        self.quality = quality
        self.speed = speed
        self.pixelFormat = pixelFormat
        self.threads = threads
    }

    /// A video format.
    public enum Codec: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 AVC: plays everywhere.
        case h264
    }

    /// Which encoder may do it.
    public enum EncoderChoice: String, Sendable, Hashable, CaseIterable, Codable {
        /// The best that works here; the report says which and why.
        case automatic
        /// Any that runs on the CPU.
        case software
        /// libx264, or an error.
        case x264
    }

    /// How good the pictures are to look.
    public enum Quality: Sendable, Hashable {
        /// A number on x264's CRF scale: 1 (nearly lossless) … 51 (worst); 21 is a good default.
        case number(Double)
        /// Four words for those who do not want a number: CRF 17, 20, 23 and 28.
        case best, high, medium, small

        /// The number on x264's CRF scale.
        public var crf: Double {
            switch self {
            case .number(let value): value
            case .best: 17
            case .high: 20
            case .medium: 23
            case .small: 28
            }
        }
    }

    /// x264's preset names, from quickest to smallest.
    public enum Speed: String, Sendable, Hashable, CaseIterable, Codable {
        /// Each is about a third slower than the one before, and makes smaller files.
        case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
    }

    /// How pixels are stored.
    public enum PixelFormat: String, Sendable, Hashable, CaseIterable, Codable {
        /// 8 bits, 4:2:0: plays everywhere.
        case yuv420p
    }
}

/// How sound is to be encoded.
///
/// Always stereo at 48 kHz.
public struct AudioSettings: Sendable, Hashable {
    /// The sound format.
    public var codec: Codec
    /// Bits per second; 32,000 … 512,000.
    public var bitrate: Int

    /// AAC at 160 kbit/s, unless said otherwise.
    public init(codec: Codec = .aac, bitrate: Int = 160_000) {
        self.codec = codec
        self.bitrate = bitrate
    }

    /// A sound format.
    public enum Codec: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 AAC-LC.
        case aac
    }
}
