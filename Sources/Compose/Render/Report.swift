// SPDX-License-Identifier: Apache-2.0

public import Encoders

/// The report of a finished render.
///
/// It states the encoder and the reason for it, the time and memory used, and counts that prove the length.
/// A value type; safe to share between threads.
public struct Report: Sendable, Hashable, Codable {
    /// The report on the video.
    public struct Video: Sendable, Hashable, Codable {
        /// The codec's name: `h264`.
        public let codec: String
        /// The encoder's name: `x264`.
        public let encoder: String
        /// The GPU it ran on; `nil` for the CPU.
        public let device: String?
        /// The reason for this encoder, in one line.
        public let reason: String
        /// The encoders of higher priority, and the reasons why they were not used, or not until the end.
        public let rejected: [EncoderRejection]
        /// Requested settings that could not be applied.
        public let notes: [String]
        /// The encoder's settings, with libav's names.
        public let settings: String
        /// The picture's width in pixels.
        public let width: Int
        /// The picture's height in pixels.
        public let height: Int
        /// The frame rate, as `30` or `30000/1001`.
        public let frameRate: String
        /// The number of frames, counted from the encoder's output.
        public let frames: Int
        /// The size of the encoded video in bytes.
        public let bytes: Int
        /// The number of segments that were encoded independently.
        public let segments: Int
        /// The number of segments reused from an earlier render.
        public let reusedSegments: Int
        /// The number of frames in reused segments.
        public let reusedFrames: Int
        /// The number of frames that were not encoded because they repeat a held picture.
        ///
        /// At a variable frame rate the file has no pictures for them.
        public let heldFrames: Int
    }

    /// The report on the audio.
    public struct Sound: Sendable, Hashable, Codable {
        /// The codec's name: `aac`.
        public let codec: String
        /// The number of samples given to the encoder, counted, for each channel at the output's sample rate.
        public let samples: Int
        /// The number of samples that the video's frames last; always equal to `samples`.
        public let samplesOfVideo: Int
        /// The largest absolute sample value; above 1 the sound clips, so its volume should be lowered.
        public let peak: Double
        /// The size of the encoded audio in bytes.
        public let bytes: Int
        /// The number of samples that are silent because a file is damaged, for each channel.
        public let samplesLost: Int
        /// The number of values above full scale, which players cut.
        public let samplesClipped: Int
        /// The loudness; `nil` if the sound is as it was mixed.
        public let loudness: Loudness?
    }

    /// The report on the loudness of a sound that was brought to a target, as it is heard from the encoder.
    public struct Loudness: Sendable, Hashable, Codable {
        /// The integrated loudness in LUFS by EBU R 128; `nil` for silence, which is not turned up.
        public let integrated: Double?
        /// The loudness that was asked for, in LUFS.
        public let target: Double
        /// The loudness range in LU.
        public let range: Double
        /// The highest true peak in dBTP; `nil` for silence.
        public let truePeak: Double?
        /// The gain of the whole sound, in decibels.
        public let gain: Double
        /// By how many decibels the highest peak was turned down besides; zero or more.
        public let gainReduction: Double
    }

    /// The path of the finished file.
    public let path: String
    /// The size of the finished file in bytes.
    public let bytes: Int
    /// The duration in seconds.
    public let duration: Double
    /// The report on the video; `nil` if the output is audio only.
    public let video: Video?
    /// The report on the audio; `nil` if the output has none.
    public let audio: Sound?
    /// What the file has that may not be wanted, in words: damaged sound, or sound above full scale.
    public let warnings: [String]
    /// The number of spans: runs of frames with the same active clips.
    public let spans: Int
    /// The number of frames that needed no composition because the previous picture is held.
    public let foldedFrames: Int
    /// The wall-clock time of the render in seconds.
    public let elapsedSeconds: Double
    /// The CPU time of the process during the render, in seconds.
    public let cpuSeconds: Double
    /// The speed in output frames per second.
    public let framesPerSecond: Double
    /// The process's peak resident memory in bytes.
    public let peakMemoryBytes: Int
    /// The version of FFmpeg.
    public let ffmpegVersion: String
}

extension Report: CustomStringConvertible {
    /// A summary in a few lines: the file, its length and size, the encoder and its reason, the audio, and the speed.
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
                    + "peak \(fixed(audio.peak, 3))")
            if let loudness = audio.loudness { lines.append("         " + loudness.text) }
        }
        lines += warnings.map { "warning  \($0)" }
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

extension Report.Loudness {
    /// The loudness in one line.
    fileprivate var text: String {
        guard let integrated, let truePeak else { return "silence, which is not turned up" }
        return "\(fixed(integrated, 1)) LUFS for \(fixed(target, 1)), range \(fixed(range, 1)) LU, true peak "
            + "\(fixed(truePeak, 1)) dBTP; gain \(fixed(gain, 1)) dB, peaks turned down by \(fixed(gainReduction, 1)) dB at most"
    }
}
