// SPDX-License-Identifier: Apache-2.0

/// A video file, or a part of one, with its sound.
///
/// A frame of the output shows the picture that begins at or before it in the file's own time, exactly, whatever the rates of
/// both. Pictures are shown upright and with square pixels. A value type; safe to share between threads.
public struct VideoClip: VisualClip {
    /// What happens where a file is damaged.
    ///
    /// A value type; safe to share between threads.
    public enum OnDamage: String, Sendable, Hashable, CaseIterable {
        /// The last good picture stays, and the report says where.
        case hold
        /// The render fails.
        case fail
    }

    /// The file's path, relative to the edit's folder.
    public var src: String
    /// The part of the file to play; `nil` means all of it.
    public var source: SourceRange?
    /// The placement in time and on the canvas; without a duration, the clip ends with its source.
    public var visual: Visual
    /// How the pictures fill their box.
    public var fit: Fit
    /// A move over the pictures; `nil` keeps them still.
    public var motion: Motion?
    /// How fast the file is played, 0.05…100; 1 is its own speed.
    ///
    /// Sound becomes higher with speed; it is silent where the speed is animated.
    public var speed: Animated<Double>
    /// Whether the part is played from its end to its start; it is silent then.
    public var reverse: Bool
    /// A single picture that is shown for all of the clip, which then needs a duration; `nil` plays the file.
    public var freeze: Freeze?
    /// Whether the part repeats when it ends.
    public var loop: Bool
    /// The linear gain of its sound, 0…100; 1 keeps the level.
    public var volume: Animated<Double>
    /// The length of the sound's ramp from silence at the start; zero or more.
    public var fadeIn: Duration
    /// The length of the sound's ramp to silence at the end; zero or more.
    public var fadeOut: Duration
    /// Whether its sound is left out.
    public var muted: Bool
    /// What happens where the file is damaged.
    public var onDamage: OnDamage
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a clip that plays a file over the whole canvas, to its end or for `duration`.
    public init(_ src: String, duration: Duration? = nil, fit: Fit = .cover) {
        self.src = src
        self.visual = Visual(duration: duration)
        self.fit = fit
        self.speed = 1
        self.reverse = false
        self.loop = false
        self.volume = 1
        self.fadeIn = .zero
        self.fadeOut = .zero
        self.muted = false
        self.onDamage = .hold
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .video(self) }

    /// Returns a copy of the clip that plays only a part of the file: from `start`, for `duration` or to the end.
    public func trimmed(from start: Duration, duration: Duration? = nil) -> VideoClip {
        changed(self) { $0.source = SourceRange(start: start, duration: duration) }
    }
    /// Returns a copy of the clip that fills its box in another way.
    public func fit(_ fit: Fit) -> VideoClip { changed(self) { $0.fit = fit } }
    /// Returns a copy of the clip with another move over its pictures.
    public func motion(_ motion: Motion?) -> VideoClip { changed(self) { $0.motion = motion } }
    /// Returns a copy of the clip at another speed, 0.05…100.
    public func speed(_ speed: Animated<Double>) -> VideoClip { changed(self) { $0.speed = speed } }
    /// Returns a copy of the clip that is played backwards.
    public func reversed(_ reverse: Bool = true) -> VideoClip { changed(self) { $0.reverse = reverse } }
    /// Returns a copy of the clip that shows a single picture.
    public func frozen(at freeze: Freeze) -> VideoClip { changed(self) { $0.freeze = freeze } }
    /// Returns a copy of the clip with looping on or off.
    public func looping(_ loop: Bool = true) -> VideoClip { changed(self) { $0.loop = loop } }
    /// Returns a copy of the clip with another linear gain of its sound, 0…100.
    public func volume(_ volume: Animated<Double>) -> VideoClip { changed(self) { $0.volume = volume } }
    /// Returns a copy of the clip whose sound fades in from silence.
    public func fadeIn(_ duration: Duration) -> VideoClip { changed(self) { $0.fadeIn = duration } }
    /// Returns a copy of the clip whose sound fades out to silence.
    public func fadeOut(_ duration: Duration) -> VideoClip { changed(self) { $0.fadeOut = duration } }
    /// Returns a copy of the clip without its sound, or with it.
    public func muted(_ muted: Bool = true) -> VideoClip { changed(self) { $0.muted = muted } }
}

