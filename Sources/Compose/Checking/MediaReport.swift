// SPDX-License-Identifier: Apache-2.0

/// What a finished file holds, measured, and what is wrong with it.
///
/// A value type; safe to share between threads.
public struct MediaReport: Sendable, Hashable, Codable {
    /// The file's path, as it was given.
    public var path: String
    /// What the file is used as.
    public var kind: MediaFile.Kind
    /// The file's own form.
    public var container: Container
    /// The pictures; `nil` for a sound.
    public var pictures: Pictures?
    /// The sound; `nil` if there is none.
    public var sound: Sound?
    /// How pictures and sound fit together; `nil` unless there are both.
    public var sync: Sync?
    /// The platform whose limits were looked at.
    public var platform: Platform?
    /// What is wrong, the worst first, and then in the order of time.
    public var findings: [Finding]

    /// Creates a report of a file about which nothing is known yet.
    init(_ path: String, _ kind: MediaFile.Kind, _ container: Container) {
        (self.path, self.kind, self.container, findings) = (path, kind, container, [])
    }

    /// A stretch of time in seconds.
    public struct Stretch: Sendable, Hashable, Codable {
        /// When it begins.
        public var start: Double
        /// When it ends.
        public var end: Double
        /// How long it is.
        public var duration: Double { end - start }
    }

    /// The form of a file.
    public struct Container: Sendable, Hashable, Codable {
        /// The container's name; the picture's format for a picture.
        public var format: String
        /// The number of bytes.
        public var bytes: Int
        /// The duration in seconds that the container states; `nil` if it states none.
        public var statedDuration: Double?
        /// When the last of its streams ends, in seconds, by packets and samples; `nil` for a picture.
        public var duration: Double?
        /// The number of streams, with those that were not looked at.
        public var streams: Int
        /// Whether players can begin before they have all of an MP4 or MOV file; `nil` for other formats.
        public var isFastStart: Bool?
        /// What edit lists do in an MP4 or MOV file; `nil` for other formats.
        public var editLists: EditLists?
    }

    /// What the edit lists of a file do.
    public enum EditLists: String, Sendable, Hashable, Codable {
        /// There are none.
        case absent = "none"
        /// They leave out what an encoder put before the first picture or sample.
        case start
        /// They delay, cut or rearrange.
        case cuts
    }

    /// The pictures of a file, all of which were decoded.
    public struct Pictures: Sendable, Hashable, Codable {
        /// The codec and its profile: `h264`, `High`.
        public var codec: String
        /// The codec's profile; empty if it has none.
        public var profile: String
        /// The width in pixels, upright and with square pixels.
        public var width: Int
        /// The height in pixels, upright and with square pixels.
        public var height: Int
        /// FFmpeg's name of the pixel format, such as `yuv420p`.
        public var pixels: String
        /// The number of pictures.
        public var count: Int
        /// The number of pictures that cannot be decoded, or depend on one that cannot.
        public var damaged: Int
        /// The number of pictures that decoding can begin with.
        public var keyPictures: Int
        /// The duration in seconds that the stream states; `nil` if it states none.
        public var statedDuration: Double?
        /// When the first picture is shown, in seconds.
        public var start: Double
        /// When the last picture ends, in seconds.
        public var end: Double
        /// The average number of pictures a second.
        public var rate: Double
        /// The bits a second, on average and in the second that has most of them.
        public var bitrate, peakBitrate: Int
        /// The stretches that are black for a second or more; the first 100.
        public var black: [Stretch]
        /// The stretches in which the picture stands still for two seconds or more; the first 100.
        public var frozen: [Stretch]
        /// How long the picture stands still in all such stretches, in seconds.
        public var frozenDuration: Double
        /// The number of pictures that repeat the one before while the picture moves.
        public var repeated: Int
    }

    /// The sound of a file, all of which was decoded, mixed to stereo at 48 kHz.
    public struct Sound: Sendable, Hashable, Codable {
        /// The codec: `aac`.
        public var codec: String
        /// The codec's profile; empty if it has none.
        public var profile: String
        /// The samples a second in the file.
        public var sampleRate: Int
        /// The channels in the file.
        public var channels: Int
        /// The duration in seconds that the stream states; `nil` if it states none.
        public var statedDuration: Double?
        /// When it is first heard, in seconds.
        public var start: Double
        /// The samples at 48 kHz that could be decoded.
        public var samples: Int
        /// Their duration in seconds.
        public var duration: Double
        /// The bits a second on average.
        public var bitrate: Int
        /// The integrated loudness by EBU R 128 in LUFS; `nil` if nothing is loud enough to count.
        public var loudness: Double?
        /// The loudness range by EBU R 128 in LU.
        public var range: Double
        /// The true peak in dBTP; `nil` for silence.
        public var truePeak: Double?
        /// The largest sample in dBFS; `nil` for silence.
        public var samplePeak: Double?
        /// The stretches below −60 dB of two seconds or more; the first 100.
        public var silence: [Stretch]
        /// The samples at full scale or above it that are three in a row or more.
        public var clippedSamples: Int
        /// The steps in the sound; the first 100.
        public var steps: [Double]
        /// The number of steps in all.
        public var stepCount: Int
    }

    /// How pictures and sound fit together.
    public struct Sync: Sendable, Hashable, Codable {
        /// How much later than the pictures the sound begins, in seconds; negative if it begins earlier.
        public var offset: Double
        /// How much later than the pictures the sound ends, in seconds; negative if it ends earlier.
        public var end: Double
        /// How much more time the packets of the sound claim than their samples take, in seconds; `nil` if that is not known.
        public var drift: Double?
    }
}
