// SPDX-License-Identifier: Apache-2.0

/// The clips of a plan's edit, by what they draw.
///
/// Clips that show the same share a source, which knows only the first of them.
struct ClipDraws {
    private struct Place: Hashable {
        let source: PlannedSource
        let view: View
    }

    private struct Clip {
        let path: String
        let frames: Range<Int>
    }

    private let plan: Plan
    /// The clips of each place, in the order of their starts.
    private var clips: [Place: [Clip]] = [:]

    /// Lays the edit out again, and asks each clip what it draws.
    init(_ plan: Plan) {
        self.plan = plan
        guard let origin = plan.origin else { return }
        let timeline = origin.edit.timeline
        let layout = TimelineLayout(timeline, media: origin.media)
        var sources = SourceList(canvas: timeline.size, rate: timeline.frameRate, media: origin.media)
        let masks = layout.visible.masks
        for track in layout.visible {
            for clip in track.clips {
                for draw in track.draws(of: clip, masks, &sources).draws {
                    clips[Place(source: sources.sources[draw.source], view: draw.view), default: []].append(
                        Clip(path: clip.placed.path, frames: clip.frames))
                }
            }
        }
        for place in clips.keys { clips[place]?.sort { $0.frames.lowerBound < $1.frames.lowerBound } }
    }

    /// Returns the path of the clip that makes a draw at a frame.
    func path(of draw: Draw, at frame: Int) -> String {
        let known = clips[Place(source: plan.sources[draw.source], view: draw.view)] ?? []
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if known[middle].frames.lowerBound <= frame { low = middle + 1 } else { high = middle }
        }
        // Mostly the one that started last; of clips that overlap, an earlier one may still be there.
        if let clip = known[..<low].last(where: { $0.frames.contains(frame) }) { return clip.path }
        let path = plan.sourcePaths[draw.source]
        return path.hasSuffix(".src") ? String(path.dropLast(4)) : path
    }
}
