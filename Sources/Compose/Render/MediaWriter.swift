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
    private let sound: (encoder: Encoder, stream: Int, mixer: AudioMixer)?
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
                let encoder = try Encoder(aacBitrate: plan.output.audio.bitrate)
                let stream = try muxer.add(encoder)
                sound = (encoder, stream, AudioMixer(plan.audio, path: plan.path))
            }
            try muxer.writeHeader()
        } catch {
            throw file.failure(error)
        }
    }

    /// Encodes the next frame, and the sound up to its end.
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
            do throws(LibavError) { try sound.encoder.drain() } catch { throw ComposeError(error, .renderFailed) }
            try drainSound()
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
                codec: plan.output.audio.codec.rawValue, samples: $0.mixer.position,
                samplesOfVideo: FrameClock(rate: plan.frameRate).samples(in: framesWritten),
                peak: Double($0.mixer.peak), bytes: soundBytes)
        }
    }

    private func writeSound(upTo end: Int) throws(ComposeError) {
        guard let sound else { return }
        let size = sound.encoder.frameSize
        // Whole encoder frames, and at the very end what is left.
        while sound.mixer.position < end, end - sound.mixer.position >= size || end == plan.sampleCount {
            let position = sound.mixer.position
            let (samples, count) = try sound.mixer.next(min(size, end - position))
            do throws(LibavError) { try sound.encoder.send(samples, count: count, at: position) } catch {
                throw ComposeError(error, .renderFailed)
            }
            try drainSound()
        }
    }

    private func drainVideo() throws(ComposeError) {
        try drain(video, into: videoStream) { bytes in
            framesWritten += 1
            videoBytes += bytes
        }
    }

    private func drainSound() throws(ComposeError) {
        guard let sound else { return }
        try drain(sound.encoder, into: sound.stream) { soundBytes += $0 }
    }

    private func drain(_ encoder: Encoder, into stream: Int, _ count: (Int) -> Void) throws(ComposeError) {
        while true {
            let output: Encoder.Output
            do throws(LibavError) { output = try encoder.receive() } catch { throw ComposeError(error, .renderFailed) }
            guard case .packet(let packet) = output else { return }
            count(packet.size)
            do throws(LibavError) { try muxer.write(packet, stream: stream, of: encoder) } catch {
                throw file.failure(error)
            }
        }
    }
}
