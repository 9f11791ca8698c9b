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
        let losses: [SoundSummary.Loss]
    }

    private let mixer: AudioMixer
    private var kept: [Block] = []

    /// The number of blocks to keep, more than chunks overlap.
    private static let most = 64

    init(_ plan: Plan) { mixer = AudioMixer(plan.audio, path: plan.path) }

    func block(_ range: Range<Int>) throws(ComposeError) -> Block {
        if let found = kept.last(where: { $0.range == range }) { return found }
        let before = mixer.summary.losses
        let samples = try mixer.samples(range)
        let losses = mixer.summary.losses.compactMap { loss -> SoundSummary.Loss? in
            let known = before.first { $0.bus == loss.bus && $0.sound == loss.sound }?.count ?? 0
            if loss.count == known { return nil }
            // A sound that was opened again counts from zero.
            return loss.count > known ? changed(loss) { $0.count -= known } : loss
        }
        let block = Block(range: range, samples: samples, losses: losses)
        if kept.count == Self.most { kept.removeFirst() }
        kept.append(block)
        return block
    }
}
