// SPDX-License-Identifier: Apache-2.0

/// A sound file, or a part of one.
///
/// A value type; safe to share between threads.
public struct AudioClip: ClipValue {
    /// The file's path, relative to the edit's folder.
    public var src: String
    /// The absolute start time on the timeline; `nil` means the end of the previous clip.
    public var start: Duration?
    /// How long the clip plays; `nil` means to the end of its source, or of the timeline if it loops.
    public var duration: Duration?
    /// The part of the file to play; `nil` means all of it.
    public var source: SourceRange?
    /// Whether the part repeats when it ends.
    ///
    /// Repeats join at the exact sample.
    public var loop: Bool
    /// The linear gain, 0…100; 1 keeps the level.
    public var volume: Animated<Double>
    /// The length of the ramp from silence at the start; zero or more.
    public var fadeIn: Duration
    /// The length of the ramp to silence at the end; zero or more.
    public var fadeOut: Duration
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a clip that plays a sound file from its beginning.
    public init(_ src: String, duration: Duration? = nil) {
        self.src = src
        self.duration = duration
        self.loop = false
        self.volume = 1
        self.fadeIn = .zero
        self.fadeOut = .zero
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .audio(self) }

    /// Returns a copy of the clip that starts at an absolute time.
    public func starting(at start: Duration) -> AudioClip { changed(self) { $0.start = start } }
    /// Returns a copy of the clip with looping on or off.
    public func looping(_ loop: Bool = true) -> AudioClip { changed(self) { $0.loop = loop } }
    /// Returns a copy of the clip with another linear gain, 0…100.
    public func volume(_ volume: Animated<Double>) -> AudioClip { changed(self) { $0.volume = volume } }
    /// Returns a copy of the clip that fades in from silence.
    public func fadeIn(_ duration: Duration) -> AudioClip { changed(self) { $0.fadeIn = duration } }
    /// Returns a copy of the clip that fades out to silence.
    public func fadeOut(_ duration: Duration) -> AudioClip { changed(self) { $0.fadeOut = duration } }
    /// Returns a copy of the clip that plays only a part of the file: from `start`, for `duration` or to the end.
    public func trimmed(from start: Duration, duration: Duration? = nil) -> AudioClip {
        changed(self) { $0.source = SourceRange(start: start, duration: duration) }
    }
}

extension AudioClip: ClipKind {
    package static let form = ObjectForm.clip(
        "audio", "A sound file, or a part of one.", usual: AudioClip(""),
        [
            .required("src", \.src, .file(.sound), "The file."),
            .optional(
                "start", \.start, .time, unset: "after the clip before",
                "Absolute place on the timeline; not after a transition."),
            .optional(
                "duration", \.duration, .length, unset: "to the end of the source; of the timeline where it loops",
                "How long it sounds."),
            .optional(
                "source", \.source, SourceRange.form.form, unset: "the whole file",
                "The part to use, in the file's own time."),
            .optional("loop", \.loop, .flag, "Whether the part starts again whenever it ends."),
            .optional("volume", \.volume, .animated(0...100), "Linear gain."),
            .optional("fadeIn", \.fadeIn, .time, "Length of the ramp from silence."),
            .optional("fadeOut", \.fadeOut, .time, "Length of the ramp to silence."),
        ],
        rules: { audio, report in
            guard case .known(let duration, _) = audio.placement.length else { return }
            checkFades(audio.fadeIn, audio.fadeOut, of: duration, &report)
        })

    /// Reports fades that are longer than the clip together.
    static func checkFades(_ fadeIn: Duration, _ fadeOut: Duration, of duration: Duration, _ report: inout ValueReport)
    {
        let ramps = Duration.zero...ValueReport.longest
        guard ValueReport.isLength(duration), ramps.contains(fadeIn), ramps.contains(fadeOut),
            fadeIn + fadeOut > duration
        else { return }
        report.add(
            "the fades (\(seconds(fadeIn)) + \(seconds(fadeOut))) are longer than the clip "
                + "(\(seconds(duration))); shorten them",
            at: .field(fadeOut > .zero ? "fadeOut" : "fadeIn"))
    }

    package var placement: Placement {
        let length: Placement.Length =
            if let duration { .known(duration) } else if loop { .toEndOfTimeline } else if let part = source?.duration {
                .known(part, field: .source)
            } else { .ofMedia }
        return Placement(content: .sound, start: start, length: length)
    }

    package var noun: String { loop ? "a looped audio" : "an audio" }
}

/// A part of a media file, in the file's own time.
///
/// A value type; safe to share between threads.
public struct SourceRange: Sendable, Hashable {
    /// The start of the part, from the file's beginning.
    public var start: Duration
    /// The length of the part; `nil` means to the end of the file.
    public var duration: Duration?

    /// Creates a part of a media file.
    public init(start: Duration = .zero, duration: Duration? = nil) {
        self.start = start
        self.duration = duration
    }

    static let form = ObjectForm(
        "sourceRange", "A part of a media file, in the file's own time.", usual: SourceRange(),
        [
            .optional("start", \.start, .time, "Where the part begins."),
            .optional("duration", \.duration, .length, unset: "to the end of the file", "How long it is."),
        ])
}
