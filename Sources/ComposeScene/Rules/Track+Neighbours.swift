// SPDX-License-Identifier: Apache-2.0

/// The rules for neighbouring clips on a track.
extension Track {
    /// Checks a clip together with its neighbours.
    static func checkNeighbours(_ index: Int, _ clips: [Clip], _ report: inout ValueReport) {
        let before = index > 0 ? clips[index - 1].kind : nil
        let after = index + 1 < clips.count ? clips[index + 1].kind : nil
        if case .transition(let transition) = clips[index] {
            check(transition, between: before, and: after, &report)
        } else {
            check(clips[index].kind, between: before?.placement, and: after?.placement, &report)
        }
    }

    private static func check(
        _ transition: Transition, between before: (any ClipKind)?, and after: (any ClipKind)?,
        _ report: inout ValueReport
    ) {
        guard let before else {
            return report.add("no clip is before this transition; put one there or remove the transition")
        }
        // Of two adjacent transitions, only the second is reported.
        guard let from = before.placement.content else {
            return report.add(
                "\(before.noun) is before this transition; it needs a picture or a sound there, or remove it")
        }
        guard let after else {
            return report.add("no clip is after this transition; put one there or remove the transition")
        }
        guard let to = after.placement.content else {
            if after.placement.isTransition { return }
            return report.add(
                "\(after.noun) is after this transition; it needs a picture or a sound there, or remove it")
        }
        if from != to {
            report.add(
                "a transition joins two pictures or two sounds, not \(from.rawValue) and \(to.rawValue); "
                    + "remove it or move one of them to a track of its own")
        } else if from == .sound, transition.style != .fade {
            report.add("\(quoted(transition.style.name)) cannot join two sounds; use \"fade\"", at: .field("name"))
        }
    }

    private static func check(
        _ clip: any ClipKind, between before: Placement?, and after: Placement?, _ report: inout ValueReport
    ) {
        let placement = clip.placement
        if before?.isTransition == true, placement.start != nil {
            report.add(
                "the transition before this clip places it; remove the start or the transition", at: .field("start"))
        }
        // A clip that lasts to the end of the timeline cannot be followed by another.
        if placement.isOpenEnded, let after, after.isTransition || after.start == nil {
            let follower = after.isTransition ? "a transition" : "the next clip"
            report.add(
                "missing; without one \(clip.noun) lasts to the end of the timeline, but \(follower) follows; "
                    + "give it a duration",
                at: .field("duration"))
        }
        checkLength(of: placement, entry: before?.overlap, exit: after?.overlap, &report)
    }

    private static func checkLength(
        of clip: Placement, entry: Duration?, exit: Duration?, _ report: inout ValueReport
    ) {
        guard clip.content != nil, case .known(let duration, let fields) = clip.length,
            ValueReport.isLength(duration), (entry ?? .zero) + (exit ?? .zero) > duration
        else { return }
        let around: String
        if let entry, let exit {
            around =
                "the transitions around it (\(seconds(entry)) + \(seconds(exit))); lengthen the clip or shorten them"
        } else {
            let side = entry == nil ? "after" : "before"
            let overlap = entry ?? exit ?? .zero
            around = "the transition \(side) it (\(seconds(overlap))); lengthen the clip or shorten the transition"
        }
        report.add("\(seconds(duration)) is shorter than \(around)", at: fields.map { .field($0) })
    }
}
