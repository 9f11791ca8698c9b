// SPDX-License-Identifier: Apache-2.0

/// A kind of clip as the planner knows it: what it paints, and what it plays.
///
/// A kind implements what it has; what a clip is in time it says by its placement.
protocol PlannedClip: ClipKind {
    /// How solid it is, over its own time.
    var opacity: Animated { get }
    /// Returns what the clip paints over a range of frames, bottom layer first; empty if nothing of it can be seen.
    func draws(over frames: Range<Int>, slides: Bool, _ sources: inout SourceList) -> [Draw]
    /// Returns what the clip plays.
    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound?
    /// Returns how long the clip lasts by its media file; `nil` where that is unknown.
    func mediaLength(_ media: Media) -> Duration?
    /// Returns what is wrong with the clip, given its media; `path` is the clip's.
    func mediaProblems(_ media: Media, at path: String) -> [Problem]
}

/// Where a sound is heard, in samples at 48 kHz.
struct SoundPlace {
    /// The clip's path in the edit.
    let path: String
    let samples: Range<Int>
    /// Lengths of the cross-fades at both ends.
    let crossIn: Int
    let crossOut: Int
    let clock: FrameClock
}

extension PlannedClip {
    var opacity: Animated { 1 }
    func draws(over frames: Range<Int>, slides: Bool, _ sources: inout SourceList) -> [Draw] { [] }
    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound? { nil }
    func mediaLength(_ media: Media) -> Duration? { nil }
    func mediaProblems(_ media: Media, at path: String) -> [Problem] { [] }
}

extension PlannedClip where Self: VisualClip {
    var opacity: Animated { visual.opacity }
}

extension Clip {
    /// What the clip is for the planner; the only place here that tells kinds apart.
    var planned: any PlannedClip {
        switch self {
        case .image(let clip): clip
        case .color(let clip): clip
        case .gradient(let clip): clip
        case .gap(let clip): clip
        case .audio(let clip): clip
        case .transition(let clip): clip
        }
    }
}

extension Gap: PlannedClip {}

/// A transition is planned with the clips around it.
extension Transition: PlannedClip {}
