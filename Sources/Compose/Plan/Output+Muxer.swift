// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The way libav writes a format.
struct MuxerSettings {
    /// libav's name for it.
    var name: String
    var options: [Encoder.Option] = []
}

extension Output.Format {
    /// The way libav writes the format; `nil` for a folder of pictures, each of which is written as it comes.
    var muxer: MuxerSettings? {
        typealias Option = Encoder.Option
        let indexInFront = [Option("movflags", "+faststart")]
        return switch self {
        case .mp4: MuxerSettings(name: "mp4", options: indexInFront)
        case .mov: MuxerSettings(name: "mov", options: indexInFront)
        case .fmp4:
            MuxerSettings(
                name: "mp4",
                options: [Option("movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov")])
        case .webm: MuxerSettings(name: "webm")
        case .mkv: MuxerSettings(name: "matroska")
        case .hls:
            MuxerSettings(
                name: "hls",
                options: [
                    Option("hls_list_size", "0"), Option("hls_playlist_type", "vod"),
                    Option("hls_segment_type", "fmp4"), Option("hls_fmp4_init_filename", "init.mp4"),
                    Option("hls_segment_filename", "segment%05d.m4s"), Option("hls_flags", "independent_segments"),
                ])
        case .gif: MuxerSettings(name: "gif")
        case .webp: MuxerSettings(name: "webp", options: [Option("loop", "0")])
        case .png, .jpeg, .tiff: nil
        case .m4a: MuxerSettings(name: "ipod", options: indexInFront)
        case .mp3: MuxerSettings(name: "mp3")
        case .opus: MuxerSettings(name: "opus")
        case .flac: MuxerSettings(name: "flac")
        case .wav: MuxerSettings(name: "wav")
        }
    }

    /// The ending of each picture's name in a folder of them.
    var pictureEnding: String? {
        switch self {
        case .png: "png"
        case .jpeg: "jpg"
        case .tiff: "tif"
        default: nil
        }
    }
}

extension Output {
    /// Whether its video may be put together from segments.
    ///
    /// A ceiling to the bitrate spans segments, which know nothing of each other; transparency lies beside VP9's pictures.
    var hasSegments: Bool { hasVideo && video.codec?.hasSegments == true && video.maxBitrate == nil && !hasAlpha }

    /// Returns how many threads an encoder on the CPU runs where the edit does not say.
    ///
    /// Each costs x264 about 26 MB at 1080p; with the thread that composes, two keep two cores busy. Segments are encoded
    /// side by side, and each needs one only.
    func threads(for size: PixelSize, segments: Int) -> Int {
        video.threads ?? (segments > 1 || size.width * size.height < 100_000 ? 1 : 2)
    }
}
