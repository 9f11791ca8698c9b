// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A plan's mixed sound in blocks of an encoder's frame, the last of which are kept.
///
/// Chunks overlap, and going back would open files again and decode them from their start. May be used by one thread at a time.
final class MixedSound {
    /// A block of samples, and what damage took from the sounds in it.
    struct Block {
        let range: Range<Int>
        let samples: [Float]
        /// The largest part that the limiter took from a sample, 0…1.
        let reduction: Double
        let losses: [SoundSummary.Loss]
    }

    private let mixer: AudioMixer
    private let coding: SoundCoding
    /// What brings the mix to the output's rate, if that is another.
    private let converter: RateConverter?
    private var kept: [Block] = []
    /// The last samples of the mix, at 48 kHz, and the number of the first: blocks at another rate reach into each other.
    private var mix: (samples: [Float], first: Int) = ([], 0)

    /// The number of blocks to keep, more than chunks overlap.
    private static let most = 64

    /// Creates the sound at a level; without one it is as it is mixed.
    init(_ plan: Plan, _ coding: SoundCoding, _ level: MasterLevel?) throws(LibavError) {
        mixer = AudioMixer(plan.audio, path: plan.path, level: level)
        self.coding = coding
        converter = coding.rate == Sound.sampleRate ? nil : try RateConverter(rate: coding.rate)
    }

    /// Returns a block of samples at the output's rate and of its channels.
    func block(_ range: Range<Int>) throws(ComposeError) -> Block {
        if let found = kept.last(where: { $0.range == range }) { return found }
        let before = mixer.summary.losses
        let samples = try output(range)
        let losses = mixer.summary.losses.compactMap { loss -> SoundSummary.Loss? in
            let known = before.first { $0.bus == loss.bus && $0.sound == loss.sound }?.count ?? 0
            if loss.count == known { return nil }
            // A sound that was opened again counts from zero.
            return loss.count > known ? changed(loss) { $0.count -= known } : loss
        }
        let block = Block(range: range, samples: samples, reduction: mixer.reduction, losses: losses)
        if kept.count == Self.most { kept.removeFirst() }
        kept.append(block)
        return block
    }

    private func output(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        let samples: [Float]
        if let converter {
            let needed = coding.timeline(range)
            try take(needed)
            samples = converter.samples(range, of: mix.samples, first: mix.first)
        } else {
            samples = try mixer.samples(range)
        }
        return coding.channels == 1 ? RateConverter.mono(samples) : samples
    }

    /// Brings the last samples of the mix to those of a range.
    private func take(_ range: Range<Int>) throws(ComposeError) {
        let end = mix.first + mix.samples.count / Sound.channels
        if range.lowerBound >= mix.first, range.lowerBound <= end, range.upperBound >= end {
            mix.samples.removeFirst((range.lowerBound - mix.first) * Sound.channels)
            mix.samples += try mixer.samples(end..<range.upperBound)
        } else {
            mix.samples = try mixer.samples(range)
        }
        mix.first = range.lowerBound
    }
}
