// SPDX-License-Identifier: Apache-2.0

/// The rules for the clips of a track among each other.
extension ValueRules {
    static func check(_ track: Track, at path: String, on canvas: PixelSize, _ report: inout ValueReport) {
        let clips = track.clips
        for index in clips.indices {
            let place = "\(path)[\(index)]"
            check(clips[index], at: place, on: canvas, &report)
            let before = index > 0 ? clips[index - 1] : nil
            let after = index + 1 < clips.count ? clips[index + 1] : nil
            if case .transition(let transition) = clips[index] {
                check(transition, between: before, and: after, at: place, &report)
            } else {
                check(clips[index], between: before, and: after, at: place, &report)
            }
        }
    }

    private static func check(
        _ transition: Transition, between before: Clip?, and after: Clip?, at path: String, _ report: inout ValueReport
    ) {
        guard let before else {
            return report.add(path, "no clip is before this transition; put one there or remove the transition")
        }
        // Of two transitions in a row the second is reported.
        guard let from = before.content else {
            return report.add(
                path, "\(before.words) is before this transition; it needs a picture or a sound there, or remove it")
        }
        guard let after else {
            return report.add(path, "no clip is after this transition; put one there or remove the transition")
        }
        guard let to = after.content else {
            if after.isTransition { return }
            return report.add(
                path, "\(after.words) is after this transition; it needs a picture or a sound there, or remove it")
        }
        if from != to {
            report.add(
                path,
                "a transition joins two pictures or two sounds, not \(from.rawValue) and \(to.rawValue); "
                    + "remove it or move one of them to a track of its own")
        } else if from == .sound, transition.style != .fade {
            report.add("\(path).name", "\(quoted(transition.style.name)) cannot join two sounds; use \"fade\"")
        }
    }

    private static func check(
        _ clip: Clip, between before: Clip?, and after: Clip?, at path: String, _ report: inout ValueReport
    ) {
        if before?.isTransition == true, clip.start != nil {
            report.add("\(path).start", "the transition before this clip places it; remove the start or the transition")
        }
        checkOpenEnd(of: clip, before: after, at: path, &report)
        checkLength(of: clip, between: before, and: after, at: path, &report)
    }

    /// A clip that lasts to the end of the timeline leaves no place for one that follows it.
    private static func checkOpenEnd(of clip: Clip, before after: Clip?, at path: String, _ report: inout ValueReport) {
        guard clip.isOpenEnded, let after, after.isTransition || after.start == nil else { return }
        let follower = after.isTransition ? "a transition" : "the next clip"
        report.add(
            "\(path).duration",
            "missing; without one \(clip.words) lasts to the end of the timeline, but \(follower) follows; "
                + "give it a duration")
    }

    private static func checkLength(
        of clip: Clip, between before: Clip?, and after: Clip?, at path: String, _ report: inout ValueReport
    ) {
        guard let (duration, field) = clip.knownLength, ValueReport.isLength(duration) else { return }
        let (entry, exit) = (before?.overlap, after?.overlap)
        guard (entry ?? .zero) + (exit ?? .zero) > duration else { return }
        let around: String
        if let entry, let exit {
            around =
                "the transitions around it (\(seconds(entry)) + \(seconds(exit))); lengthen the clip or shorten them"
        } else {
            let side = entry == nil ? "after" : "before"
            let overlap = entry ?? exit ?? .zero
            around = "the transition \(side) it (\(seconds(overlap))); lengthen the clip or shorten the transition"
        }
        report.add("\(path).\(field)", "\(seconds(duration)) is shorter than \(around)")
    }
}

private enum Content: String {
    case picture = "a picture"
    case sound = "a sound"
}

extension Clip {
    /// What a transition could join; `nil` for what has nothing to join.
    fileprivate var content: Content? {
        switch self {
        case .image, .color: .picture
        case .audio: .sound
        case .gap, .transition: nil
        }
    }

    fileprivate var words: String {
        switch self {
        case .image: "an image"
        case .color: "a color"
        case .gap: "a gap"
        case .audio: "a looped audio"
        case .transition: "a transition"
        }
    }

    fileprivate var isTransition: Bool { if case .transition = self { true } else { false } }

    fileprivate var start: Duration? {
        switch self {
        case .image(let clip): clip.visual.start
        case .color(let clip): clip.visual.start
        case .audio(let clip): clip.start
        case .gap, .transition: nil
        }
    }

    /// Whether the clip lasts as long as the timeline does.
    fileprivate var isOpenEnded: Bool {
        switch self {
        case .color(let clip): clip.visual.duration == nil
        case .audio(let clip): clip.loop && clip.duration == nil
        case .image, .gap, .transition: false
        }
    }

    /// The clip's length where the edit itself says it, and the field that says so.
    fileprivate var knownLength: (Duration, field: String)? {
        switch self {
        case .image(let clip): clip.visual.duration.map { ($0, "duration") }
        case .color(let clip): clip.visual.duration.map { ($0, "duration") }
        case .audio(let clip):
            clip.duration.map { ($0, "duration") }
                ?? (clip.loop ? nil : clip.source?.duration.map { ($0, "source.duration") })
        case .gap, .transition: nil
        }
    }

    /// How long the clip overlaps its neighbours, if it is a transition; lengths that are none are reported elsewhere.
    fileprivate var overlap: Duration? {
        guard case .transition(let transition) = self, ValueReport.isLength(transition.duration) else { return nil }
        return transition.duration
    }
}
