// SPDX-License-Identifier: Apache-2.0

/// Chooses where a timeline is cut into segments, from the timeline alone.
///
/// A border is where a clip begins to be seen alone: at a cut, or after the transition that brings it in, which is the first
/// picture of a hold. Where it lies depends on what is near it and never on the time since the beginning, so that lengthening
/// one scene changes that scene's segments and none after it.
struct Segmentation {
    /// Where a clip begins to be alone or ends, and a number that follows from the clip.
    struct Border: Hashable {
        let frame: Int
        let mark: UInt64
    }

    /// Borders of each track that shows something, the lowest first; sorted.
    let tracks: [[Border]]
    let frameCount: Int
    private let second: Int

    init(tracks: [[Border]], frameCount: Int, rate: FrameRate) {
        self.tracks = tracks
        self.frameCount = frameCount
        // At least enough frames for every encoder to reach the delay it has in longer ones.
        second = max(16, (rate.numerator + rate.denominator - 1) / max(rate.denominator, 1))
    }

    /// The segments, in order, without a gap.
    var segments: [Range<Int>] { cut(0..<frameCount, track: 0) }

    /// A stretch is cut where the lowest track in it is, and what is then still too long for one segment where the next one is.
    private func cut(_ stretch: Range<Int>, track: Int) -> [Range<Int>] {
        guard track < tracks.count else { return sliced(stretch) }
        let inner = borders(of: tracks[track], in: stretch)
        guard !inner.isEmpty else { return cut(stretch, track: track + 1) }
        return gathered(stretch, inner).flatMap {
            $0.count > 10 * second ? cut($0, track: track + 1) : [$0]
        }
    }

    /// Those strictly within a stretch.
    private func borders(of track: [Border], in stretch: Range<Int>) -> ArraySlice<Border> {
        func first(_ frame: Int) -> Int {
            var (low, high) = (0, track.count)
            while low < high {
                let middle = (low + high) / 2
                if track[middle].frame < frame { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let from = first(stretch.lowerBound + 1)
        return track[from..<max(from, first(stretch.upperBound))]
    }

    /// Scenes of two seconds or more stand by themselves.
    ///
    /// Shorter ones are gathered, for four seconds and more; which of them begins another segment follows from itself and not
    /// from how many came before, so that after a change the old borders are soon met again.
    private func gathered(_ stretch: Range<Int>, _ borders: ArraySlice<Border>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = stretch.lowerBound
        var stoodAlone = false
        for index in borders.indices {
            let border = borders[index]
            let next = index + 1 < borders.endIndex ? borders[index + 1].frame : stretch.upperBound
            let stands = next - border.frame >= 2 * second
            let length = border.frame - start
            let ends =
                stands || stoodAlone || (length >= 4 * second && border.mark % 4 == 0) || next - start > 10 * second
            stoodAlone = stands
            if ends, length >= second, stretch.upperBound - border.frame >= second {
                pieces.append(start..<border.frame)
                start = border.frame
            }
        }
        return pieces + [start..<stretch.upperBound]
    }

    /// Slices of six seconds from the stretch's own beginning; the last has four to ten.
    private func sliced(_ stretch: Range<Int>) -> [Range<Int>] {
        var slices: [Range<Int>] = []
        var start = stretch.lowerBound
        while stretch.upperBound - start > 10 * second {
            slices.append(start..<start + 6 * second)
            start += 6 * second
        }
        return slices + [start..<stretch.upperBound]
    }
}
