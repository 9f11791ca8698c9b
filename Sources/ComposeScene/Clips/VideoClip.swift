// SPDX-License-Identifier: Apache-2.0

/// A video file, or a part of one, with its sound.
///
/// A frame of the output shows the picture that begins at or before it in the file's own time, exactly, whatever the rates of
/// both. Pictures are shown upright and with square pixels. A value type; safe to share between threads.
public struct VideoClip: VisualClip, SoundClip {
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
    public var speed: Animated<Double>
    /// Whether its sound keeps its pitch at another speed; `nil` where it can.
    public var pitch: Bool?
    /// Whether the part is played from its end to its start; it is silent then.
    public var reverse: Bool
    /// A single picture that is shown for all of the clip, which then needs a duration; `nil` plays the file.
    public var freeze: Freeze?
    /// Whether the part repeats when it ends.
    public var loop: Bool
    /// The length of the cross-fade between repeats of its sound alone, which joins at the exact sample else; 0…10 s.
    public var loopCrossfade: Duration
    /// The linear gain of its sound, 0…100; 1 keeps the level.
    public var volume: Animated<Double>
    /// The place of its sound between left, −1, and right, 1.
    public var pan: Animated<Double>
    /// The length of the sound's ramp from silence at the start; zero or more.
    public var fadeIn: Duration
    /// The length of the sound's ramp to silence at the end; zero or more.
    public var fadeOut: Duration
    /// The shape of both ramps.
    public var fadeCurve: FadeCurve
    /// Whether ramps of 2 ms keep cuts into its sound from clicking.
    public var declick: Bool
    /// What its sound becomes quieter under; `nil` is nothing.
    public var duck: Duck?
    /// Changes of the tone and dynamics of its sound, in order; at most 16.
    public var effects: [SoundEffect]
    /// How far the ends of its sound are from those of its pictures; `nil` is nowhere.
    public var audioOffset: AudioOffset?
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
        self.loopCrossfade = .zero
        self.volume = 1
        self.pan = 0
        self.fadeIn = .zero
        self.fadeOut = .zero
        self.fadeCurve = .linear
        self.declick = true
        self.effects = []
        self.muted = false
        self.onDamage = .hold
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .video(self) }

    /// Returns a copy of the clip that fills its box in another way.
    public func fit(_ fit: Fit) -> VideoClip { changed(self) { $0.fit = fit } }
    /// Returns a copy of the clip with another move over its pictures.
    public func motion(_ motion: Motion?) -> VideoClip { changed(self) { $0.motion = motion } }
    /// Returns a copy of the clip that is played backwards.
    public func reversed(_ reverse: Bool = true) -> VideoClip { changed(self) { $0.reverse = reverse } }
    /// Returns a copy of the clip that shows a single picture.
    public func frozen(at freeze: Freeze) -> VideoClip { changed(self) { $0.freeze = freeze } }
    /// Returns a copy of the clip whose sound begins and ends elsewhere than its pictures, in step with them.
    public func audioOffset(start: Duration = .zero, end: Duration = .zero) -> VideoClip {
        changed(self) { $0.audioOffset = AudioOffset(start: start, end: end) }
    }
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
                "How fast it is played."),
            .optional("reverse", \.reverse, .flag, "Whether it is played from end to start, without sound."),
            .optional(
                "freeze", \.freeze, Freeze.form, unset: "it is played",
                "The one picture shown for all of the clip: the source's first or last, or that at a time of the file."),
            .optional("loop", \.loop, .flag, "Whether the part starts again whenever it ends."),
            .sound,
            .optional(
                "audioOffset", \.audioOffset, AudioOffset.form.form, unset: "with the pictures",
                "Where its sound begins and ends, in step with the pictures: J and L cuts."),
            .optional("muted", \.muted, .flag, "Whether its sound is left out."),
            .optional(
                "onDamage", \.onDamage, .word("way to treat damage"),
                "`hold` keeps the last good picture where the file is damaged; `fail` fails the render."),
        ],
        rules: { video, report in
            let length: Duration? = if case .known(let length, _) = video.placement.length { length } else { nil }
            video.checkSound(lasting: length.map(video.soundLength), &report)
            video.checkOffset(lasting: length, &report)
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
        !muted && !reverse && freeze == nil
    }

    /// Returns how long the sound of a clip of a length is.
    private func soundLength(_ length: Duration) -> Duration {
        guard let offset = audioOffset else { return length }
        return length - offset.start + offset.end
    }

    /// Reports an offset of a sound that is not heard, has no ends of its own, or would end before it begins.
    private func checkOffset(lasting length: Duration?, _ report: inout ValueReport) {
        guard let offset = audioOffset else { return }
        let range = Duration.seconds(-3600)...Duration.seconds(3600)
        guard range.contains(offset.start), range.contains(offset.end) else { return }
        func refuse(_ why: String) { report.add(why, at: .field("audioOffset")) }
        if !playsSound {
            refuse("the clip has no sound to offset; remove this")
        } else if loop {
            refuse("the sound of a clip that repeats begins and ends with it; remove this, or loop")
        } else if let length, ValueReport.isLength(length), soundLength(length) <= .zero {
            refuse("the sound would end before it begins; the clip lasts \(seconds(length))")
        }
    }

    package var noun: String { loop ? "a looped video" : "a video" }
}
