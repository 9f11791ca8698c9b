// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A plan's encoded sound, taken from a store, or encoded and then stored.
// unchecked: only the one thread of the queue that makes the pieces uses what can change
final class KeptSound: OrderedWork, @unchecked Sendable {
    let encoder: SoundEncoder
    private let plan: Plan
    private let kept: KeptSegments?
    private var source: Source?

    private enum Source {
        case stored(EncodedSound)
        case mixed(AudioMixer)
    }

    /// The key for storing the sound, and what is stored; `nil` if it is not to be stored.
    private var recording: (key: Digest, pieces: SoundRecording)?
    private var summary = SoundSummary()

    /// The maximum bytes of sound to store, about an hour: all of it is in memory.
    private static let keptBytes = 64 << 20

    init(_ plan: Plan, _ encoder: SoundEncoder, _ kept: KeptSegments?) {
        self.plan = plan
        self.encoder = encoder
        self.kept = kept
    }

    func make(_ index: Int) throws(ComposeError) -> SoundPiece? {
        let source: Source
        if let opened = self.source { source = opened } else { source = try open() }
        self.source = source
        switch source {
        case .stored(let sound): return index < sound.pieces.count ? sound.pieces[index] : nil
        case .mixed(let mixer):
            let piece = try encoder.next(mixer)
            if let piece { record(piece) }
            return piece
        }
    }

    func ended() {
        guard let kept, let recording else { return }
        kept.keep(recording.key) { () throws(LibavError) in
            try recording.pieces.sealed(as: recording.key, summary)
        }
    }

    private func open() throws(ComposeError) -> Source {
        let mixer = AudioMixer(plan.audio, path: plan.path)
        guard let kept else { return .mixed(mixer) }
        let key = try EncodedSound.key(of: plan, kept.identity, encoderHeader: encoder.encoder.header)
        if let found = kept.read(key, { bytes throws(LibavError) in try EncodedSound(bytes, as: key, plan.audio) }) {
            return .stored(found)
        }
        recording = (key, SoundRecording())
        return .mixed(mixer)
    }

    private func record(_ piece: SoundPiece) {
        summary = piece.summary
        recording?.pieces.add(piece)
        if let count = recording?.pieces.count, count > Self.keptBytes { recording = nil }
    }
}
