// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// One encoder's run over a plan's sound, from a frame of the encoder on.
///
/// May be used by one thread at a time.
final class EncodingRun {
    /// The packet of the run that comes next, counted from the timeline's start.
    private(set) var index: Int
    /// What is known of the samples that count.
    private(set) var summary = SoundSummary()

    private let encoder: Encoder
    private let mixer: MixedSound
    private let coding: SoundCoding
    private let sampleCount: Int
    private let heard: Range<Int>
    private var position: Int
    private var isDrained = false
    private var waiting: [Packet] = []

    /// Creates a run that begins with a frame; the summary is of the samples `heard`.
    init(
        _ encoder: Encoder, _ mixer: MixedSound, _ coding: SoundCoding, count: Int, from frame: Int, heard: Range<Int>
    ) {
        self.encoder = encoder
        self.mixer = mixer
        self.coding = coding
        self.heard = heard
        sampleCount = count
        index = frame
        position = frame * coding.frame
    }

    /// Returns the next packet, timed from the timeline's start; `nil` after the last.
    func next() throws(ComposeError) -> Packet? {
        while waiting.isEmpty, !isDrained { try takeIn() }
        guard !waiting.isEmpty else { return nil }
        index += 1
        return waiting.removeFirst()
    }

    /// Gives the encoder a frame of samples, or tells it that there are no more.
    private func takeIn() throws(ComposeError) {
        let frame = position..<min(position + coding.frame, sampleCount)
        let samples = frame.isEmpty ? [] : try listen(frame)
        do throws(LibavError) {
            if frame.isEmpty {
                try encoder.drain()
                isDrained = true
            } else {
                try encoder.send(samples, count: frame.count, at: position)
            }
            while case .packet(let packet) = try encoder.receive() { waiting.append(packet) }
        } catch {
            throw ComposeError(error, .renderFailed)
        }
        position = frame.upperBound
    }

    /// Returns mixed samples, and notes what is known of those that count.
    private func listen(_ frame: Range<Int>) throws(ComposeError) -> [Float] {
        let block = try mixer.block(frame)
        guard frame.overlaps(heard) else { return block.samples }
        let peak = Sound.peak(of: block.samples)
        summary.peak = max(summary.peak, peak.value)
        summary.over += peak.over
        summary.reduction = max(summary.reduction, block.reduction)
        for loss in block.losses { summary.add(loss) }
        return block.samples
    }
}
