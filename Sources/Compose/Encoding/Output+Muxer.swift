// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The muxer of an output format.
struct MuxerSettings {
    /// The muxer's name in libav.
    var name: String
    var options: [Encoder.Option] = []
}

extension Output.Format {
    /// The muxer of the format; `nil` for a folder of pictures, which are written one by one.
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

    /// The file extension of the pictures in a folder of pictures; `nil` for other formats.
    var pictureEnding: String? { container.index == nil ? container.parts.first : nil }
}

extension Output {
    /// Whether the video may be assembled from segments.
    ///
    /// A maximum bitrate applies across segments, which are encoded independently; VP9's transparency is stored beside
    /// the pictures.
    var hasSegments: Bool { hasVideo && video.codec?.hasSegments == true && video.maxBitrate == nil && !hasAlpha }

    /// Returns the default number of threads of a CPU encoder.
    ///
    /// Each thread costs x264 about 26 MB at 1080p; together with the composing thread, two keep two cores busy.
    /// Segments encoded in parallel need only one each.
    func threads(for size: PixelSize, segments: Int) -> Int {
        video.threads ?? (segments > 1 || size.width * size.height < 100_000 ? 1 : 2)
    }
}
