// SPDX-License-Identifier: Apache-2.0

/// The settings of the audio encoder.
///
/// A value type; safe to share between threads.
public struct AudioSettings: Sendable, Hashable {
    /// The audio format; `nil` means the container's usual one, such as AAC in MP4 or Opus in WebM.
    public var codec: Codec?
    /// The bitrate in bits per second, 32,000…320,000.
    ///
    /// Lossless formats ignore it.
    public var bitrate: Int
    /// The number of samples per second: 44,100, 48,000 or 96,000.
    ///
    /// Sound is mixed at 48,000, and brought to the output's rate at the end. Opus has no other.
    public var sampleRate: Int
    /// The number of channels.
    public var channels: Channels

    /// The tracks of the file, in order; none means one of all that is heard.
    public var tracks: [SoundTrack]
    /// Whether each of the timeline's tracks that plays sound is written as a track of its own, after the others.
    public var stems: Bool

    /// Creates audio settings; by default 160 kbit/s in the container's usual format, in stereo at 48 kHz.
    public init(
        codec: Codec? = nil, bitrate: Int = 160_000, sampleRate: Int = 48_000, channels: Channels = .stereo,
        tracks: [SoundTrack] = [], stems: Bool = false
    ) {
        self.codec = codec
        self.bitrate = bitrate
        self.sampleRate = sampleRate
        self.channels = channels
        self.tracks = tracks
        self.stems = stems
    }

    /// The channels of an output's sound.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Channels: String, Sendable, Hashable, CaseIterable, Codable {
        /// One channel: the mean of left and right.
        case mono
        /// Left and right.
        case stereo

        /// The number of channels.
        package var count: Int { self == .mono ? 1 : 2 }
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

extension AudioSettings.Codec {
    /// The numbers of samples per second that the format has.
    package var sampleRates: [Int] {
        switch self {
        case .opus: [48_000]
        case .mp3: [44_100, 48_000]
        case .aac, .flac, .pcm, .noSound: AudioSettings.sampleRates
        }
    }
}

extension AudioSettings {
    /// The numbers of samples per second of an output.
    static let sampleRates = [44_100, 48_000, 96_000]

    static let form = ObjectForm(
        "audioSettings", "How sound is encoded.", usual: AudioSettings(),
        [
            .optional("codec", \.codec, .word("codec"), unset: "the format's first", "The sound format."),
            .optional("bitrate", \.bitrate, .integer(32_000...320_000, "bits per second"), "Bits per second."),
            .optional(
                "sampleRate", \.sampleRate,
                Form<Int>.integer(expected: "a whole number of samples per second", kind: "44100, 48000 or 96000")
                    .schema([
                        "type": .string("integer"), "enum": .array(sampleRates.map(JSONNode.integer)),
                    ]).checked { rate, report in
                        if !sampleRates.contains(rate) {
                            report.add("\(rate) is none of the rates; use 44100, 48000 or 96000")
                        }
                    }, "Samples per second."),
            .optional("channels", \.channels, .word("channels"), "Whether it has one channel or two."),
            .optional(
                "tracks", \.tracks,
                .list("an array of sound tracks", of: SoundTrack.form.form, most: SoundTrack.most),
                "Tracks of sound among which players choose; without them one of all."),
            .optional(
                "stems", \.stems, .flag, "Whether each of the timeline's tracks with sound is a track of the file, too."
            ),
        ])
}