extension VideoClip: ClipKind {
    package static let form = ObjectForm.clip(
        "video", "A video file, or a part of one, with its sound.", usual: VideoClip(""),
        [
            .required("src", \.src, .file(.video), "The file: MP4, MOV, Matroska, WebM, AVI, FLV or MPEG-TS."),
            .optional(
                "source", \.source, SourceRange.form.form, unset: "the whole file",
                "The part to play, in the file's own time."),
            .visual(
                .optional(
                    "duration", \.duration, .length,
                    unset: "to the end of the source; of the timeline where it loops", "How long it is shown.")),
            .optional("fit", \.fit, .word("fit"), "How the pictures fill their box."),
            .optional("motion", \.motion, Motion.form.form, unset: "holds still", "A slow move over the pictures."),
            .optional(
                "speed", \.speed,
                Form<Animated<Double>>.animated(PlaybackRate.range).checked { speed, report in
                    // How long the clip is follows from its speed.
                    guard let index = speed.frames.firstIndex(where: { $0.time.fromStart == nil }) else { return }
                    report.add(
                        "the times of a speed do not depend on the clip's length; give them in seconds",
                        at: .field("keyframes"), .index(index), .field("time"))
                },
                "How fast it is played. Its sound becomes higher with it, and is silent where it is animated."),
            .optional("reverse", \.reverse, .flag, "Whether it is played from end to start, without sound."),
            .optional(
                "freeze", \.freeze, Freeze.form, unset: "it is played",
                "The one picture shown for all of the clip: the source's first or last, or that at a time of the file."),
            .optional("loop", \.loop, .flag, "Whether the part starts again whenever it ends."),
            .optional("volume", \.volume, .animated(0...100), "Linear gain of its sound."),
            .optional("fadeIn", \.fadeIn, .time, "Length of the sound's ramp from silence."),
            .optional("fadeOut", \.fadeOut, .time, "Length of the sound's ramp to silence."),
            .optional("muted", \.muted, .flag, "Whether its sound is left out."),
            .optional(
                "onDamage", \.onDamage, .word("way to treat damage"),
                "`hold` keeps the last good picture where the file is damaged; `fail` fails the render."),
        ],
        rules: { video, report in
            if case .known(let duration, _) = video.placement.length {
                AudioClip.checkFades(video.fadeIn, video.fadeOut, of: duration, &report)
            }
            guard video.freeze != nil else { return }
            func refuse(_ field: String, _ what: String) {
                report.add("a frozen clip shows one picture, so \(what); remove it, or freeze", at: .field(field))
            }
            if video.visual.duration == nil {
                report.add("missing; a frozen clip does not say how long it is shown", at: .field("duration"))
            }
            if video.speed != 1 { refuse("speed", "it has no speed") }
            if video.reverse { refuse("reverse", "it has no direction") }
            if video.loop { refuse("loop", "it cannot repeat") }
        })

    package var placement: Placement {
        let length: Placement.Length =
            if let duration = visual.duration { .known(duration) } else if loop {
                .toEndOfTimeline
            } else if freeze == nil, case .constant = speed, let part = source?.duration, ValueReport.isLength(part),
                let rate = PlaybackRate(speed)
            { .known(rate.time(toPlay: part), field: .source) } else { .ofMedia }
        return Placement(content: .picture, playsSound: playsSound, start: visual.start, length: length)
    }

    /// Whether the clip's sound is heard, if its file has one.
    package var playsSound: Bool {
        guard !muted, !reverse, freeze == nil, case .constant = speed else { return false }
        return true
    }

    package var noun: String { loop ? "a looped video" : "a video" }
}
