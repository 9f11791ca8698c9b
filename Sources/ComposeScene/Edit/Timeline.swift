// SPDX-License-Identifier: Apache-2.0

/// The canvas, the frame rate and the tracks of an edit.
///
/// The background is painted first, then the tracks from first to last, and within a track its clips in order. Time
/// ranges are half-open; output frame `i` shows the timeline at the time `i / frameRate`. A value type; safe to share
/// between threads.
public struct Timeline: Sendable, Hashable {
    /// The size of the canvas in pixels.
    ///
    /// Both sides are even, 2…16384, as 4:2:0 video requires; the area is at most 100 megapixels.
    public var size: PixelSize
    /// Output frames per second, 1…240.
    public var frameRate: FrameRate
    /// The colour of the canvas where no clip covers it.
    ///
    /// It must be opaque unless the output keeps transparency.
    public var background: Color
    /// The font files that texts may use, besides the built-in family; at most 100.
    public var fonts: [FontFile]
    /// Whether texts may also use the fonts that the system has, which differ from host to host.
    public var systemFonts: Bool
    /// The tracks, the lowest first; at least one.
    public var tracks: [Track]
    /// Changes of the whole sound, in order, before it is brought to its loudness; at most 16.
    public var effects: [SoundEffect]
    /// The loudness that the whole sound is brought to.
    public var loudness: Loudness

    /// Creates a timeline.
    public init(size: PixelSize, frameRate: FrameRate = 30, background: Color = .black, tracks: [Track] = []) {
        self.size = size
        self.frameRate = frameRate
        self.background = background
        self.tracks = tracks
        self.fonts = []
        self.systemFonts = false
        self.effects = []
        self.loudness = .none
    }
}

extension Timeline {
    static let form = ObjectForm(
        "timeline", expected: "an object with the timeline's size and tracks", "What is shown and heard, and when.",
        usual: Timeline(size: PixelSize(width: 0, height: 0)),
        [
            .required("size", \.size, PixelSize.form.form, "The canvas: at most 100 megapixels."),
            .optional("frameRate", \.frameRate, .frameRate, "Frames per second.") { timeline, report in
                guard report.context.format == Output.Format.gif.rawValue,
                    timeline.frameRate.numerator > 50 * timeline.frameRate.denominator
                else { return }
                report.add("GIF shows at most 50 frames a second; use a lower rate")
            },
            .optional(
                "background", \.background, .color,
                "The colour behind all clips; opaque, unless the output keeps transparency.",
                rule: checkBackground),
            .optional(
                "fonts", \.fonts,
                .list("an array of fonts", of: FontFile.form.form, most: 100).checked { fonts, report in
                    if fonts.count > 100 { report.add("there are \(fonts.count); use at most 100") }
                }, "Font files that texts may use, besides the built-in family."),
            .optional(
                "systemFonts", \.systemFonts, .flag,
                "Whether texts may use the system's fonts too, which differ from host to host."),
            .required(
                "tracks", \.tracks,
                Form<[Track]>.tracks(of: Track.form.form).checkedFirst { tracks, report in
                    Track.checkMasks(tracks, &report)
                    if !tracks.contains(where: \.lasts) {
                        report.add("the timeline is empty: add a clip with a duration")
                    }
                }.unlessDeeper, "The tracks, the lowest first."),
            .optional("effects", \.effects, SoundEffect.list, "Changes of the whole sound, in order."),
            .optional("loudness", \.loudness, Loudness.form, "The loudness that the whole sound is brought to."),
        ])
}

extension Timeline {
    /// Reports a background that is not opaque if the output does not keep transparency.
    private static func checkBackground(_ timeline: Timeline, _ report: inout ValueReport) {
        let background = timeline.background
        guard background.alpha < 255, let codec = report.context.opaqueCodec else { return }
        let solid = changed(background) { $0.alpha = 255 }
        report.add(
            "\(background) is not solid, and \(codec) as it is set keeps no "
                + "transparency; use \(solid), or an output such as webm, mov with prores, gif, webp or png")
    }
}

extension Timeline {
    /// All clips, and those inside of them, in document order.
    package var allClips: [Clip] {
        var clips: [Clip] = []
        // Without recursion: nobody has checked yet how deep groups are nested.
        var left = Array(tracks.flatMap(\.clips).reversed())
        while let clip = left.popLast() {
            clips.append(clip)
            left += clip.kind.clipsInside.reversed()
        }
        return clips
    }
}

extension Form<[Track]> {
    /// The form with a rule for how deep clips are nested.
    ///
    /// What is deeper is not looked at: a thousand levels would exhaust the stack.
    fileprivate var unlessDeeper: Form {
        changed(self) { form in
            form.check = { [check = form.check] tracks, report in
                if GroupClip.levels(of: tracks) > GroupClip.mostLevels {
                    report.add("clips are nested in clips more than \(GroupClip.mostLevels) deep; nest fewer")
                } else {
                    check?(tracks, &report)
                }
            }
        }
    }
}
