// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

/// A packet of sound, and the number of samples that it stands for.
struct SoundPiece {
    let packet: Packet
    let samples: Int
}

/// A plan's sound, mixed and encoded on threads of its own, packet by packet ahead of need.
///
/// The thread that feeds the video encoder is busy enough: the encoder waits while it works on sound. May be used by
/// one thread at a time.
final class SoundQueue {
    /// The encoder, which describes the stream to the muxer.
    let encoder: Encoder
    /// The number of samples in a piece; the last may have fewer.
    let pieceLength: Int
    /// What is known of the sound so far, or of all of it once ``next()`` has returned `nil`.
    var summary: SoundSummary { joiner?.summary ?? SoundSummary() }

    /// The level that the sound was brought to, and what was measured of it; `nil` if it is as it was mixed.
    var mastered: Mastering.Result? { chunkEncoder.mastering?.known }

    /// Where chunks come from.
    struct Source {
        /// The number of chunks that are encoded at once.
        var workers: Int
        /// The store that is searched for chunks and receives them.
        var kept: KeptSegments?
        /// How media are recognised, for chunks from elsewhere.
        var identity = MediaIdentity.fingerprint
        /// Returns the bytes of a chunk that was encoded elsewhere; `nil` if chunks are encoded here.
        var finished: (@Sendable (_ chunk: Int) throws -> Data)?
    }

    /// The number of chunks of the track.
    var chunkCount: Int { chunkEncoder.chunks.count }
    /// The queue's track.
    let track: PlannedSoundTrack
    /// The index of its first chunk among those of the whole plan.
    private let firstChunk: Int

    private let chunkEncoder: SoundEncoder
    private let source: Source
    private let isCancelled: @Sendable () -> Bool
    private var chunks: SoundChunks?
    private var joiner: SoundJoiner?
    private var header: FLACHeader?

    /// Creates a queue of a track's sound, whose first chunk has an index among those of the whole plan.
    init(
        _ plan: Plan, _ track: PlannedSoundTrack, firstChunk: Int, codec: AudioSettings.Codec, _ coding: SoundCoding,
        _ source: Source, isCancelled: @escaping @Sendable () -> Bool
    ) throws(LibavError) {
        self.track = track
        self.firstChunk = firstChunk
        encoder = try SoundEncoder.open(plan.output.audio, codec)
        chunkEncoder = SoundEncoder(plan, track, codec, coding, like: encoder)
        pieceLength = coding.frame
        self.source = source
        self.isCancelled = isCancelled
        if codec == .flac, chunkEncoder.chunks.count > 1 { header = FLACHeader(encoder.header) }
    }

    /// Starts mixing.
    ///
    /// Call it after everything that reads the encoder.
    func start() {
        let chunks =
            if let finished = source.finished {
                SoundChunks(chunkEncoder, source, first: firstChunk, finished: finished)
            } else {
                SoundChunks(chunkEncoder, workers: source.workers, kept: source.kept)
            }
        self.chunks = chunks
        joiner = SoundJoiner(chunkEncoder) { [isCancelled] () throws(ComposeError) in
            while true {
                if let chunk = try chunks.next() { return chunk }
                // An unresponsive store must not prevent cancellation.
                if isCancelled() { throw ComposeError(.cancelled, "the render was cancelled") }
            }
        }
    }

    /// Returns the next piece; `nil` after the last.
    ///
    /// The last may have no samples. Blocks; throws if the piece could not be made.
    func next() throws(ComposeError) -> SoundPiece? {
        guard let joiner else { preconditionFailure("the sound is taken before it is started") }
        let start = joiner.position * pieceLength
        guard var packet = try joiner.next() else { return nil }
        if chunkEncoder.codec == .flac {
            do throws(LibavError) { packet = try numbered(packet, start / pieceLength) } catch {
                throw ComposeError(error, .renderFailed)
            }
        }
        return SoundPiece(packet: packet, samples: min(max(0, chunkEncoder.plan.outputSamples - start), pieceLength))
    }

    /// Returns a frame of FLAC with its number in the stream, or the end of the stream with its header.
    private func numbered(_ packet: Packet, _ number: Int) throws(LibavError) -> Packet {
        guard header != nil else { return packet }
        if packet.size > 0 {
            try packet.numberFLAC(number)
            header?.add(frame: packet.size)
            return packet
        }
        let end = try Packet(bytes: [])
        end.place(at: packet.time, lasting: packet.duration)
        for side in packet.sideData where side.bytes.count == encoder.header.count {
            let whole = header?.complete(samples: chunkEncoder.plan.outputSamples) ?? side.bytes
            try end.addSideData(type: side.type, bytes: whole)
        }
        return end
    }

    /// Ends the threads; the queue must not be used afterwards.
    ///
    /// Waits until the sound is stored, but not for an unresponsive store.
    func close() { chunks?.close() }
}
