// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// Encodes frames and the sound that goes with them, and writes both to a file in the making.
final class MediaWriter {
    private let plan: Plan
    private let file: OutputFile
    private let muxer: Muxer
    private let video: Encoder
    private let videoStream: Int
    private let sound: (queue: SoundQueue, stream: Int)?
    private var samplesWritten = 0
    private(set) var framesWritten = 0
    private(set) var videoBytes = 0
    private var soundBytes = 0

    init(_ plan: Plan, video: Encoder, file: OutputFile) throws(ComposeError) {
        self.plan = plan
        self.file = file
        self.video = video
        do throws(LibavError) {
            muxer = try Muxer(path: file.temporary)
            videoStream = try muxer.add(video)
            if plan.audio.sounds.isEmpty {
                sound = nil
            } else {
                let queue = try SoundQueue(plan)
                sound = (queue, try muxer.add(queue.encoder))
            }
            try muxer.writeHeader()
            sound?.queue.start()
        } catch {
            throw file.failure(error)
        }
    }

    deinit { sound?.queue.close() }

    /// Encodes the next frame, and writes the sound up to its end.
    func write(_ frame: Frame, at index: Int) throws(ComposeError) {
        do throws(LibavError) { try video.send(frame, at: index) } catch { throw ComposeError(error, .renderFailed) }
        try drainVideo()
        try writeSound(upTo: FrameClock(rate: plan.frameRate).samples(in: index + 1))
    }

    /// Ends both streams and closes the file.
    func finish() throws(ComposeError) {
        do throws(LibavError) { try video.drain() } catch { throw ComposeError(error, .renderFailed) }
        try drainVideo()
        if let sound {
            try writeSound(upTo: plan.sampleCount)
            while let piece = try sound.queue.next() { try write(piece, of: sound) }
        }
        guard framesWritten == plan.frameCount else {
            throw ComposeError(
                .renderFailed, "the encoder gave \(framesWritten) frames for \(plan.frameCount); this is a defect")
        }
        do throws(LibavError) { try muxer.finish() } catch { throw file.failure(error) }
    }

    /// What there is to report of the sound.
    var soundReport: Report.Sound? {
        sound.map {
            Report.Sound(
                codec: plan.output.audio.codec.rawValue, samples: samplesWritten,
                samplesOfVideo: FrameClock(rate: plan.frameRate).samples(in: framesWritten),
                peak: Double($0.queue.peak), bytes: soundBytes)
        }
    }

    private func writeSound(upTo end: Int) throws(ComposeError) {
        guard let sound else { return }
        // Whole encoder frames, and at the very end what is left.
        while samplesWritten < end, end - samplesWritten >= sound.queue.pieceLength || end == plan.sampleCount {
            guard let piece = try sound.queue.next() else { return }
            try write(piece, of: sound)
        }
    }

    private func write(_ piece: SoundQueue.Piece, of sound: (queue: SoundQueue, stream: Int)) throws(ComposeError) {
        samplesWritten += piece.samples
        for packet in piece.packets {
            soundBytes += packet.size
            try write(packet, of: sound.queue.encoder, into: sound.stream)
        }
    }

    private func drainVideo() throws(ComposeError) {
        while true {
            let output: Encoder.Output
            do throws(LibavError) { output = try video.receive() } catch { throw ComposeError(error, .renderFailed) }
            guard case .packet(let packet) = output else { return }
            framesWritten += 1
            videoBytes += packet.size
            try write(packet, of: video, into: videoStream)
        }
    }

    private func write(_ packet: Packet, of encoder: Encoder, into stream: Int) throws(ComposeError) {
        do throws(LibavError) { try muxer.write(packet, stream: stream, of: encoder) } catch {
            throw file.failure(error)
        }
    }
}
