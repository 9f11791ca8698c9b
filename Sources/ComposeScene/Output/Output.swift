// SPDX-License-Identifier: Apache-2.0

@_exported public import Encoders  // settings are part of an edit: one import is enough

/// How an edit is to be encoded, and into what.
public struct Output: Sendable, Hashable {
    /// The container; `nil` is what the output's name says, `out.webm`, and MP4 where it says nothing known.
    public var format: Format?
    /// The pictures.
    public var video: VideoSettings
    /// The sound.
    public var audio: AudioSettings
    /// What the file says of itself.
    public var tags: [Tag: String]
    /// Named places to jump to, in order.
    public var chapters: [Chapter]

    /// MP4 with H.264 and AAC, unless said otherwise.
    public init(
        format: Format? = nil, video: VideoSettings = VideoSettings(), audio: AudioSettings = AudioSettings(),
        tags: [Tag: String] = [:], chapters: [Chapter] = []
    ) {
        self.format = format
        self.video = video
        self.audio = audio
        self.tags = tags
        self.chapters = chapters
    }

    /// A container, a folder of files, or a file of sound alone.
    public enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 part 14, with its index at the front so that players can start at once.
        case mp4
        /// QuickTime, with its index at the front.
        case mov
        /// MP4 in fragments, which can be played while it is still being fetched.
        case fmp4
        /// WebM.
        case webm
        /// Matroska.
        case mkv
        /// A folder for HTTP Live Streaming: `index.m3u8`, and segments of MP4 fragments.
        case hls
        /// An animated GIF, in 256 colours chosen from all its pictures.
        case gif
        /// An animated WebP.
        case webp
        /// A folder of pictures, one a frame: `000001.png` and so on.
        case png, jpeg, tiff
        /// Sound alone.
        case m4a, mp3, opus, flac, wav
    }

    /// A fact about the whole that files can state.
    public enum Tag: String, Sendable, Hashable, CaseIterable, Codable {
        /// What players show.
        case title, artist, album, genre, date, copyright, description, comment
    }

    /// A named place to jump to; it lasts to the next, or to the end.
    public struct Chapter: Sendable, Hashable {
        /// When it begins.
        public var start: Duration
        /// Its name.
        public var title: String

        /// A chapter.
        public init(_ title: String, at start: Duration) {
            self.start = start
            self.title = title
        }
    }
}
