// SPDX-License-Identifier: Apache-2.0

/// A slideshow in short form, which can be converted to an edit.
///
/// The defaults are the same for programs, for the command `compose slideshow` and for JSON: `{"images": ["a.jpg",
/// "b.jpg"], "audio": "music.m4a", "transition": "fade"}`. A value type; safe to share between threads.
public struct Slideshow: Sendable, Hashable {
    /// A picture or a video, and its duration.
    ///
    /// Which of them it is follows from the name's extension.
    ///
    /// A value type; safe to share between threads.
    public struct Picture: Sendable, Hashable {
        /// The file's path, relative to the edit's folder.
        public var src: String
        /// How long the picture is shown, including transitions; `nil` means ``Slideshow/durationPerImage`` for a picture, and
        /// the whole file for a video.
        public var duration: Duration?

        /// Creates a picture.
        public init(_ src: String, duration: Duration? = nil) {
            self.src = src
            self.duration = duration
        }

        /// Whether the name is that of a video.
        public var isVideo: Bool {
            // An address may go on after the name.
            let name = src.contains("://") ? src.prefix { $0 != "?" && $0 != "#" } : src[...]
            guard let dot = name.lastIndex(of: ".") else { return false }
            return Self.videoExtensions.contains(name[name.index(after: dot)...].lowercased())
        }

        private static let videoExtensions: Set = [
            "mp4", "m4v", "mov", "mkv", "webm", "avi", "flv", "ts", "mts", "m2ts", "3gp",
        ]
    }

    /// The transition between two pictures.
    ///
    /// A value type; safe to share between threads.
    public struct Join: Sendable, Hashable {
        /// The style of the transition; `nil` means a cut.
        public var style: Transition.Style?
        /// How long two pictures overlap.
        public var duration: Duration

        /// Creates a transition between pictures; by default a one-second fade.
        public init(_ style: Transition.Style? = .fade, duration: Duration = .seconds(1)) {
            self.style = style
            self.duration = duration
        }
    }

    /// How the pictures move.
    ///
    /// A value type; safe to share between threads.
    public enum Move: String, Sendable, Hashable, CaseIterable, Codable {
        /// The pictures do not move.
        case none
        /// Every picture zooms in, or every picture zooms out.
        case zoomIn, zoomOut
        /// The pictures zoom in and out in turn.
        case alternate
    }

    /// The pictures and videos, in order; at least one.
    public var images: [Picture]
    /// The music's path; `nil` means none.
    ///
    /// The music repeats until the end of the video, where it fades out.
    public var audio: String?
    /// The captions over the pictures, from the start of the video: a file, or words; `nil` means none.
    public var captions: CaptionsClip.Content?
    /// How long each picture without its own duration is shown, including transitions; more than zero.
    public var durationPerImage = Duration.seconds(4)
    /// The transition between pictures.
    public var transition = Join()
    /// How the pictures move.
    public var motion = Move.alternate
    /// The largest zoom, 1…100.
    public var zoom = 1.2
    /// The size of the canvas.
    public var size = PixelSize.vertical1080
    /// Output frames per second, 1…240.
    public var frameRate: FrameRate = 30
    /// How each picture fills the canvas.
    public var fit = Fit.cover
    /// The colour of the parts of the canvas that no picture covers.
    public var background = Color.black
    /// The linear gain of the music, 0…100; 1 keeps its level.
    public var audioVolume = 1.0
    /// The linear gain of the videos' own sound, 0…100; 1 keeps its level.
    public var videoVolume = 1.0
    /// How long the music fades out at the end of the video; zero or more.
    public var fadeOut = Duration.seconds(2)

    /// Creates a slideshow of the given pictures, with defaults for everything else.
    public init(_ images: [Picture], audio: String? = nil) {
        self.images = images
        self.audio = audio
    }

    /// The edit that the slideshow describes.
    public var edit: Edit {
        let clips = images.enumerated().map { index, picture in
            if picture.isVideo {
                return VideoClip(picture.src, duration: picture.duration, fit: fit)
                    .volume(.constant(videoVolume)).muted(videoVolume == 0).clip
            }
            return ImageClip(picture.src, duration: picture.duration ?? durationPerImage, fit: fit)
                .motion(motion(of: index)).clip
        }
        var pictures = Track(clips: clips)
        if let style = transition.style { pictures = pictures.joined(by: style, transition.duration) }
        return Edit(size: size, frameRate: frameRate, background: background) {
            pictures
            if let audio {
                Track { AudioClip(audio).looping().volume(.constant(audioVolume)).fadeOut(fadeOut) }
            }
            if let captions { Track { CaptionsClip(captions) } }
        }
    }

    /// Returns the zoom of a picture, whose centre varies slightly from picture to picture.
    private func motion(of index: Int) -> Motion? {
        let points = [(0.5, 0.45), (0.42, 0.5), (0.58, 0.45), (0.5, 0.55), (0.45, 0.4)]
        let (x, y) = points[index % points.count]
        switch motion {
        case .none: return nil
        case .alternate where index.isMultiple(of: 2), .zoomIn: return .zoom(to: zoom, x: x, y: y)
        case .alternate, .zoomOut: return .zoom(from: zoom, x: x, y: y)
        }
    }
}

