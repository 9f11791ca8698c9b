// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// A plan's sound, mixed and encoded on a separate thread, piece by piece ahead of need.
///
/// The thread that feeds the video encoder is busy enough: the encoder waits while it works on sound. May be used by
/// one thread at a time.
final class SoundQueue {
    /// The encoder, which describes the stream to the muxer.
    var encoder: Encoder { source.encoder.encoder }
    /// The number of samples in a piece; the last may be shorter.
    var pieceLength: Int { source.encoder.pieceLength }
    /// What is known of the sound so far, or of all of it once ``next()`` has returned `nil`.
    private(set) var summary = SoundSummary()

    private let source: KeptSound
    private let isCancelled: @Sendable () -> Bool
    private var queue: OrderedQueue<SoundPiece>?

    /// The maximum bytes of waiting pieces: some minutes of AAC.
    ///
    /// While a segment that was not stored is being encoded, the sound after it is made ahead.
    private static let room = 8 << 20

    /// Creates a queue.
    ///
    /// `kept` is the store that is searched for encoded sound and receives it.
    init(
        _ plan: Plan, codec: AudioSettings.Codec, kept: KeptSegments?, isCancelled: @escaping @Sendable () -> Bool
    ) throws(LibavError) {
        source = KeptSound(plan, try SoundEncoder(plan.output.audio, codec), kept)
        self.isCancelled = isCancelled
    }

    /// Starts mixing.
    ///
    /// Call it after everything that reads the encoder.
    func start() {
        queue = OrderedQueue("compose.sound", room: Self.room, weight: \.memory) { [source] _ in source }
    }

    /// Returns the next piece; `nil` after the last.
    ///
    /// The last piece has no samples, and contains the packets held back. Blocks; throws if the piece could not be
    /// made.
    func next() throws(ComposeError) -> SoundPiece? {
        guard let queue else { preconditionFailure("the sound is taken before it is started") }
        while true {
            switch try queue.next(within: 0.1) {
            case .element(let piece):
                summary = piece.summary
                return piece
            case .end: return nil
            case .pending:
                // An unresponsive store must not prevent cancellation.
                if isCancelled() { throw ComposeError(.cancelled, "the render was cancelled") }
            }
        }
    }

    /// Ends the thread; the queue must not be used afterwards.
    ///
    /// Waits until the sound is stored, but not for an unresponsive store.
    func close() { queue?.close(within: 2) }
}
