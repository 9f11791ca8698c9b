// SPDX-License-Identifier: Apache-2.0

/// The codecs that a format can hold, the usual one first, and the names of its files.
package struct Container: Sendable {
    /// The file extensions of the format, the usual one first.
    package var endings: [String] = []
    /// The MIME type of the file, or of the files in a folder.
    package var mimeType: String
    /// The name of the file in a folder that lists the others.
    package var index: String?
    /// The file extensions of the files in a folder, the usual one first; empty if the output is one file.
    package var parts: [String] = []
    package var video: [VideoSettings.Codec] = []
    package var audio: [AudioSettings.Codec] = []
    /// Whether the format can store VP9's transparency, which is kept beside the pictures.
    package var hasSideData = false
    package var hasTags = false
    package var hasChapters = false
    /// Whether the format has tracks of captions.
    package var hasCaptions = false

    /// Whether the output is a folder of files.
    package var isFolder: Bool { !parts.isEmpty }

    /// Returns whether the format keeps the transparency of a codec.
    package func keepsAlpha(of codec: VideoSettings.Codec) -> Bool { codec != .vp9 || hasSideData }
}

extension Output.Format {
    package var container: Container {
        switch self {
        case .mp4:
            Container(
                endings: ["mp4", "m4v"], mimeType: "video/mp4", video: [.h264, .hevc, .av1, .vp9],
                audio: [.aac, .mp3, .opus, .flac], hasTags: true, hasChapters: true, hasCaptions: true)
        case .mov:
            Container(
                endings: ["mov"], mimeType: "video/quicktime", video: [.h264, .hevc, .prores],
                audio: [.aac, .pcm, .mp3], hasTags: true, hasChapters: true, hasCaptions: true)
        case .fmp4:
            Container(
                mimeType: "video/mp4", video: [.h264, .hevc, .av1, .vp9], audio: [.aac, .mp3, .opus, .flac],
                hasTags: true)
        case .webm:
            Container(
                endings: ["webm"], mimeType: "video/webm", video: [.vp9, .av1], audio: [.opus], hasSideData: true,
                hasTags: true, hasChapters: true, hasCaptions: true)
        case .mkv:
            Container(
                endings: ["mkv"], mimeType: "video/x-matroska", video: [.h264, .hevc, .av1, .vp9, .prores],
                audio: [.aac, .opus, .flac, .mp3, .pcm], hasSideData: true, hasTags: true, hasChapters: true,
                hasCaptions: true)
        case .hls:
            Container(
                mimeType: "application/vnd.apple.mpegurl", index: "index.m3u8", parts: ["m4s", "m3u8"],
                video: [.h264, .hevc, .av1], audio: [.aac])
        case .gif: Container(endings: ["gif"], mimeType: "image/gif", video: [.gif])
        case .webp: Container(endings: ["webp"], mimeType: "image/webp", video: [.webp])
        case .png: Container(mimeType: "image/png", parts: ["png"], video: [.png])
        case .jpeg: Container(mimeType: "image/jpeg", parts: ["jpg", "jpeg"], video: [.jpeg])
        case .tiff: Container(mimeType: "image/tiff", parts: ["tif", "tiff"], video: [.tiff])
        case .m4a:
            Container(endings: ["m4a"], mimeType: "audio/mp4", audio: [.aac], hasTags: true, hasChapters: true)
        case .mp3:
            Container(endings: ["mp3"], mimeType: "audio/mpeg", audio: [.mp3], hasTags: true, hasChapters: true)
        case .opus: Container(endings: ["opus", "ogg"], mimeType: "audio/ogg", audio: [.opus], hasTags: true)
        case .flac: Container(endings: ["flac"], mimeType: "audio/flac", audio: [.flac], hasTags: true)
        case .wav: Container(endings: ["wav"], mimeType: "audio/wav", audio: [.pcm])
        }
    }

    /// Returns whether the format can hold a video codec.
    public func holds(_ codec: VideoSettings.Codec) -> Bool { container.video.contains(codec) }

    /// The usual file extension, without the dot: `mp4`; `nil` for formats that are folders of files.
    public var fileExtension: String? { self == .fmp4 ? "mp4" : container.endings.first }

    /// The MIME type of the file, such as `video/mp4`.
    ///
    /// For a folder it is the type of the HTTP Live Streaming index, or of each picture in a folder of pictures.
    public var mimeType: String { container.mimeType }

    /// Whether the output is a folder of files.
    public var isFolder: Bool { container.isFolder }

    /// Whether the format has video; the others are audio only.
    public var hasVideo: Bool { !container.video.isEmpty }

    /// Creates the format that a path's file extension identifies; `nil` if the extension is unknown or missing.
    public init?(path: String) {
        guard let ending = Self.fileExtension(of: path),
            let format = Self.allCases.first(where: { $0.container.endings.contains(ending) })
        else { return nil }
        self = format
    }
}

extension Output.Format {
    /// Returns what follows the last dot of a file's name, in lower case; `nil` if the name has none.
    static func fileExtension(of path: String) -> String? {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        return name[name.index(after: dot)...].lowercased()
    }
}

extension Output {
    /// The format of an output that has been settled.
    package var settledFormat: Format { format ?? .mp4 }
    /// The capabilities of the output's format.
    package var container: Container { settledFormat.container }
    /// Whether the output has video.
    package var hasVideo: Bool { settledFormat.hasVideo }
    /// Whether a picture of the output can last longer than one frame.
    package var allowsVariableRate: Bool { !container.isFolder && video.codec?.hasSegments == true }
    /// Whether the output keeps transparency.
    package var hasAlpha: Bool { hasVideo && video.pixelFormat?.hasAlpha == true }
}
