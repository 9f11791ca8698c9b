// SPDX-License-Identifier: Apache-2.0

/// A sound file, or a part of one.
///
/// A value type; safe to share between threads.
public struct AudioClip: SoundClip {
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
    /// Repeats join at the exact sample, or in a cross-fade.
    public var loop: Bool
    /// The length of the cross-fade between repeats, by which each is shorter; 0…10 s.
    public var loopCrossfade: Duration
    /// How fast the file is played, 0.05…100; 1 is its own speed.
    public var speed: Animated<Double>
    /// Whether the sound keeps its pitch at another speed; `nil` where it can.
    public var pitch: Bool?
    /// The linear gain, 0…100; 1 keeps the level.
    public var volume: Animated<Double>
    /// The place between left, −1, and right, 1.
    public var pan: Animated<Double>
    /// The length of the ramp from silence at the start; zero or more.
    public var fadeIn: Duration
    /// The length of the ramp to silence at the end; zero or more.
    public var fadeOut: Duration
    /// The shape of both ramps.
    public var fadeCurve: FadeCurve
    /// Whether ramps of 2 ms keep cuts into the file's sound from clicking.
    public var declick: Bool
    /// What the sound becomes quieter under; `nil` is nothing.
    public var duck: Duck?
    /// Changes of the tone and dynamics of the sound, in order; at most 16.
    public var effects: [SoundEffect]
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a clip that plays a sound file from its beginning.
    public init(_ src: String, duration: Duration? = nil) {
        self.src = src
        self.duration = duration
        self.loop = false
        self.loopCrossfade = .zero
        self.speed = 1
        self.volume = 1
        self.pan = 0
        self.fadeIn = .zero
        self.fadeOut = .zero
        self.fadeCurve = .linear
        self.declick = true
        self.effects = []
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .audio(self) }

    /// Returns a copy of the clip that starts at an absolute time.
    public func starting(at start: Duration) -> AudioClip { changed(self) { $0.start = start } }
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
            .optional("speed", \.speed, .animated(PlaybackRate.range), "How fast it is played."),
            .sound,
        ],
        rules: { audio, report in
            let length: Duration? = if case .known(let length, _) = audio.placement.length { length } else { nil }
            audio.checkSound(lasting: length, &report)
        })

    package var placement: Placement {
        let length: Placement.Length =
            if let duration { .known(duration) } else if loop {
                .toEndOfTimeline
            } else if case .constant = speed,
                let part = source?.duration, let rate = PlaybackRate(speed)
            { .known(rate.millionths == 1_000_000 ? part : rate.time(toPlay: part), field: .source) } else { .ofMedia }
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
