// SPDX-License-Identifier: Apache-2.0

/// Captions over a part of the timeline: the cues of a file, or words with their times.
///
/// Times are those of the file or the words, from the clip's start. Captions stay within their box: what is too long for it
/// becomes smaller, or ends with an ellipsis. A value type; safe to share between threads.
public struct CaptionsClip: VisualClip {
    /// What is shown, and when.
    public var content: Content
    /// Whose looks the captions have.
    public var looks: Looks
    /// The look of the text; what it leaves out is bold and white with a dark outline.
    public var style: TextStyle
    /// How a word looks while it is spoken; `nil` shows all words alike.
    public var active: ActiveWord?
    /// The looks of speakers, by their names in the file.
    public var speakers: [SpeakerStyle]
    /// How words are put together into cues; `nil` keeps the cues of the file.
    public var grouping: CaptionGrouping?
    /// The margins of a platform in which nothing but the video is seen; `nil` for none.
    public var safeArea: SafeArea?
    /// The placement in time and on the canvas; without a `duration` the clip lasts to the end of the timeline.
    ///
    /// Without a `size` the box is as wide as the style's `maxWidth`, and as high as its lines. Without a `position` it lies
    /// at the bottom of the safe area.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// What captions show, and when.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Content: Sendable, Hashable {
        /// The cues of a file: SRT, WebVTT, ASS, or a speech recogniser's JSON.
        case file(String)
        /// Words, which are grouped into cues.
        case words([SpokenWord])
    }

    /// Whose looks captions have.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Looks: String, Sendable, Hashable, CaseIterable {
        /// Those of the clip, for all files alike.
        case own
        /// Those of an ASS file: its styles, places, karaoke, moves and drawings, over the whole canvas.
        case file
    }

    /// A word with its times, from the clip's start.
    ///
    /// A value type; safe to share between threads.
    public struct SpokenWord: Sendable, Hashable {
        /// The word with its punctuation.
        public var text: String
        /// When it begins.
        public var start: Duration
        /// When it ends; not before its start.
        public var end: Duration
        /// Who says it; `nil` if that is not known.
        public var speaker: String?

        /// Creates a word.
        public init(_ text: String, start: Duration, end: Duration, speaker: String? = nil) {
            self.text = text
            self.start = start
            self.end = end
            self.speaker = speaker
        }
    }

    /// The look of what a speaker says, where it differs from the captions' style.
    ///
    /// A value type; safe to share between threads.
    public struct SpeakerStyle: Sendable, Hashable {
        /// The speaker's name in the file.
        public var name: String
        /// What differs.
        public var style: SpanStyle

        /// Creates a look of a speaker.
        public init(_ name: String, _ style: SpanStyle) {
            self.name = name
            self.style = style
        }
    }

    /// Creates captions of a file's cues.
    public init(_ src: String, style: TextStyle = TextStyle(), active: ActiveWord? = nil) {
        self.init(.file(src), style: style, active: active)
    }

    /// Creates captions of words, which are grouped into cues.
    public init(words: [SpokenWord], style: TextStyle = TextStyle(), active: ActiveWord? = nil) {
        self.init(.words(words), style: style, active: active)
    }

    /// Creates captions of a file's cues, or of words.
    public init(_ content: Content, style: TextStyle = TextStyle(), active: ActiveWord? = nil) {
        self.content = content
        self.looks = .own
        self.style = style
        self.active = active
        self.speakers = []
        self.visual = Visual(anchor: .bottom)
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .captions(self) }

    /// Returns the look of captions whose style leaves it out: bold, white, with a dark outline of a sixteenth of the size.
    package static func defaultCharacters(size: Double) -> CharacterStyle {
        CharacterStyle(
            weight: 700, color: .white,
            stroke: TextStroke(Color(red: 0, green: 0, blue: 0, alpha: 200), width: size / 16))
    }

    /// Returns a copy of the clip with other looks.
    public func looks(_ looks: Looks) -> CaptionsClip { changed(self) { $0.looks = looks } }
    /// Returns a copy of the clip with words put together into cues in another way.
    public func grouped(by grouping: CaptionGrouping?) -> CaptionsClip { changed(self) { $0.grouping = grouping } }
    /// Returns a copy of the clip inside the safe area of a platform.
    public func safeArea(_ area: SafeArea?) -> CaptionsClip { changed(self) { $0.safeArea = area } }
}

