// SPDX-License-Identifier: Apache-2.0

/// The rules for neighbouring clips on a track.
extension Track {
    /// Returns the check of each clip beside its neighbours; where the clips are in time is found out once.
    static func neighbourChecks(_ clips: [Clip]) -> (_ index: Int, inout ValueReport) -> Void {
        let placements = clips.map(\.kind.placement)
        return { index, report in
            let (before, after) = (index - 1, index + 1)
            if case .transition(let transition) = clips[index] {
                check(
                    transition, between: before >= 0 ? clips[before].kind : nil,
                    and: after < clips.count ? clips[after].kind : nil, &report)
            } else {
                check(
                    clips[index], placements[index], between: before >= 0 ? placements[before] : nil,
                    and: after < clips.count ? placements[after] : nil, &report)
            }
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
        _ clip: Clip, _ placement: Placement, between before: Placement?, and after: Placement?,
        _ report: inout ValueReport
    ) {
        if before?.isTransition == true, placement.start != nil {
            report.add(
                "the transition before this clip places it; remove the start or the transition", at: .field("start"))
        }
        // A clip that lasts to the end of the timeline cannot be followed by another.
        if placement.isOpenEnded, let after, after.isTransition || after.start == nil {
            let follower = after.isTransition ? "a transition" : "the next clip"
            report.add(
                "missing; without one \(clip.kind.noun) lasts to the end of the timeline, but \(follower) follows; "
                    + "give it a duration",
                at: .field("duration"))
        }
        checkLength(of: placement, entry: before?.overlap, exit: after?.overlap, &report)
    }

    private static func checkLength(
        of clip: Placement, entry: Duration?, exit: Duration?, _ report: inout ValueReport
    ) {
        guard clip.content != nil, case .known(let duration, let field) = clip.length,
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
        report.add("\(seconds(duration)) is shorter than \(around)", at: field.steps)
    }
}
