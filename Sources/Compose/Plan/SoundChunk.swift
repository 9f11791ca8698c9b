// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A range of a plan's sound that is encoded independently.
///
/// It is for sound what a ``Segment`` is for pictures: the unit of parallel work, of reuse by later renders, and of
/// distribution to other machines.
public struct SoundChunk: Sendable, Hashable {
    /// The index in ``Plan/soundChunks``.
    public let index: Int
    /// The track of the file that it belongs to, counted from 0.
    public let track: Int
    /// The samples that it contains, at the output's sample rate.
    public let samples: Range<Int>
}

extension Plan {
    /// The chunks of the plan's sound in order; none if the output has no sound.
    public var soundChunks: [SoundChunk] {
        var chunks: [SoundChunk] = []
        for (track, planned) in soundTracks.enumerated() {
            for chunk in changed(self, { $0.audio = planned.audio }).chunksOfOneTrack {
                chunks.append(SoundChunk(index: chunks.count, track: track, samples: chunk.samples))
            }
        }
        return chunks
    }

    /// The chunks of the plan's sound as one track, counted from 0.
    var chunksOfOneTrack: [SoundChunk] {
        guard let coding = soundCoding else { return [] }
        let count = outputSamples
        return SoundDivision(audio, coding, count: count).chunks.enumerated().map { index, frames in
            let end = min(frames.upperBound * coding.frame, count)
            return SoundChunk(index: index, track: 0, samples: frames.lowerBound * coding.frame..<end)
        }
    }

    /// How the plan's sound is encoded in chunks; `nil` if the output has no sound.
    var soundCoding: SoundCoding? {
        guard let codec = output.audio.codec, codec != .noSound, !audio.buses.isEmpty else { return nil }
        return SoundCoding(codec, output.audio)
    }

    /// The number of samples of the sound at the output's sample rate.
    var outputSamples: Int { FrameClock(rate: frameRate).samples(in: frameCount, at: output.audio.sampleRate) }
}
