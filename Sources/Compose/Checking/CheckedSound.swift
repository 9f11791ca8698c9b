// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A file's sound, read once from its start to its end.
struct CheckedSound {
    /// The samples that the file says or counts to have, without what an encoder added.
    let length: Int
    private let reader: AudioReader
    private let path: String
    /// The most samples that are read, two days of them: a file may claim any time between two of its samples.
    private static let most = 48 * 3600 * Sound.sampleRate

    /// Opens a file that holds a sound, among others.
    init(_ path: String) throws(ComposeError) {
        if let mismatch = Library.mismatch { throw ComposeError(.incompatibleLibraries, mismatch) }
        let probe = MediaFile.examination(of: path, as: AudioClip(path))
        guard let info = probe.media.sounds[path] else { throw MediaFile.refused(probe) }
        try self.init(path, length: info.length, info.fingerprint)
    }

    /// Opens a file whose sound was examined.
    init(_ path: String, length: Int, _ fingerprint: FileFingerprint) throws(ComposeError) {
        self.path = path
        self.length = length
        do throws(LibavError) {
            let file = try OpenFile(path)
            try file.expect(fingerprint)
            reader = try AudioReader(file)
        } catch {
            throw ComposeError(error, .unreadableMedia)
        }
    }

    /// The samples that are given as silence because they are damaged; `nil` if there are none so far.
    var lost: (count: Int, first: Int)? { reader.lost }

    /// How many of them are no numbers.
    var invalid: Int { reader.invalid }

    /// Reads all samples, and hands on a tenth of a second at a time; nothing at the end.
    ///
    /// It gives what can be decoded, but no more than the length where an encoder has filled its last frame. Returns how many
    /// samples that was.
    @discardableResult
    mutating func read(
        _ isCancelled: () -> Bool, _ take: (_ samples: [Float], _ count: Int) throws(ComposeError) -> Void
    ) throws(ComposeError) -> Int {
        var samples = [Float](repeating: 0, count: SoundFaults.most * Sound.channels)
        var total = 0
        while true {
            if isCancelled() { throw ComposeError(.cancelled, "reading \(path) was cancelled") }
            var count: Int
            do throws(LibavError) { count = try reader.read(SoundFaults.most, into: &samples) } catch {
                throw ComposeError(error, .unreadableMedia)
            }
            // What follows by less than a frame of a codec is its padding; more than that is sound.
            if total + count > length, total + count - length < 4096 { count = max(0, length - total) }
            try take(samples, count)
            if count == 0 { return total }
            total += count
            guard total < Self.most else {
                throw ComposeError(
                    .unreadableMedia, "the sound of \(path) claims to last more than 48 h, and is not read further")
            }
        }
    }
}
