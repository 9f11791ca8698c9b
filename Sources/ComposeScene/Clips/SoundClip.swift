// SPDX-License-Identifier: Apache-2.0

/// A clip that is heard.
///
/// Conforming types are values; safe to share between threads.
public protocol SoundClip: ClipValue {
    /// The linear gain, 0…100; 1 keeps the level.
    var volume: Animated<Double> { get set }
    /// The place between left, −1, and right, 1.
    ///
    /// The far side becomes quieter; the near side keeps its level.
    var pan: Animated<Double> { get set }
    /// The length of the ramp from silence at the start; zero or more.
    var fadeIn: Duration { get set }
    /// The length of the ramp to silence at the end; zero or more.
    var fadeOut: Duration { get set }
    /// The shape of both ramps.
    var fadeCurve: FadeCurve { get set }
    /// Whether ramps of 2 ms keep cuts into the file's sound from clicking.
    ///
    /// Where the file itself begins or ends, or goes on in the next clip, there is no cut.
    var declick: Bool { get set }
    /// How fast the file is played, 0.05…100; 1 is its own speed.
    var speed: Animated<Double> { get set }
    /// Whether the sound keeps its pitch at another speed; `nil` where it can.
    ///
    /// It can at a constant speed of 0.25…4.
    var pitch: Bool? { get set }
    /// Whether the part repeats when it ends.
    var loop: Bool { get set }
    /// The length of the cross-fade between repeats, by which each is shorter; zero joins them at the exact sample.
    var loopCrossfade: Duration { get set }
    /// The part of the file to play; `nil` means all of it.
    var source: SourceRange? { get set }
    /// What the sound becomes quieter under; `nil` is nothing.
    var duck: Duck? { get set }
    /// Changes of its tone and dynamics, in order; at most 16.
    var effects: [SoundEffect] { get set }
}

extension SoundClip {
    /// Returns a copy of the clip with another linear gain, 0…100.
    public func volume(_ volume: Animated<Double>) -> Self { changed(self) { $0.volume = volume } }
    /// Returns a copy of the clip at another place between left, −1, and right, 1.
    public func pan(_ pan: Animated<Double>) -> Self { changed(self) { $0.pan = pan } }
    /// Returns a copy of the clip whose sound fades in from silence.
    public func fadeIn(_ duration: Duration) -> Self { changed(self) { $0.fadeIn = duration } }
    /// Returns a copy of the clip whose sound fades out to silence.
    public func fadeOut(_ duration: Duration) -> Self { changed(self) { $0.fadeOut = duration } }
    /// Returns a copy of the clip with fades of another shape.
    public func fadeCurve(_ curve: FadeCurve) -> Self { changed(self) { $0.fadeCurve = curve } }
    /// Returns a copy of the clip at another speed, 0.05…100.
    public func speed(_ speed: Animated<Double>) -> Self { changed(self) { $0.speed = speed } }
    /// Returns a copy of the clip whose sound keeps its pitch at another speed, or follows it.
    public func pitch(kept: Bool?) -> Self { changed(self) { $0.pitch = kept } }
    /// Returns a copy of the clip with looping on or off, and with a cross-fade between repeats.
    public func looping(_ loop: Bool = true, crossfade: Duration = .zero) -> Self {
        changed(self) {
            $0.loop = loop
            $0.loopCrossfade = crossfade
        }
    }
    /// Returns a copy of the clip that becomes quieter while another track is heard.
    public func ducked(_ duck: Duck?) -> Self { changed(self) { $0.duck = duck } }
    /// Returns a copy of the clip with effects, in order.
    public func effects(_ effects: SoundEffect...) -> Self { changed(self) { $0.effects = effects } }
    /// Returns a copy of the clip that plays only a part of the file: from `start`, for `duration` or to the end.
    public func trimmed(from start: Duration, duration: Duration? = nil) -> Self {
        changed(self) { $0.source = SourceRange(start: start, duration: duration) }
    }
}

/// The speeds at which sound can keep its pitch.
package enum KeptPitch {
    package static let speeds = 0.25...4.0
}

extension SoundClip {
    /// Whether the sound keeps its pitch at a speed other than its own.
    package var keepsPitch: Bool {
        guard pitch != false, case .constant(let speed) = speed, speed != 1 else { return false }
        return KeptPitch.speeds.contains(speed)
    }

    /// Reports what cannot be together; `length` is the clip's, if it is known.
    func checkSound(lasting length: Duration?, _ report: inout ValueReport) {
        if let length { checkFades(of: length, &report) }
        if pitch == true {
            let range = "\(shortest(KeptPitch.speeds.lowerBound))…\(shortest(KeptPitch.speeds.upperBound))"
            switch speed {
            case .keyframes, .path:
                report.add(
                    "the pitch follows a speed that is animated; remove this, or use a constant speed",
                    at: .field("pitch"))
            case .constant(let value):
                if PlaybackRate.range.contains(value), !KeptPitch.speeds.contains(value) {
                    report.add(
                        "the pitch cannot be kept at speed \(shortest(value)); use a speed of \(range), or false",
                        at: .field("pitch"))
                }
            }
        }
        guard loopCrossfade > .zero, loopCrossfade <= ValueReport.longest else { return }
        if !loop {
            report.add(
                "there are no repeats to cross-fade between; set loop, or remove this", at: .field("loopCrossfade"))
        } else if let part = source?.duration, ValueReport.isLength(part), loopCrossfade > part / 2 {
            report.add(
                "\(seconds(loopCrossfade)) is more than half of the part that repeats (\(seconds(part))); shorten it",
                at: .field("loopCrossfade"))
        }
    }

    /// Reports fades that are longer than the clip together.
    private func checkFades(of duration: Duration, _ report: inout ValueReport) {
        let ramps = Duration.zero...ValueReport.longest
        guard ValueReport.isLength(duration), ramps.contains(fadeIn), ramps.contains(fadeOut),
            fadeIn + fadeOut > duration
        else { return }
        report.add(
            "the fades (\(seconds(fadeIn)) + \(seconds(fadeOut))) are longer than the clip "
                + "(\(seconds(duration))); shorten them",
            at: .field(fadeOut > .zero ? "fadeOut" : "fadeIn"))
    }
}

extension Field where Root: SoundClip {
    /// The fields that all clips with sound have.
    static var sound: Field {
        .group(
            \.self,
            [
                .optional("volume", \.volume, .animatedGain, "Linear gain, or decibels."),
                .optional("pan", \.pan, .animated(-1...1), "-1 is left, 1 is right: the far side becomes quieter."),
                .optional("fadeIn", \.fadeIn, .time, "Length of the sound's ramp from silence."),
                .optional("fadeOut", \.fadeOut, .time, "Length of the sound's ramp to silence."),
                .optional("fadeCurve", \.fadeCurve, .word("fade curve"), "The shape of both ramps."),
                .optional(
                    "declick", \.declick, .flag, "Whether ramps of 2 ms keep cuts into the file's sound from clicking."),
                .optional(
                    "loopCrossfade", \.loopCrossfade, .length(0...10),
                    "Length of the cross-fade between repeats, by which each is shorter."),
                .optional(
                    "pitch", \.pitch, .flag, unset: "kept at a constant speed of 0.25…4, and following the speed else",
                    "Whether the sound keeps its pitch at another speed."),
                .optional(
                    "duck", \.duck, Duck.form.form, unset: "keeps its level",
                    "Becoming quieter while another track is heard."),
                .optional("effects", \.effects, SoundEffect.list, "Changes of the sound, in order."),
            ])
    }
}
