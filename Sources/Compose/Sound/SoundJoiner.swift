// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A joiner of encoded chunks into one stream of packets.
///
/// A decoder's output near a packet depends on that packet and on what the one before carries. Where two chunks overlap, their
/// encoders were given the same samples; behind a packet of which both carry the same, the stream goes over from one to the
/// other, and all that is decoded is made of parts that fit. Where they never agree, the earlier chunk's encoder is run again,
/// and goes on until they do. May be used by one thread at a time.
final class SoundJoiner {
    /// What is known of the chunks that were taken so far.
    private(set) var summary = SoundSummary()
    /// The number of packets that were encoded again because no seam held.
    private(set) var encodedAgain = 0
    /// The index of the next packet, counted from the timeline's start.
    private(set) var position = 0

    private let encoder: SoundEncoder
    private let take: () throws(ComposeError) -> EncodedSound
    /// The number of chunks that were taken.
    private var taken = 0
    /// The chunk that the packets are of, and the one after it, as soon as it matters.
    private var current: Part?
    private var following: Part?
    /// The encoder of an earlier chunk that goes on in place of the current one.
    private var run: EncodingRun?
    /// What the last packet carries.
    private var carried: Int?

    /// A chunk with its packets, counted from the timeline's start.
    private struct Part {
        let index: Int
        let frames: Range<Int>
        let sound: EncodedSound

        func packet(_ position: Int) -> Packet? {
            if position == frames.lowerBound - 1 { return sound.lead }
            let place = position - frames.lowerBound
            return sound.packets.indices.contains(place) ? sound.packets[place] : nil
        }
    }

    /// Creates a joiner; `take` returns the chunks in order, and may block.
    init(_ encoder: SoundEncoder, take: @escaping () throws(ComposeError) -> EncodedSound) {
        self.encoder = encoder
        self.take = take
    }

    /// Returns the next packet, timed from the timeline's start; `nil` after the last.
    ///
    /// Blocks.
    func next() throws(ComposeError) -> Packet? {
        if current == nil { current = try taking() }
        try goOver()
        guard let packet = try packet() else { return nil }
        carried = encoder.coding.carry.flatMap(packet.carries)
        position += 1
        return packet
    }

    /// Goes over to the chunk after the current one if it is time, and if it fits.
    private func goOver() throws(ComposeError) {
        while let current, current.index + 1 < encoder.chunks.count,
            position >= encoder.frames(encoder.chunks[current.index + 1]).lowerBound
        {
            let next: Part
            if let following { next = following } else { next = try taking() }
            following = nil
            // A run that has passed a whole chunk has replaced it.
            let after =
                next.index + 1 < encoder.chunks.count ? encoder.frames(encoder.chunks[next.index + 1]).lowerBound : .max
            if fits(next) {
                run = nil
            } else if run == nil || position < after {
                following = next
                return
            }
            self.current = next
        }
    }

    /// Returns whether a chunk's packet may follow the last one.
    private func fits(_ next: Part) -> Bool {
        guard let carry = encoder.coding.carry else { return true }
        guard let carried, let other = next.packet(position - 1)?.carries(carry) else { return false }
        return carried == other && next.packet(position) != nil
    }

    private func packet() throws(ComposeError) -> Packet? {
        if let run { return try goOn(run) }
        guard let current else { return nil }
        if let packet = current.packet(position) {
            packet.place(at: packet.time + encoder.chunks[current.index].samples.lowerBound, lasting: packet.duration)
            return packet
        }
        guard following != nil else { return nil }
        let encoder = try encoder.leveled(workers: 1, nil, isCancelled: { false })
        let run = try encoder.run(to: encoder.chunks[current.index], try encoder.mixed())
        while run.index < position, try run.next() != nil {}
        self.run = run
        return try goOn(run)
    }

    private func goOn(_ run: EncodingRun) throws(ComposeError) -> Packet? {
        encodedAgain += 1
        return try run.next()
    }

    private func taking() throws(ComposeError) -> Part {
        let chunk = encoder.chunks[taken]
        let sound = try take()
        taken += 1
        summary.add(sound.summary.placed(among: encoder.heard(chunk)))
        return Part(index: chunk.index, frames: encoder.frames(chunk), sound: sound)
    }
}
