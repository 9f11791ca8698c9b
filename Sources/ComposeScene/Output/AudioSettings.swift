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

    /// 160 kbit/s, unless said otherwise.
    public init(codec: Codec? = nil, bitrate: Int = 160_000) {
        self.codec = codec
        self.bitrate = bitrate
    }

    /// A sound format.
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
        /// No sound, whatever the timeline has.
        case none

        /// libav's name for the encoder that makes it.
        package var encoderName: String? {
            switch self {
            case .aac: "aac"
            case .mp3: "libmp3lame"
            case .opus: "libopus"
            case .flac: "flac"
            case .pcm: "pcm_s24le"
            case .none: nil
            }
        }
    }
}
