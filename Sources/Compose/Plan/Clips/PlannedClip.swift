// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A kind of clip with the methods that the planner needs, which by default do nothing.
///
/// Its times on the timeline follow from its placement.
protocol PlannedClip: ClipKind {
    /// Returns how the clip's layer moves and looks; `slides` says whether a transition moves it by up to a canvas.
    func layerPlan(_ curves: ClipCurves, slides: Bool, _ sources: SourceList) -> LayerPlan
    /// Returns the clip's draws over a range of frames as they are at rest, the bottom layer first; empty if nothing is
    /// visible.
    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw]
    /// Returns the clip's sound; `nil` if it has none.
    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound?
    /// Returns the timeline inside of the clip whose sounds it plays; `nil` if it is none of other clips.
    func timelineInside(_ place: SoundPlace, _ media: Media) -> TimelineLayout?
    /// Where the clip's sound begins and ends, if not with its pictures.
    var audioOffset: AudioOffset? { get }
    /// What its sound becomes quieter under.
    var duck: Duck? { get }
    /// Returns whether the clip is heard.
    func hasSound(_ media: Media) -> Bool
    /// Returns the captions that the clip shows, with times from its start; `nil` if it shows none.
    func captions(_ media: Media) -> Captions?
    /// Whether any value of the clip itself has keyframes.
    var hasKeyframes: Bool { get }
    /// Returns the length of the clip's media file; `nil` if it is unknown.
    func mediaLength(_ media: Media) -> Duration?
    /// Returns the problems of the clip that depend on its media and the canvas; `path` is the clip's path.
    func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem]
}

/// The place of a sound on the timeline, in samples at 48 kHz.
struct SoundPlace {
    /// The clip's path in the edit.
    let path: String
    let samples: Range<Int>
    /// The place of the clip's start in them.
    let anchor: Int
    /// The lengths in samples of the cross-fades at both ends.
    let crossIn: Int
    let crossOut: Int
    let clock: FrameClock

    /// How long the sound is heard.
    var length: Duration { .seconds(samples.count) / Sound.sampleRate }
}

extension PlannedClip {
    func layerPlan(_ curves: ClipCurves, slides: Bool, _ sources: SourceList) -> LayerPlan {
        LayerPlan(
            opacity: .constant(1), window: LayerWindow(reach: sources.canvasRectangle), box: sources.canvasRectangle)
    }
    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] { [] }
    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound? { nil }
    func timelineInside(_ place: SoundPlace, _ media: Media) -> TimelineLayout? { nil }
    var audioOffset: AudioOffset? { nil }
    var duck: Duck? { nil }
    func hasSound(_ media: Media) -> Bool { placement.playsSound }
    func captions(_ media: Media) -> Captions? { nil }
    var hasKeyframes: Bool { false }
    func mediaLength(_ media: Media) -> Duration? { nil }
    func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] { [] }
}

/// A file with a sound.
struct SoundFile {
    let src: String
    let fingerprint: FileFingerprint
    /// The number of its samples, and the one at which the file's own time begins.
    let length: Int
    var start = 0
}

/// A kind of clip that is seen.
protocol PlannedLayer: PlannedClip, VisualClip {
    /// Returns the clip's box on the canvas at rest.
    func box(_ sources: SourceList) -> Rectangle
    /// Whether its content is cropped before it is fitted into the box, which then stays.
    var cropsContent: Bool { get }
}

extension PlannedLayer {
    func box(_ sources: SourceList) -> Rectangle { sources.box(of: visual) }
    var cropsContent: Bool { false }
    var hasKeyframes: Bool { visual.mayHaveKeyframes }

    func layerPlan(_ curves: ClipCurves, slides: Bool, _ sources: SourceList) -> LayerPlan {
        // The box of a text takes a layout.
        let box = visual.isPlain ? sources.canvasRectangle : box(sources)
        return visual.plan(box, curves, slides: slides, cropsBox: !cropsContent)
    }
}

extension PlannedClip where Self: SoundClip {
    /// Returns the clip's sound at its place, from a part of a file; `nil` for a speed that is none.
    func planned(_ file: SoundFile, _ place: SoundPlace, from start: Int, count: Int?, keepsTime: Bool) -> PlannedSound?
    {
        guard let rate = PlaybackRate(speed) else { return nil }
        let clock = place.clock
        return PlannedSound(
            src: file.src, path: place.path, fingerprint: file.fingerprint, fileLength: file.length,
            fileStart: file.start, samples: place.samples, anchor: place.anchor, sourceStart: start, sourceCount: count,
            keepsTime: keepsTime, loop: loop, loopCrossfade: clock.sample(at: loopCrossfade), speed: rate,
            keepsPitch: keepsPitch, volume: volume.resolved(over: place.length), pan: pan.resolved(over: place.length),
            fadeCurve: fadeCurve, fadeIn: clock.sample(at: fadeIn), fadeOut: clock.sample(at: fadeOut),
            crossIn: place.crossIn, crossOut: place.crossOut, effects: effects, declicks: declick)
    }

    /// Returns the problem of a cross-fade between repeats that the part is too short for.
    func crossfadeProblem(ofPart part: Duration, at path: () -> String) -> [Problem] {
        guard loop, loopCrossfade > .zero, loopCrossfade > part / 2 else { return [] }
        return [
            Problem(
                path: "\(path()).loopCrossfade",
                message:
                    "\(seconds(loopCrossfade)) is more than half of the part that repeats (\(rounded(part))); shorten it"
            )
        ]
    }

    /// Returns the problems of what this build cannot do with a sound.
    func buildProblems(at path: () -> String) -> [Problem] {
        let effects = effects.isEmpty ? [] : SoundEffect.problems(effects, at: "\(path()).effects")
        guard keepsPitch, !TimeStretcher.isAvailable else { return effects }
        return effects + [
            Problem(
                path: "\(path()).\(pitch == nil ? "speed" : "pitch")",
                message:
                    "this build of Compose cannot keep the pitch at another speed; build it with librubberband, or set "
                    + "pitch to false")
        ]
    }
}

extension Clip {
    /// The clip's payload, for the planner.
    ///
    /// This is the only place in the planner that distinguishes the kinds.
    var planned: any PlannedClip {
        switch self {
        case .image(let clip): clip
        case .video(let clip): clip
        case .color(let clip): clip
        case .gradient(let clip): clip
        case .text(let clip): clip
        case .captions(let clip): clip
        case .counter(let clip): clip
        case .progress(let clip): clip
        case .group(let clip): clip
        case .grid(let clip): clip
        case .splitScreen(let clip): clip
        case .pictureInPicture(let clip): clip
        case .gap(let clip): clip
        case .audio(let clip): clip
        case .transition(let clip): clip
        }
    }
}

extension Gap: PlannedClip {}

/// A transition is planned with the clips around it.
extension Transition: PlannedClip {}
