// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What a format is made of: the way libav writes it, and what it can hold, the usual first.
struct Container {
    /// libav's name for it; `nil` for a folder of pictures, which are written as they come.
    var muxer: String?
    var options: [Encoder.Option] = []
    /// The file in a folder of several that names the others.
    var index: String?
    var video: [VideoSettings.Codec] = []
    var audio: [AudioSettings.Codec] = []
    var hasTags = false
    var hasChapters = false

    /// Whether it is a folder of files.
    var isFolder: Bool { index != nil || muxer == nil }
    /// Whether it keeps the transparency a format has: VP9's lies beside its pictures, where only Matroska and WebM have room.
    func keepsAlpha(of codec: VideoSettings.Codec) -> Bool {
        codec != .vp9 || muxer == "webm" || muxer == "matroska"
    }
    /// The ending of each picture's name in a folder of them.
    var pictureEnding: String? {
        guard muxer == nil else { return nil }
        return video.first == .jpeg ? "jpg" : video.first == .tiff ? "tif" : "png"
    }
}

extension Output.Format {
    var container: Container {
        typealias Option = Encoder.Option
        let indexInFront = [Option("movflags", "+faststart")]
        return switch self {
        case .mp4:
            Container(
                muxer: "mp4", options: indexInFront, video: [.h264, .hevc, .av1, .vp9],
                audio: [.aac, .mp3, .opus, .flac], hasTags: true, hasChapters: true)
        case .mov:
            Container(
                muxer: "mov", options: indexInFront, video: [.h264, .hevc, .prores], audio: [.aac, .pcm, .mp3],
                hasTags: true, hasChapters: true)
        case .fmp4:
            Container(
                muxer: "mp4", options: [Option("movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov")],
                video: [.h264, .hevc, .av1, .vp9], audio: [.aac, .mp3, .opus, .flac], hasTags: true)
        case .webm:
            Container(muxer: "webm", video: [.vp9, .av1], audio: [.opus], hasTags: true, hasChapters: true)
        case .mkv:
            Container(
                muxer: "matroska", video: [.h264, .hevc, .av1, .vp9, .prores],
                audio: [.aac, .opus, .flac, .mp3, .pcm], hasTags: true, hasChapters: true)
        case .hls:
            Container(
                muxer: "hls",
                options: [
                    Option("hls_list_size", "0"), Option("hls_playlist_type", "vod"),
                    Option("hls_segment_type", "fmp4"), Option("hls_fmp4_init_filename", "init.mp4"),
                    Option("hls_segment_filename", "segment%05d.m4s"), Option("hls_flags", "independent_segments"),
                ], index: "index.m3u8", video: [.h264, .hevc, .av1], audio: [.aac])
        case .gif: Container(muxer: "gif", video: [.gif])
        case .webp: Container(muxer: "webp", options: [Option("loop", "0")], video: [.webp])
        case .png: Container(video: [.png])
        case .jpeg: Container(video: [.jpeg])
        case .tiff: Container(video: [.tiff])
        case .m4a: Container(muxer: "ipod", options: indexInFront, audio: [.aac], hasTags: true, hasChapters: true)
        case .mp3: Container(muxer: "mp3", audio: [.mp3], hasTags: true, hasChapters: true)
        case .opus: Container(muxer: "opus", audio: [.opus], hasTags: true)
        case .flac: Container(muxer: "flac", audio: [.flac], hasTags: true)
        case .wav: Container(muxer: "wav", audio: [.pcm])
        }
    }

    /// Whether it can hold pictures in that format.
    public func holds(_ codec: VideoSettings.Codec) -> Bool { container.video.contains(codec) }

    /// The format a file's name stands for; `nil` where it says nothing known.
    init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "mp4", "m4v": self = .mp4
        case "mov": self = .mov
        case "webm": self = .webm
        case "mkv": self = .mkv
        case "gif": self = .gif
        case "webp": self = .webp
        case "m4a": self = .m4a
        case "mp3": self = .mp3
        case "opus", "ogg": self = .opus
        case "flac": self = .flac
        case "wav": self = .wav
        default: return nil
        }
    }
}

extension Edit {
    /// The edit with nothing left open about its output, which goes to `path`.
    func settled(for path: String?) -> Edit {
        var edit = self
        let format = output.format ?? path.flatMap { Output.Format(path: $0) } ?? .mp4
        edit.output.format = format
        let container = format.container
        if let codec = output.video.codec ?? container.video.first {
            edit.output.video.codec = codec
            edit.output.video.pixelFormat =
                output.video.pixelFormat
                ?? codec.usualPixelFormat(
                    alpha: timeline.background.alpha < 255 && container.keepsAlpha(of: codec))
        }
        edit.output.audio.codec = output.audio.codec ?? container.audio.first ?? AudioSettings.Codec.none
        return edit
    }
}

extension Output {
    /// The format of a settled output.
    var settledFormat: Format { format ?? .mp4 }
    /// What its format is made of.
    var container: Container { settledFormat.container }
    /// Whether there are pictures at all.
    var hasVideo: Bool { !container.video.isEmpty }
    /// Whether its video may be put together from segments.
    ///
    /// A ceiling to the bitrate spans segments, which know nothing of each other; transparency lies beside VP9's pictures.
    var hasSegments: Bool { hasVideo && video.codec?.hasSegments == true && video.maxBitrate == nil && !hasAlpha }
    /// Threads an encoder on the CPU runs where the edit does not say.
    ///
    /// Each costs x264 about 26 MB at 1080p; with the thread that composes, two keep two cores busy. Segments are encoded
    /// side by side, and each needs one only.
    func threads(for size: PixelSize, segments: Int) -> Int {
        video.threads ?? (segments > 1 || size.width * size.height < 100_000 ? 1 : 2)
    }
    /// Whether a picture in it may last longer than a frame.
    var allowsVariableRate: Bool { !container.isFolder && video.codec?.hasSegments == true }
    /// Whether its pictures keep transparency.
    var hasAlpha: Bool { hasVideo && video.pixelFormat?.hasAlpha == true }
}
