// SPDX-License-Identifier: Apache-2.0

/// The division of a timeline into segments, which depends on the timeline alone.
///
/// A border is where a clip begins to be seen alone: at a cut, or after its entry transition, which is the first
/// picture of a hold. Its position depends on its surroundings and never on the time since the beginning, so
/// lengthening one scene changes that scene's segments and none after it.
struct Segmentation {
    /// A frame where a clip begins to be alone or ends, and a number derived from the clip.
    struct Border: Hashable {
        let frame: Int
        let mark: UInt64
    }

    /// The sorted borders of each track that shows something, the lowest track first.
    let tracks: [[Border]]
    /// The frames of long clips, in order, at which a decoder that begins there has the least to decode.
    let keyFrames: [Int]
    let frameCount: Int
    private let second: Int

    init(tracks: [[Border]], keyFrames: [Int] = [], frameCount: Int, rate: FrameRate) {
        self.tracks = tracks
        self.keyFrames = keyFrames
        self.frameCount = frameCount
        // Enough frames for every encoder to reach the delay it has in longer segments.
        second = max(16, (rate.numerator + rate.denominator - 1) / max(rate.denominator, 1))
    }

    /// The segments in order, without gaps.
    var segments: [Range<Int>] { cut(0..<frameCount, track: 0) }

    /// Returns a range cut at the borders of the lowest track that has any.
    ///
    /// Parts that are too long for one segment are then cut at the borders of the tracks above.
    private func cut(_ stretch: Range<Int>, track: Int) -> [Range<Int>] {
        guard track < tracks.count else { return sliced(stretch) }
        let inner = borders(of: tracks[track], in: stretch)
        guard !inner.isEmpty else { return cut(stretch, track: track + 1) }
        return gathered(stretch, inner).flatMap {
            $0.count > 10 * second ? cut($0, track: track + 1) : [$0]
        }
    }

    /// Returns the borders strictly inside a range.
    private func borders(of track: [Border], in stretch: Range<Int>) -> ArraySlice<Border> {
        track.slice(from: stretch.lowerBound + 1, to: stretch.upperBound, by: \.frame)
    }

    /// Returns the segments between borders, in which scenes of two seconds or more stay alone.
    ///
    /// Shorter ones are joined into segments of four seconds and more. Which of them begins a segment depends on itself
    /// and not on how many precede it, so that after a change the old borders soon recur.
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

    /// Returns slices of about six seconds from the start of the range; the last one has four to ten.
    ///
    /// They are between four and eight seconds long if that lets the next one begin with a key frame, and six if not.
    private func sliced(_ stretch: Range<Int>) -> [Range<Int>] {
        var slices: [Range<Int>] = []
        var start = stretch.lowerBound
        while stretch.upperBound - start > 10 * second {
            let possible = start + 4 * second...min(start + 8 * second, stretch.upperBound - 4 * second)
            let wanted = start + 6 * second
            let near = keyFrames.slice(from: possible.lowerBound, to: possible.upperBound + 1, by: \.self)
            let end = near.min { abs($0 - wanted) < abs($1 - wanted) } ?? wanted
            slices.append(start..<end)
            start = end
        }
        return slices + [start..<stretch.upperBound]
    }
}

extension Array {
    /// Returns the elements of a sorted array whose number is in a half-open range.
    fileprivate func slice(from lower: Int, to upper: Int, by number: (Element) -> Int) -> ArraySlice<Element> {
        func first(_ limit: Int) -> Int {
            var (low, high) = (0, count)
            while low < high {
                let middle = (low + high) / 2
                if number(self[middle]) < limit { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let from = first(lower)
        return self[from..<Swift.max(from, first(upper))]
    }
}
