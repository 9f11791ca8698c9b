// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A plan's encoded chunks of sound in order, taken from a store or encoded, several at once.
///
/// A chunk does not depend on which worker makes it, or when. May be used by one thread at a time.
final class SoundChunks {
    private let queue: OrderedQueue<EncodedSound>

    /// The maximum bytes of waiting chunks: some minutes of AAC.
    ///
    /// While a segment that was not stored is being encoded, the sound after it is made ahead.
    private static let room = 8 << 20

    /// Creates a queue and starts making all chunks.
    ///
    /// `kept` is the store that is searched for chunks and receives new ones.
    init(_ encoder: SoundEncoder, workers: Int, kept: KeptSegments?) {
        queue = OrderedQueue(
            "compose.sound", count: encoder.chunks.count, workers: workers, room: Self.room, weight: \.memory
        ) { queue in
            Encoding(encoder, workers: workers, kept: kept, isClosed: { queue.isClosed })
        }
    }

    /// Creates a queue of chunks that were encoded elsewhere.
    ///
    /// `finished` returns the bytes of a chunk by its number among those of all tracks; `first` is the number of the first.
    init(
        _ encoder: SoundEncoder, _ source: SoundQueue.Source, first: Int,
        finished: @escaping @Sendable (_ chunk: Int) throws -> Data
    ) {
        queue = OrderedQueue("compose.sound", count: encoder.chunks.count, room: Self.room, weight: \.memory) { queue in
            Reading(encoder: encoder, source: source, first: first, bytes: finished, isClosed: { queue.isClosed })
        }
    }

    /// Returns the next chunk; `nil` if it is not ready within a tenth of a second.
    ///
    /// Throws if it could not be made. Call it until it has returned all chunks.
    func next() throws(ComposeError) -> EncodedSound? {
        guard case .element(let chunk) = try queue.next(within: 0.1) else { return nil }
        return chunk
    }

    /// Ends the threads, and waits for them, but not for an unresponsive store.
    func close() { queue.close(within: 2) }

    /// Encodes chunks, or takes them from a store.
    private final class Encoding: OrderedWork {
        private let unleveled: SoundEncoder
        private let workers: Int
        private let kept: KeptSegments?
        private let isClosed: () -> Bool
        /// The encoder with its level, and the sound, as soon as the level is known.
        private var ready: (encoder: SoundEncoder, mixer: MixedSound)?

        init(_ encoder: SoundEncoder, workers: Int, kept: KeptSegments?, isClosed: @escaping () -> Bool) {
            unleveled = encoder
            self.workers = workers
            self.kept = kept
            self.isClosed = isClosed
        }

        func make(_ index: Int) throws(ComposeError) -> EncodedSound? {
            if ready == nil {
                let encoder = try unleveled.leveled(workers: workers, kept, isCancelled: isClosed)
                ready = (encoder, try encoder.mixed())
            }
            guard let (encoder, mixer) = ready else { return nil }
            let chunk = encoder.chunks[index]
            guard let kept = kept ?? encoder.encoded else {
                return try encoder.encode(chunk, mixer, isCancelled: isClosed)
            }
            let key = try encoder.key(of: chunk, kept.identity)
            let sounds = encoder.heard(chunk).count
            let found = kept.read(key) { bytes throws(LibavError) -> EncodedSound? in
                guard case .whole(let found) = try EncodedSound.read(bytes, as: key, sounds: sounds) else { return nil }
                return found
            }
            if let found { return found }
            guard let made = try encoder.encode(chunk, mixer, isCancelled: isClosed) else { return nil }
            kept.keep(key) { () throws(LibavError) in try made.serialized(as: key) }
            return made
        }
    }

    /// Reads chunks that were encoded elsewhere.
    private struct Reading: OrderedWork {
        let encoder: SoundEncoder
        let source: SoundQueue.Source
        let first: Int
        let bytes: @Sendable (_ chunk: Int) throws -> Data
        let isClosed: () -> Bool

        func make(_ index: Int) throws(ComposeError) -> EncodedSound? {
            let encoder = try encoder.leveled(workers: source.workers, source.kept, isCancelled: isClosed)
            let chunk = encoder.chunks[index]
            let key = try encoder.key(of: chunk, source.identity)
            let sounds = encoder.heard(chunk).count
            let problem: String
            do {
                switch try EncodedSound.read(Array(try bytes(first + index))[...], as: key, sounds: sounds) {
                case .whole(let sound): return sound
                case .damaged: problem = "is damaged or is not a chunk of sound"
                case .other: problem = "was made for another plan, or by another encoder, FFmpeg or Compose"
                }
            } catch let error as ComposeError {
                throw error
            } catch {
                problem = "cannot be read: \(error)"
            }
            throw ComposeError(
                .unreadableMedia, path: "soundChunks[\(first + index)]",
                "chunk \(first + index) of the sound \(problem); render it again")
        }
    }
}
