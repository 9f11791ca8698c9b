// SPDX-License-Identifier: Apache-2.0

/// The container and the encoder settings of an output.
///
/// A value type; safe to share between threads.
public struct Output: Sendable, Hashable {
    /// The container; `nil` means the one of the output's file extension, or MP4 if that is unknown.
    public var format: Format?
    /// The video settings.
    public var video: VideoSettings
    /// The audio settings.
    public var audio: AudioSettings
    /// The tags written into the file; each value is at most 4096 bytes.
    public var tags: [Tag: String]
    /// The chapters, in order of their start times.
    public var chapters: [Chapter]
    /// The tracks of captions that players show or hide; at most 32.
    public var captions: [CaptionTrack]

    /// Creates output settings; by default MP4 with H.264 and AAC.
    public init(
        format: Format? = nil, video: VideoSettings = VideoSettings(), audio: AudioSettings = AudioSettings(),
        tags: [Tag: String] = [:], chapters: [Chapter] = [], captions: [CaptionTrack] = []
    ) {
        self.format = format
        self.video = video
        self.audio = audio
        self.tags = tags
        self.chapters = chapters
        self.captions = captions
    }

    /// A container, a folder of files, or an audio-only file.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 Part 14, with its index at the front so that playback starts before the file is downloaded.
        case mp4
        /// QuickTime, with its index at the front.
        case mov
        /// Fragmented MP4, which can be played while it is being downloaded.
        case fmp4
        /// WebM.
        case webm
        /// Matroska.
        case mkv
        /// A folder for HTTP Live Streaming: `index.m3u8` and fragmented MP4 segments.
        case hls
        /// An animated GIF with one palette of 256 colours, chosen from all its pictures.
        case gif
        /// An animated WebP.
        case webp
        /// A folder with one picture for each frame: `000001.png` and so on.
        case png, jpeg, tiff
        /// Audio only.
        case m4a, mp3, opus, flac, wav
    }

    /// A metadata tag of the output file.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Tag: String, Sendable, Hashable, CaseIterable, Codable {
        /// A tag that players show.
        case title, artist, album, genre, date, copyright, description, comment
    }

    /// A chapter, which lasts until the next one or the end.
    ///
    /// A value type; safe to share between threads.
    public struct Chapter: Sendable, Hashable {
        /// The chapter's start time on the timeline.
        public var start: Duration
        /// The chapter's title, at most 1024 bytes.
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
        "output", expected: "{\"format\", \"video\", \"audio\", \"tags\", \"chapters\", \"captions\"}",
        "How the edit is encoded.",
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
            .optional(
                "captions", \.captions,
                .list("an array of caption tracks", of: CaptionTrack.form.form, most: CaptionTrack.most),
                "Tracks of captions that players show or hide."),
        ], rules: { OutputRules.check($0, &$1) })

    private static let tags = ObjectForm<[Tag: String]>(
        "tags", expected: "{\"title\", \"artist\", \"comment\", …}", "What the file says of itself.", usual: [:],
        Tag.allCases.map {
            .optional($0.rawValue, \.[$0], .text(limit: 4096), unset: "none", "At most 4096 bytes.")
        })

    private static func checkOrder(_ chapters: [Chapter]) -> (_ index: Int, inout ValueReport) -> Void {
        { index, report in
            guard index > 0, chapters[index].start <= chapters[index - 1].start else { return }
            report.add("is not after the chapter before it; order them by time", at: .field("start"))
        }
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
