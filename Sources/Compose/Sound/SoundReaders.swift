// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The open sound files of a mixer, which are handed on from a sound to a later one of the same file.
///
/// The only seek that is exact in every format decodes from the start, so going on is much cheaper than opening again. May be
/// used by one thread at a time.
final class SoundReaders {
    private struct Idle {
        let reader: AudioReader
        let fingerprint: FileFingerprint
        /// The sample that it will read next.
        let position: Int
    }

    /// The readers that nobody uses, the latest last.
    private var idle: [Idle] = []
    private static let most = 8

    /// Returns a reader that reads from a sample of a file on.
    ///
    /// Blocks on the disk.
    func take(_ sound: PlannedSound, path: String, at start: Int) throws(LibavError) -> AudioReader {
        let ours = idle.indices.filter { idle[$0].fingerprint == sound.fingerprint && idle[$0].position <= start }
        if let nearest = ours.max(by: { idle[$0].position < idle[$1].position }) {
            let found = idle.remove(at: nearest)
            try found.reader.skip(start - found.position)
            return found.reader
        }
        let file = try OpenFile(path)
        try file.expect(sound.fingerprint)
        let reader = try AudioReader(file, length: sound.fileLength)
        if start > 0 { try reader.seek(to: start) }
        return reader
    }

    /// Gives back a reader, which will read a sample next.
    func give(_ reader: AudioReader, of sound: PlannedSound, at position: Int) {
        idle.append(Idle(reader: reader, fingerprint: sound.fingerprint, position: position))
        if idle.count > Self.most { idle.removeFirst() }
    }
}
