// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// A writer of frames and their sound, which encodes both and writes them to the output file.
final class MediaWriter {
    private let plan: Plan
    private let packets: PacketWriter
    /// The encoding stream, if pictures arrive as frames.
    private var video: PictureStream?
    /// The tracks of sound, and the samples written of each.
    private var sounds: [(queue: SoundQueue, written: Int)] = []
    private var hasBegun = false
    private var framesSent = 0
    /// The number of frames whose pictures were written.
    private(set) var framesWritten = 0
    private(set) var videoBytes = 0
    private var soundBytes = 0
    /// The header and delay that all segments must have.
    private var first: (header: [UInt8], delay: Int)?
    /// The number of frames that were not encoded because they repeat a held picture.
    private(set) var heldFrames = 0
    /// The failure of the video encoder and its frame; another encoder may then succeed.
    private(set) var encoderFailure: (frame: Int, detail: String)?

    /// The form in which pictures arrive.
    enum Pictures {
        /// There are no pictures.
        case none
        /// Frames for this encoder.
        case frames(OpenedEncoder)
        /// Segments encoded with the settings of this encoder, which only describes the stream.
        case segments(Encoder)
    }

    /// Creates a writer.
    ///
    /// `sound` says where encoded sound comes from.
    init(
        _ plan: Plan, _ pictures: Pictures, file: OutputFile, sound source: SoundQueue.Source,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(ComposeError) {
        self.plan = plan
        packets = try PacketWriter(plan, file: file)
        if let codec = plan.output.audio.codec, let coding = plan.soundCoding {
            do throws(LibavError) {
                for track in plan.soundTracks {
                    let queue = try SoundQueue(
                        plan, track, firstChunk: sounds.reduce(0) { $0 + $1.queue.chunkCount }, codec: codec, coding,
                        source,
                        isCancelled: isCancelled)
                    sounds.append((queue, 0))
                }
            } catch {
                throw .noSoundEncoder(codec, error)
            }
        }
        switch pictures {
        case .none:
            try addStreams(nil)
            try begin()
        case .frames(let opened):
            do throws(LibavError) {
                let chosen = opened.chosen
                let holds = Holds(plan, chosen.backend, hasAverageRate: chosen.hasAverageRate)
                video = try PictureStream(opened.encoder, frameCount: plan.frameCount, holds: holds)
            } catch {
                throw ComposeError(error, .renderFailed)
            }
        case .segments(let encoder): try addStreams(encoder)
        }
    }

    deinit { for sound in sounds { sound.queue.close() } }

    /// Encodes the next frame, and writes the sound up to its end.
    func write(_ frame: Frame, at index: Int) throws(ComposeError) {
        guard let video else { return }
        let packets: [Packet]
        do throws(LibavError) { packets = try video.send(frame) } catch { throw failed(error) }
        framesSent += 1
        try write(packets, of: video)
        try writeSound(upToFrame: index + 1)
    }

    private func write(_ packets: [Packet], of stream: PictureStream) throws(ComposeError) {
        // An animation comes out as one packet, so its pictures are counted as they are sent.
        framesWritten = plan.output.video.codec == .webp ? framesSent : stream.framesGiven
        heldFrames = stream.heldFrames
        if !packets.isEmpty, !hasBegun { try begin(header: stream.header) }
        for packet in packets {
            videoBytes += packet.size
            try self.packets.write(video: packet)
        }
    }

    /// Writes an encoded segment that begins with frame `start`, and the sound up to its end.
    ///
    /// Returns `false` and writes nothing if the segment cannot follow the earlier ones in one stream.
    func write(_ segment: EncodedSegment, from start: Int) throws(ComposeError) -> Bool {
        if let first { guard first == (segment.header, segment.delay) else { return false } }
        first = (segment.header, segment.delay)
        try begin(header: segment.header)
        heldFrames += segment.heldFrames
        for packet in segment.packets {
            packet.place(
                at: start + packet.time, decodedAt: start + packet.decodeTime, lasting: packet.duration)
            framesWritten += packet.duration
            videoBytes += packet.size
            let end = packet.decodeTime + segment.delay + 1
            try packets.write(video: packet)
            try writeSound(upToFrame: end)
        }
        return true
    }

    /// Ends both streams and closes the file.
    func finish() throws(ComposeError) {
        if let stream = video {
            let left: [Packet]
            do throws(LibavError) { left = try stream.finish() } catch { throw failed(error) }
            try write(left, of: stream)
            guard framesWritten == plan.frameCount else {
                let detail = "the encoder returned \(framesWritten) frames instead of \(plan.frameCount)"
                encoderFailure = (framesWritten, detail)
                throw ComposeError(.renderFailed, detail)
            }
            video = nil  // closed before the file is moved into place, which can take a while
        }
        try writeSound(upTo: plan.outputSamples)
        for track in sounds.indices {
            while let piece = try sounds[track].queue.next() { try write(piece, track) }
        }
        try packets.finish()
    }

    /// Writes only sound, up to a frame's end.
    func writeSound(upToFrame count: Int) throws(ComposeError) {
        try writeSound(
            upTo: FrameClock(rate: plan.frameRate).samples(in: count, at: plan.output.audio.sampleRate))
    }

    /// What was written of the sound: the samples of the first track, the bytes of all; `nil` if there is none.
    var soundWritten: (samples: Int, bytes: Int, summary: SoundSummary)? {
        sounds.first.map { ($0.written, soundBytes, $0.queue.summary) }
    }

    /// The level that the first track was brought to; `nil` if it is as it was mixed.
    var mastered: Mastering.Result? { sounds.first?.queue.mastered }

    private func failed(_ error: LibavError) -> ComposeError {
        encoderFailure = (framesSent, error.log ?? error.message)
        return ComposeError(error, .renderFailed, needing: EncoderRequest(plan).likelyMemory)
    }

    /// Writes what precedes the first packet, once.
    private func begin(header: [UInt8] = []) throws(ComposeError) {
        guard !hasBegun else { return }
        hasBegun = true
        if let video { try addStreams(video.encoder) }
        try packets.begin(header: header)
    }

    /// Adds the streams to the file, and then starts the sound.
    private func addStreams(_ video: Encoder?) throws(ComposeError) {
        try packets.add(video: video, sounds: sounds.map(\.queue))
        for sound in sounds { sound.queue.start() }
    }

    private func writeSound(upTo end: Int) throws(ComposeError) {
        guard hasBegun else { return }
        for track in sounds.indices {
            // Whole encoder frames, and the rest at the very end.
            while sounds[track].written < end,
                end - sounds[track].written >= sounds[track].queue.pieceLength || end == plan.outputSamples
            {
                guard let piece = try sounds[track].queue.next() else { break }
                try write(piece, track)
            }
        }
    }

    private func write(_ piece: SoundPiece, _ track: Int) throws(ComposeError) {
        sounds[track].written += piece.samples
        soundBytes += piece.packet.size
        try packets.write(sound: piece.packet, track: track)
    }
}
