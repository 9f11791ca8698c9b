// SPDX-License-Identifier: Apache-2.0

public import Encoders

/// What a render says when it ends: what was chosen and why, what it cost, and the proof of its length.
public struct Report: Sendable, Hashable, Codable {
    /// The pictures.
    public struct Video: Sendable, Hashable, Codable {
        /// The format: `h264`.
        public let codec: String
        /// The backend that encoded: `x264`.
        public let encoder: String
        /// The graphics processor it ran on; `nil` for the CPU.
        public let device: String?
        /// Why it was this one, in a line.
        public let reason: String
        /// Those that would have come first, and why they were not used, or not to the end.
        public let rejected: [EncoderRejection]
        /// What had to be left out of what the settings ask for.
        public let notes: [String]
        /// Its settings in libav's words.
        public let settings: String
        /// The picture's size.
        public let width: Int
        /// The picture's size.
        public let height: Int
        /// Frames a second, as `30` or `30000/1001`.
        public let frameRate: String
        /// Frames that the pictures are shown for which came out of the encoder, counted.
        public let frames: Int
        /// Bytes of all of them.
        public let bytes: Int
        /// Pieces that were encoded by themselves.
        public let segments: Int
        /// Those of them that were kept from another render.
        public let reusedSegments: Int
        /// Frames of those.
        public let reusedFrames: Int
        /// Frames of them that were not encoded, because the picture before them is held.
        ///
        /// With a variable rate the file has no pictures for them.
        public let heldFrames: Int
    }

    /// The sound.
    public struct Sound: Sendable, Hashable, Codable {
        /// The format: `aac`.
        public let codec: String
        /// Samples given to the encoder, counted, of each of two channels at 48 kHz.
        public let samples: Int
        /// Samples that the video's frames last, which is the same number.
        public let samplesOfVideo: Int
        /// The largest absolute value; above 1 the sound clips, and wants a lower volume.
        public let peak: Double
        /// Bytes of all packets.
        public let bytes: Int
    }

    /// Where the finished file is.
    public let path: String
    /// Size of the finished file in bytes.
    public let bytes: Int
    /// Length in seconds.
    public let duration: Double
    /// The pictures; `nil` where the output is sound alone.
    public let video: Video?
    /// The sound; `nil` where the edit has none.
    public let audio: Sound?
    /// Runs of frames over which what is active does not change.
    public let spans: Int
    /// Frames that needed no composition of their own.
    public let foldedFrames: Int
    /// Wall-clock seconds the render took.
    public let elapsedSeconds: Double
    /// CPU seconds the process used meanwhile.
    public let cpuSeconds: Double
    /// Output frames a second.
    public let framesPerSecond: Double
    /// The most memory the process has had resident, in bytes.
    public let peakMemoryBytes: Int
    /// FFmpeg's version.
    public let ffmpegVersion: String
}

extension Report: CustomStringConvertible {
    /// A few lines for people: the file, its length and size, the encoder and the reason for it, the sound, and the speed.
    public var description: String {
        var lines = ["file     \(path)"]
        let length = "length   \(fixed(duration, 3)) s"
        lines.append(
            video.map { "\(length): \($0.frames) frames of \($0.width)x\($0.height) at \($0.frameRate)" } ?? length)
        lines.append("size     \(fixed(Double(bytes) / 1e6, 2)) MB")
        if let video { lines += Self.lines(video) }
        if let audio {
            lines.append(
                "audio    \(audio.codec): \(audio.samples) samples for \(audio.samplesOfVideo) of video, "
                    + "peak \(fixed(audio.peak, 3))" + (audio.peak > 1 ? "; it clips, lower a volume" : ""))
        }
        lines.append(
            "speed    \(fixed(framesPerSecond, 1)) frames/s: \(fixed(elapsedSeconds, 2)) s, \(fixed(cpuSeconds, 2)) s of CPU, "
                + "\(peakMemoryBytes / 1_000_000) MB at most; \(spans) spans, \(foldedFrames) frames folded")
        return lines.joined(separator: "\n")
    }

    private static func lines(_ video: Video) -> [String] {
        let device = video.device.map { " on " + $0 } ?? ""
        var lines = [
            "encoder  \(video.encoder) for \(video.codec)\(device) (\(video.reason))", "         \(video.settings)",
        ]
        lines += video.notes.map { "         \($0)" }
        if video.segments > 1 || video.reusedSegments > 0 || video.heldFrames > 0 {
            let reused =
                video.reusedSegments > 0
                ? ", \(video.reusedSegments) of them reused (\(video.reusedFrames) frames)" : ""
            let held = video.heldFrames > 0 ? "; \(video.heldFrames) held frames cost no encoding" : ""
            lines.append("         \(video.segments) segments\(reused)\(held)")
        }
        return lines
    }
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % Int(scale))
    return sign + String(scaled / Int(scale)) + "." + String(repeating: "0", count: decimals - fraction.count)
        + fraction
}
