// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The division of a timeline's sound into chunks, which depends on the timeline and the encoder's frame alone.
///
/// Borders are placed by what is heard: where sounds begin or end, and at fixed distances from there in long stretches. So after
/// a change the old chunks recur, moved by as much as the sounds were. They are equal only if that is a whole number of the
/// encoder's frames: a frame holds other samples otherwise, and nothing of it can be used again.
struct SoundDivision {
    /// A frame in which a sound begins or ends, and a number derived from the sounds.
    private struct Border {
        let frame: Int
        let mark: UInt64
    }

    /// The number of seconds from which on a sound is long: its chunks, if they overlap, are four times as long as others.
    private static let long = 1800

    private let borders: [Border]
    private let frameCount: Int
    /// The shortest chunk, the length of those in long stretches, and the longest, in the encoder's frames.
    private let least: Int
    private let usual: Int
    private let most: Int

    /// Creates the division of a plan's sound, which has `count` samples at the output's rate.
    init(_ plan: AudioPlan, _ coding: SoundCoding, count: Int) {
        let frame = coding.frame
        frameCount = (count + frame - 1) / frame
        // Long enough that the overlaps cost little, and short enough that a change costs little of the whole.
        let scale = coding.carry == nil || count < Self.long * coding.rate ? 1 : 4
        func frames(_ seconds: Int) -> Int { (seconds * scale * coding.rate + frame - 1) / frame }
        (least, usual, most) = (frames(8), frames(15), frames(24))
        var marks: [Int: UInt64] = [:]
        for sound in plan.buses.flatMap(\.sounds) {
            var hash = StableHash()
            for number in [sound.fileLength, sound.sourceStart, sound.samples.count] { hash.add(number) }
            for place in [sound.samples.lowerBound, sound.samples.upperBound] where place < plan.sampleCount {
                marks[place * coding.rate / Sound.sampleRate / frame, default: 0] &+= hash.value
            }
        }
        borders = marks.map { Border(frame: $0.key, mark: $0.value) }.sorted { $0.frame < $1.frame }
    }

    /// The chunks in order, without gaps, in the encoder's frames.
    var chunks: [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for (index, border) in borders.enumerated() {
            let next = index + 1 < borders.count ? borders[index + 1].frame : frameCount
            guard border.frame - start >= least, frameCount - border.frame >= least else { continue }
            // Which of many short sounds begins a chunk depends on itself, and not on how many precede it.
            if (border.mark >> 7) % 4 == 0 || next - border.frame > most || next - start > most {
                found.append(start..<border.frame)
                start = border.frame
            }
        }
        return (found + [start..<frameCount]).flatMap(sliced)
    }

    /// Returns slices of the usual length from the start of a stretch; the last one is the rest.
    private func sliced(_ stretch: Range<Int>) -> [Range<Int>] {
        guard stretch.count > most else { return [stretch] }
        var slices: [Range<Int>] = []
        var start = stretch.lowerBound
        while stretch.upperBound - start >= usual + least {
            slices.append(start..<start + usual)
            start += usual
        }
        return slices + [start..<stretch.upperBound]
    }
}
