// SPDX-License-Identifier: Apache-2.0

/// The settings of the audio encoder.
///
/// Audio is always stereo at 48 kHz. A value type; safe to share between threads.
public struct AudioSettings: Sendable, Hashable {
    /// The audio format; `nil` means the container's usual one, such as AAC in MP4 or Opus in WebM.
    public var codec: Codec?
    /// The bitrate in bits per second, 32,000…320,000.
    ///
    /// Lossless formats ignore it.
    public var bitrate: Int

    /// Creates audio settings; by default 160 kbit/s in the container's usual format.
    public init(codec: Codec? = nil, bitrate: Int = 160_000) {
        self.codec = codec
        self.bitrate = bitrate
    }

    /// An audio format.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Codec: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 AAC-LC, which plays everywhere.
        case aac
        /// MPEG-1 layer 3.
        case mp3
        /// Opus, the best format at low bitrates.
        case opus
        /// FLAC, which is lossless; 24 bits.
        case flac
        /// Uncompressed PCM samples, 24 bits.
        case pcm
        /// No audio stream, even if the timeline has sound; `none` in documents.
        case noSound = "none"
    }
}

extension AudioSettings {
    static let form = ObjectForm(
        "audioSettings", "How sound is encoded: always stereo at 48 kHz.", usual: AudioSettings(),
        [
            .optional("codec", \.codec, .word("codec"), unset: "the format's first", "The sound format."),
            .optional("bitrate", \.bitrate, .integer(32_000...320_000, "bits per second"), "Bits per second."),
        ])
}
