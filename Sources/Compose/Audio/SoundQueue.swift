// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

/// A plan's sound, mixed and encoded on a separate thread, piece by piece ahead of need.
///
/// The thread that feeds the video encoder is busy enough: the encoder waits while it works on sound.
final class SoundQueue: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    /// The packets from one encoder frame of samples; an encoder may hold packets back.
    struct Piece {
        let packets: [Packet]
        let samples: Int

        var memory: Int { packets.reduce(0) { $0 + $1.memory } }
    }

    /// The encoder, which describes the stream to the muxer.
    let encoder: Encoder
    /// The number of samples in a piece; the last may be shorter.
    let pieceLength: Int

    private let condition = NSCondition()
    private let plan: Plan
    private var pieces: ArraySlice<Piece> = []
    private var failure: ComposeError?
    private var isFinished = false
    private var isClosed = false
    private var isRunning = false
    private var loudest: Float = 0

    /// The maximum bytes of waiting pieces: some minutes of AAC.
    ///
    /// While a segment that was not stored is being encoded, the sound after it is made ahead.
    private static let room = 8 << 20
    private var waiting = 0

    private let kept: KeptSegments?
    private let isCancelled: @Sendable () -> Bool

    /// Creates a queue.
    ///
    /// `kept` is the store that is searched for encoded sound and receives it.
    init(
        _ plan: Plan, codec: AudioSettings.Codec, kept: KeptSegments?, isCancelled: @escaping @Sendable () -> Bool
    ) throws(LibavError) {
        self.plan = plan
        self.kept = kept
        self.isCancelled = isCancelled
        encoder = try Encoder(audio: codec.encoderName ?? "", bitrate: plan.output.audio.bitrate)
        pieceLength = encoder.frameSize > 0 ? encoder.frameSize : 1024
    }

    /// Starts mixing.
    ///
    /// Call it after everything that reads the encoder.
    func start() {
        condition.lock()
        isRunning = true
        condition.unlock()
        startThread("compose.sound") { [self] in work() }
    }

    /// Returns the next piece; `nil` after the last.
    ///
    /// The last piece is short or has no samples, and contains the packets held back. Blocks; throws if the piece could
    /// not be made.
    func next() throws(ComposeError) -> Piece? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if !pieces.isEmpty {
                let piece = pieces.removeFirst()
                waiting -= piece.memory
                condition.signal()
                return piece
            }
            if let failure { throw failure }
            if isFinished { return nil }
            // An unresponsive store must not prevent cancellation.
            if !condition.wait(until: Date(timeIntervalSinceNow: 0.1)), isCancelled() {
                throw ComposeError(.cancelled, "the render was cancelled")
            }
        }
    }

    /// The largest sample so far, or of the whole sound once ``next()`` has returned `nil`.
    var peak: Float {
        condition.lock()
        defer { condition.unlock() }
        return loudest
    }

    /// Ends the thread; the queue must not be used afterwards.
    ///
    /// Waits until the sound is stored, but not for an unresponsive store.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        pieces = []
        condition.broadcast()
        let end = Date(timeIntervalSinceNow: 2)
        while isRunning, condition.wait(until: end) {}
    }

    /// The maximum bytes of sound to store, about an hour: all of it is in memory.
    private static let keptBytes = 64 << 20

    private func work() {
        defer {
            condition.lock()
            isRunning = false
            condition.broadcast()
            condition.unlock()
        }
        do throws(ComposeError) {
            guard let kept else { return encode(as: nil) }
            let key = try EncodedSound.key(of: plan, kept.identity, encoderHeader: encoder.header)
            let found = kept.read(key) { bytes throws(LibavError) in try EncodedSound(bytes, as: key) }
            guard let found else { return encode(as: key) }
            condition.lock()
            pieces = isClosed ? [] : found.pieces[...]
            waiting = pieces.reduce(0) { $0 + $1.memory }
            loudest = found.peak
            condition.unlock()
            end(nil)
        } catch {
            end(error)
        }
    }

    private func end(_ error: ComposeError?) {
        condition.lock()
        failure = error
        isFinished = error == nil
        condition.broadcast()
        condition.unlock()
    }

    /// Mixes and encodes the sound, and stores the result under a key.
    private func encode(as key: Digest?) {
        var recording = key == nil ? nil : SoundRecording()
        func note(_ piece: Piece) {
            recording?.add(piece)
            if let count = recording?.count, count > Self.keptBytes { recording = nil }
        }
        let mixer = AudioMixer(plan.audio, path: plan.path)
        do throws(ComposeError) {
            while mixer.position < plan.sampleCount {
                let position = mixer.position
                let (samples, count) = try mixer.next(min(pieceLength, plan.sampleCount - position))
                let packets: [Packet]
                do throws(LibavError) {
                    try encoder.send(samples, count: count, at: position)
                    packets = try drain()
                } catch {
                    throw ComposeError(error, .renderFailed)
                }
                let piece = Piece(packets: packets, samples: count)
                note(piece)
                guard append(piece, peak: mixer.peak) else { return }
            }
            let packets: [Packet]
            do throws(LibavError) {
                try encoder.drain()
                packets = try drain()
            } catch {
                throw ComposeError(error, .renderFailed)
            }
            let last = Piece(packets: packets, samples: 0)
            note(last)
            _ = append(last, peak: mixer.peak)
            end(nil)
            if let kept, let key, let recording {
                kept.keep(key) { () throws(LibavError) in try recording.sealed(as: key, peak: mixer.peak) }
            }
        } catch {
            end(error)
        }
    }

    private func drain() throws(LibavError) -> [Packet] {
        var packets: [Packet] = []
        while case .packet(let packet) = try encoder.receive() { packets.append(packet) }
        return packets
    }

    /// Waits for room and appends a piece; returns `false` if the queue is closed.
    private func append(_ piece: Piece, peak: Float) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while waiting >= Self.room, !isClosed { condition.wait() }
        pieces.append(piece)
        waiting += piece.memory
        loudest = peak
        condition.signal()
        return !isClosed
    }
}
