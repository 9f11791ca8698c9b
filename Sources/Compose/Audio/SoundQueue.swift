// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

/// A plan's sound, mixed and encoded on a thread of its own, piece by piece ahead of need.
///
/// The thread that feeds the video encoder has enough to do: what it spends on sound, the encoder waits for.
final class SoundQueue: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    /// What one encoder frame's worth of samples gave; an encoder may hold packets back.
    struct Piece {
        let packets: [Packet]
        let samples: Int

        var memory: Int { packets.reduce(0) { $0 + $1.memory } }
    }

    /// The encoder, of whose packets the muxer wants to know.
    let encoder: Encoder
    /// Samples in a piece; the last may be shorter.
    let pieceLength: Int

    private let condition = NSCondition()
    private let plan: Plan
    private var pieces: ArraySlice<Piece> = []
    private var failure: ComposeError?
    private var isFinished = false
    private var isClosed = false
    private var isRunning = false
    private var loudest: Float = 0

    /// Bytes of pieces that wait at most: some minutes of AAC.
    ///
    /// So that while a segment is encoded that was not there yet, the sound that follows it is made already.
    private static let room = 8 << 20
    private var waiting = 0

    private let kept: KeptSegments?
    private let isCancelled: @Sendable () -> Bool

    /// `kept` is where encoded sound is looked for and kept.
    init(
        _ plan: Plan, codec: AudioSettings.Codec, kept: KeptSegments?, isCancelled: @escaping @Sendable () -> Bool
    ) throws(LibavError) {
        self.plan = plan
        self.kept = kept
        self.isCancelled = isCancelled
        encoder = try Encoder(audio: codec.encoderName ?? "", bitrate: plan.output.audio.bitrate)
        pieceLength = encoder.frameSize > 0 ? encoder.frameSize : 1024
    }

    /// Starts to mix.
    ///
    /// Once everything that wants to look at the encoder first has done so.
    func start() {
        condition.lock()
        isRunning = true
        condition.unlock()
        let thread = Thread { [self] in work() }
        thread.name = "compose.sound"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// The next piece; `nil` after the last, which is short or without samples and brings the packets held back.
    ///
    /// Blocks; throws what kept it from being made.
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
            // A store that does not answer must not keep a render from being cancelled.
            if !condition.wait(until: Date(timeIntervalSinceNow: 0.1)), isCancelled() {
                throw ComposeError(.cancelled, "the render was cancelled")
            }
        }
    }

    /// The largest sample so far; of everything once ``next()`` has given `nil`.
    var peak: Float {
        condition.lock()
        defer { condition.unlock() }
        return loudest
    }

    /// Ends the thread; nothing may be asked for afterwards.
    ///
    /// Waits until the sound is kept, but not for a store that does not answer.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        pieces = []
        condition.broadcast()
        let end = Date(timeIntervalSinceNow: 2)
        while isRunning, condition.wait(until: end) {}
    }

    /// Encoded sound that takes more bytes, about an hour's, is not kept: it would have to be in memory as a whole.
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

    /// Mixes and encodes, and keeps the result under a key.
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

    /// Waits for room; `false` if nobody will ask any more.
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
