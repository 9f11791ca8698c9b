// SPDX-License-Identifier: Apache-2.0

/// A sound file, or a part of one.
public struct AudioClip: ClipValue {
    /// The file, relative to the edit's folder.
    public var src: String
    /// Absolute start on the timeline; `nil` follows the clip before.
    public var start: Duration?
    /// How long it sounds; `nil` is to the end of its source, or of the timeline when looped.
    public var duration: Duration?
    /// The part of the file to use, in the file's own time; `nil` is all of it.
    public var source: SourceRange?
    /// Whether the part starts again when it ends.
    ///
    /// Repeats join at the exact sample.
    public var loop: Bool
    /// Linear gain, at least 0; 1 leaves the level as it is.
    public var volume: Animated
    /// Length of the ramp from silence at the start.
    public var fadeIn: Duration
    /// Length of the ramp to silence at the end.
    public var fadeOut: Duration
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// Creates a sound from its start to its end.
    public init(_ src: String, duration: Duration? = nil) {
        self.src = src
        self.duration = duration
        self.loop = false
        self.volume = 1
        self.fadeIn = .zero
        self.fadeOut = .zero
    }

    /// The clip that holds the sound.
    public var clip: Clip { .audio(self) }

    /// Returns the same clip, placed at an absolute time.
    public func starting(at start: Duration) -> AudioClip { changed(self) { $0.start = start } }
    /// Returns the same clip, starting again whenever it ends.
    public func looping(_ loop: Bool = true) -> AudioClip { changed(self) { $0.loop = loop } }
    /// Returns the same clip at another linear gain.
    public func volume(_ volume: Animated) -> AudioClip { changed(self) { $0.volume = volume } }
    /// Returns the same clip, rising from silence.
    public func fadeIn(_ duration: Duration) -> AudioClip { changed(self) { $0.fadeIn = duration } }
    /// Returns the same clip, falling to silence.
    public func fadeOut(_ duration: Duration) -> AudioClip { changed(self) { $0.fadeOut = duration } }
    /// Returns the same clip with only a part of the file: from `start`, for `duration` or to its end.
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
            let ramps = Duration.zero...ValueReport.longest
            guard case .known(let duration, _) = audio.placement.length, ValueReport.isLength(duration),
                ramps.contains(audio.fadeIn), ramps.contains(audio.fadeOut), audio.fadeIn + audio.fadeOut > duration
            else { return }
            report.add(
                "the fades (\(seconds(audio.fadeIn)) + \(seconds(audio.fadeOut))) are longer than the clip "
                    + "(\(seconds(duration))); shorten them",
                at: .field(audio.fadeOut > .zero ? "fadeOut" : "fadeIn"))
        })

    package var placement: Placement {
        let length: Placement.Length =
            if let duration { .known(duration) } else if loop { .toEndOfTimeline } else if let part = source?.duration {
                .known(part, fields: ["source", "duration"])
            } else { .ofMedia }
        return Placement(content: .sound, start: start, length: length)
    }

    package var noun: String { loop ? "a looped audio" : "an audio" }
}

/// A part of a media file, in the file's own time.
public struct SourceRange: Sendable, Hashable {
    /// Where the part begins.
    public var start: Duration
    /// How long it is; `nil` is to the end of the file.
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