extension CaptionsClip: ClipKind {
    package static let form = ObjectForm.clip(
        "captions", "Captions: the cues of a file, or words with their times.", usual: CaptionsClip(""),
        conditions: [
            .object([
                "oneOf": .array([
                    .object(["required": .array([.string("src")])]), .object(["required": .array([.string("words")])]),
                ])
            ])
        ],
        [
            .optional(
                "src", \.src, .file(.captions), unset: "given by `words`",
                "The file: SRT, WebVTT, ASS, or JSON of Whisper and its kin."),
            .only(
                "words", \.words, .words, isRequired: false, unset: "given by `src`", "Words with their times.",
                if: { $0.src == nil }, otherwise: { _ in "captions are given by src or by words; remove one of them" }),
            .optional(
                "looks", \.looks, .word("looks"),
                "`file` shows an ASS file in its own styles, places and moves; `own` shows all files alike."),
            .visual(
                .optionalDuration, size: "as wide as `maxWidth`, and as high as its lines",
                position: "the bottom of the safe area, or where the file says"),
            .optional(
                "style", \.style, TextStyle.form.form,
                "The look of the text; by default bold, white, with a dark outline."),
            .optional(
                "active", \.active, ActiveWord.form.form, unset: "all words look alike",
                "How a word looks while it is spoken."),
            .optional(
                "speakers", \.speakers, .list("an array of speakers", of: SpeakerStyle.form.form, most: 100),
                "The looks of speakers."),
            .optional(
                "grouping", \.grouping, CaptionGrouping.form, unset: "the file's cues",
                "How words are put together into cues."),
            .optional(
                "safeArea", \.safeArea, .word("platform"), unset: "the whole canvas",
                "The platform whose own controls the captions stay clear of."),
        ],
        rules: { clip, report in
            if clip.src == nil, clip.words == nil {
                report.add("missing; name a file, or give words", at: .field("src"))
            }
            if clip.looks == .file { clip.checkFileLooks(&report) }
        })

    package var placesItself: Bool { true }
    package var noun: String { "captions" }

    fileprivate var src: String? {
        get { if case .file(let src) = content, !src.isEmpty { src } else { nil } }
        set { if let newValue { content = .file(newValue) } }
    }

    fileprivate var words: [SpokenWord]? {
        get { if case .words(let words) = content { words } else { nil } }
        set { if let newValue { content = .words(newValue) } }
    }
}

extension CaptionsClip.Content {
    /// The form of captions in few words: a file's name, or an array of words.
    static let form: Form<CaptionsClip.Content> = {
        let file = Form<String>.file(.captions)
        let words = Form<[CaptionsClip.SpokenWord]>.words.checked { words, report in
            if words.isEmpty { report.add("there are none; give at least one word, or leave captions out") }
        }
        let expected = "the path of a file of captions, or an array of words"
        return Form(
            expected: expected, kind: "path, or array of words", schema: { .any([file.schema(), words.schema()]) },
            read: { node, reader in
                if case .string = node.value { return file.read(node, reader).map(CaptionsClip.Content.file) }
                if case .array = node.value { return words.read(node, reader).map(CaptionsClip.Content.words) }
                reader.mismatch(node, expected)
                return nil
            },
            write: { content in
                switch content {
                case .file(let src): file.write(src)
                case .words(let spoken): words.write(spoken)
                }
            },
            check: { content, report in
                switch content {
                case .file(let src): file.check?(src, &report)
                case .words(let spoken): words.check?(spoken, &report)
                }
            },
            files: { content, walk in
                guard case .file(var src) = content else { return }
                file.files?(&src, &walk)
                content = .file(src)
            })
    }()
}

extension Form<[CaptionsClip.SpokenWord]> {
    fileprivate static var words: Form {
        .list("an array of words", of: CaptionsClip.SpokenWord.form.form, least: 1, most: 100_000)
    }
}

extension CaptionsClip.SpokenWord {
    fileprivate static let form = ObjectForm(
        "captionWord", "A word with its times.", usual: CaptionsClip.SpokenWord("", start: .zero, end: .zero),
        [
            .required("text", \.text, .shownText, "The word with its punctuation."),
            .required("start", \.start, .time, "When it begins, from the clip's start."),
            .required("end", \.end, .time, "When it ends; not before its start."),
            .optional("speaker", \.speaker, .text, unset: "not known", "Who says it."),
        ],
        rules: { word, report in
            if word.end < word.start {
                report.add(
                    "\(seconds(word.end)) is before the word's start (\(seconds(word.start)))", at: .field("end"))
            }
        })
}

extension CaptionsClip.SpeakerStyle {
    fileprivate static let form = ObjectForm(
        "speakerStyle", "The look of what a speaker says.", usual: CaptionsClip.SpeakerStyle("", SpanStyle()),
        [
            .required("name", \.name, .text("a name"), "The speaker's name in the file."),
            .group(\.style, SpanStyle.fields),
        ])
}

extension Captions {
    /// Creates captions of words, each speaker's in cues of its own.
    package init(words: [CaptionsClip.SpokenWord]) {
        self.init()
        for word in words.sorted(by: { $0.start < $1.start }) {
            let isFirst = cues.last.map { $0.speaker != word.speaker } ?? true
            // Words have a space before them where scripts have spaces.
            let isJoined = word.text.hasPrefix(" ") || word.text.unicodeScalars.first?.hasNoSpaces == true
            let text = isFirst || isJoined ? word.text : " " + word.text
            let timed = CaptionWord(text, start: word.start, end: max(word.end, word.start))
            if isFirst {
                cues.append(Cue(words: [timed], speaker: word.speaker))
            } else {
                cues[cues.count - 1].words.append(timed)
                cues[cues.count - 1].runs[0].text += text
                cues[cues.count - 1].end = max(cues[cues.count - 1].end, timed.end)
            }
        }
    }
}
