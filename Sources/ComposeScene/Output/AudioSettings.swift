// SPDX-License-Identifier: Apache-2.0

/// How sound is to be encoded.
///
/// Always stereo at 48 kHz.
public struct AudioSettings: Sendable, Hashable {
    /// The sound format; `nil` is what the container usually holds: AAC in MP4, Opus in WebM.
    public var codec: Codec?
    /// Bits per second; 32,000 … 320,000.
    ///
    /// What loses nothing has no such choice and ignores it.
    public var bitrate: Int

    /// Creates settings: 160 kbit/s, unless said otherwise.
    public init(codec: Codec? = nil, bitrate: Int = 160_000) {
        self.codec = codec
        self.bitrate = bitrate
    }

    /// A sound format.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Codec: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 AAC-LC: plays everywhere.
        case aac
        /// MPEG-1 layer 3.
        case mp3
        /// Opus: the best at low bitrates.
        case opus
        /// FLAC: loses nothing, 24 bits.
        case flac
        /// Samples as they are, 24 bits.
        case pcm
        /// No sound, whatever the timeline has; `none` in documents.
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
