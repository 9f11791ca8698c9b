// SPDX-License-Identifier: Apache-2.0

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

    /// Creates an output: MP4 with H.264 and AAC, unless said otherwise.
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
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
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
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
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

        /// Creates a chapter.
        public init(_ title: String, at start: Duration) {
            self.start = start
            self.title = title
        }
    }
}

extension Output {
    static let form = ObjectForm(
        "output", expected: "{\"format\", \"video\", \"audio\", \"tags\", \"chapters\"}", "How the edit is encoded.",
        usual: Output(), conditions: OutputRules.outputConditions,
        [
            .optional(
                "format", \.format, .word("format"), unset: "by the output's name, else `mp4`",
                "The container, a folder of files, or sound alone."),
            .optional("video", \.video, VideoSettings.form.form, "The pictures."),
            .optional("audio", \.audio, AudioSettings.form.form, "The sound."),
            .optional("tags", \.tags, tags.form, "What the file says of itself."),
            .optional(
                "chapters", \.chapters, .list("an array of chapters", of: Chapter.form.form, each: checkOrder),
                "Named places to jump to, in order; each lasts to the next."),
        ], rules: { OutputRules.check($0, &$1) })

    private static let tags = ObjectForm<[Tag: String]>(
        "tags", expected: "{\"title\", \"artist\", \"comment\", …}", "What the file says of itself.", usual: [:],
        Tag.allCases.map {
            .optional($0.rawValue, \.[$0], .text(limit: 4096), unset: "none", "At most 4096 bytes.")
        })

    private static func checkOrder(_ index: Int, _ chapters: [Chapter], _ report: inout ValueReport) {
        guard index > 0, chapters[index].start <= chapters[index - 1].start else { return }
        report.add("is not after the chapter before it; order them by time", at: .field("start"))
    }
}

extension Output.Chapter {
    fileprivate static let form = ObjectForm(
        "chapter", "A named place to jump to.", usual: Output.Chapter("", at: .zero),
        [
            .required("start", \.start, .time, "When it begins."),
            .required("title", \.title, .text(limit: 1024), "Its name; at most 1024 bytes."),
        ])
}