extension Slideshow {
    /// Creates a slideshow from its short form, read strictly.
    ///
    /// Throws ``ComposeError`` with code `invalidEdit` and every problem; the problems' paths are those of the short
    /// form.
    public init(json value: JSONValue) throws(ComposeError) {
        self = try DocumentReader.read(JSONNode(value), as: Self.form.form)
        var report = ValueReport(EditContext(edit, for: nil))
        Self.form.check(self, &report)
        if !report.problems.isEmpty { throw ComposeError(.invalidEdit, problems: report.problems) }
    }

    static let form = ObjectForm(
        "slideshow", expected: "a slideshow {\"images\": […]}", "A slideshow in a few words.", usual: Slideshow([]),
        [
            .required(
                "images", \.images,
                Form<[Picture]>.list("an array of pictures", of: Picture.form, least: 1).checked { images, report in
                    if images.isEmpty { report.add("there are none; name at least one picture") }
                }, "The pictures and videos, in order: names, or objects with src and duration."),
            .optional("audio", \.audio, .file(.sound), unset: "none", "The music, looped and faded out."),
            .optional(
                "captions", \.captions, CaptionsClip.Content.form, unset: "none",
                "The captions: a file's name, or words with their times."),
            .optional("durationPerImage", \.durationPerImage, .length, "How long each picture is shown."),
            .optional("transition", \.transition, Join.form, "The way from picture to picture."),
            .optional("motion", \.motion, .word("motion"), "How pictures move."),
            .optional("zoom", \.zoom, .number(1...100), "How far they come closer."),
            .optional("size", \.size, .namedSize, "The canvas: an object, or text such as 1080x1920."),
            .optional("frameRate", \.frameRate, .frameRate, "Frames per second."),
            .optional("fit", \.fit, .word("fit"), "How a picture fills the canvas."),
            .optional("background", \.background, .color, "What shows where no picture does."),
            .optional("audioVolume", \.audioVolume, .number(0...100), "The music's linear gain."),
            .optional("videoVolume", \.videoVolume, .number(0...100), "The linear gain of the videos' own sound."),
            .optional("fadeOut", \.fadeOut, .time, "How long the music takes to fade out."),
        ])
}

extension Form {
    /// Returns the form of a value that is written as an object or, if one string describes it, as text.
    fileprivate static func short(
        _ object: ObjectForm<Value>, or text: Form<String>, make: @escaping @Sendable (String) -> Value
    ) -> Form {
        changed(object.form) { form in
            form.schema = { .any([text.schema(), object.schema()]) }
            form.read = { [read = form.read] node, reader in
                guard case .string = node.value else { return read(node, reader) }
                return text.read(node, reader).map(make)
            }
        }
    }
}

extension Slideshow.Picture {
    fileprivate static let form = Form.short(
        ObjectForm(
            "picture", expected: "a picture's name, or {\"src\", \"duration\"}", "A picture.", usual: Self(""),
            [
                .required("src", \.src, .file(.picture), "The file."),
                .optional(
                    "duration", \.duration, .length, unset: "durationPerImage, or a video's own",
                    "How long it is shown."),
            ]), or: .file(.picture), make: { Self($0) })
}

extension Slideshow.Join {
    fileprivate static let form = Form.short(
        ObjectForm(
            "join", expected: "a transition's name, or {\"name\", \"duration\"}", "The way from picture to picture.",
            usual: Self(),
            [
                .optional("name", \.name, .word("transition", names, make: known, name: \.self), "The transition."),
                .optional("duration", \.duration, .length, "How long two pictures overlap."),
            ]), or: .word("transition", names, make: known, name: \.self),
        make: { name in changed(Self()) { $0.name = name } })

    /// The transition's name; `none` means a cut.
    fileprivate var name: String {
        get { style?.name ?? "none" }
        set { style = Transition.Style(name: newValue) }
    }

    private static let names = Transition.Style.all.map(\.name) + ["none"]

    private static func known(_ name: String) -> String? { names.contains(name) ? name : nil }
}

extension Form<PixelSize> {
    /// The form of a size written as an object, or as text such as `1080x1920`.
    fileprivate static var namedSize: Form {
        changed(PixelSize.form.form) { form in
            form.schema = {
                .any([
                    Schema(["type": .string("string"), "pattern": .string("^[0-9]+x[0-9]+$")]), PixelSize.form.schema(),
                ])
            }
            form.read = { [read = form.read] node, reader in
                guard case .string(let text) = node.value else { return read(node, reader) }
                if let size = PixelSize(text) { return size }
                reader.mismatch(node, "text such as \"1080x1920\" or {\"width\", \"height\"} in pixels")
                return nil
            }
        }
    }
}
