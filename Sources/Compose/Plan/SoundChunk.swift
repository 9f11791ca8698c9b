// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A range of a plan's sound that is encoded independently.
///
/// It is for sound what a ``Segment`` is for pictures: the unit of parallel work, of reuse by later renders, and of
/// distribution to other machines.
public struct SoundChunk: Sendable, Hashable {
    /// The index in ``Plan/soundChunks``.
    public let index: Int
    /// The samples of the timeline that it contains, at 48 kHz.
    public let samples: Range<Int>
}

extension Plan {
    /// The chunks of the plan's sound in order; none if the output has no sound.
    public var soundChunks: [SoundChunk] {
        guard let coding = soundCoding else { return [] }
        return SoundDivision(audio, frame: coding.frame).chunks.enumerated().map { index, frames in
            let end = min(frames.upperBound * coding.frame, sampleCount)
            return SoundChunk(index: index, samples: frames.lowerBound * coding.frame..<end)
        }
    }

    /// How the plan's sound is encoded in chunks; `nil` if the output has no sound.
    var soundCoding: SoundCoding? {
        guard let codec = output.audio.codec, codec != .noSound, !audio.buses.isEmpty else { return nil }
        return SoundCoding(codec)
    }
}
