// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The used part of a sound's file, repeated if the clip loops; samples are counted from the clip's start.
///
/// Where there is none, there is silence. May be used by one thread at a time.
final class FileSamples {
    private let sound: PlannedSound
    private let path: String
    private let readers: SoundReaders
    private var reader: AudioReader?
    /// The sample of the file that is read next.
    private var position = 0
    /// What damage had taken before from the reader, which others used.
    private var lostBefore = 0
    /// The samples of a part that repeats, so that a short one is decoded once; `nil` if it is too long, or not read yet.
    private var kept: [Float]?
    /// The cross-fade between repeats; `nil` if it was not made yet.
    private var seam: [Float]?

    /// The longest part to keep: ten seconds, 4 MB.
    private static let longestKept = 10 * Sound.sampleRate

    init(_ sound: PlannedSound, path: String, readers: SoundReaders) {
        self.sound = sound
        self.path = path
        self.readers = readers
    }

    /// The samples that are silent because the file is damaged, and the place of the first in the file.
    var lost: (count: Int, first: Int)? {
        guard let lost = reader?.lost, lost.count > lostBefore else { return nil }
        return (lost.count - lostBefore, max(lost.first, lostBefore > 0 ? max(0, sound.sourceStart) : 0))
    }

    /// Opens the file where it will be read, so that one that cannot be opened is noticed.
    func open(at place: Int) throws(LibavError) {
        try move(to: max(0, sound.sourceStart + (sound.loop ? 0 : place)))
    }

    /// Gives back the reader, after the last sample was read.
    func close() {
        if let reader { readers.give(reader, of: sound, at: position) }
        reader = nil
    }

    /// Returns the samples of a range.
    func samples(_ range: Range<Int>) throws(LibavError) -> [Float] {
        var result = [Float](repeating: 0, count: range.count * Sound.channels)
        guard sound.loop else {
            let part = range.clamped(to: min(range.lowerBound, 0)..<max(sound.partLength, 0))
            try read(part, into: &result, at: part.lowerBound - range.lowerBound)
            return result
        }
        let period = sound.period
        guard period > 0 else { return result }
        var place = max(range.lowerBound, 0)
        while place < range.upperBound {
            let (turn, rest) = (place / period, place % period)
            var count = min(period - rest, range.upperBound - place)
            if turn > 0, rest < sound.loopCrossfade {
                count = min(count, sound.loopCrossfade - rest)
                copy(try crossfade(), rest..<rest + count, into: &result, at: place - range.lowerBound)
            } else {
                try repeated(rest..<rest + count, into: &result, at: place - range.lowerBound)
            }
            place += count
        }
        return result
    }

    /// Reads a range of the part that repeats, from memory if it is short.
    private func repeated(_ range: Range<Int>, into result: inout [Float], at offset: Int) throws(LibavError) {
        guard sound.partLength <= Self.longestKept else { return try read(range, into: &result, at: offset) }
        let whole: [Float]
        if let kept {
            whole = kept
        } else {
            var part = [Float](repeating: 0, count: sound.partLength * Sound.channels)
            try read(0..<sound.partLength, into: &part, at: 0)
            whole = part
            kept = part
        }
        copy(whole, range, into: &result, at: offset)
    }

    /// Returns the end of the part that fades out over its start.
    private func crossfade() throws(LibavError) -> [Float] {
        if let seam { return seam }
        let count = sound.loopCrossfade
        var end = [Float](repeating: 0, count: count * Sound.channels)
        var start = end
        try repeated(sound.period..<sound.partLength, into: &end, at: 0)
        try repeated(0..<count, into: &start, at: 0)
        Sound.fade(&end, 0..<count, .equalPower, position: count, of: count, ends: true)
        Sound.fade(&start, 0..<count, .equalPower, position: 0, of: count, ends: false)
        Sound.add(end, to: &start)
        seam = start
        return start
    }

    private func copy(_ source: [Float], _ range: Range<Int>, into result: inout [Float], at offset: Int) {
        result.replaceSubrange(
            offset * Sound.channels..<(offset + range.count) * Sound.channels,
            with: source[range.lowerBound * Sound.channels..<range.upperBound * Sound.channels])
    }

    /// Reads a range of the part from the file, and leaves what is not there as it is.
    private func read(_ range: Range<Int>, into result: inout [Float], at offset: Int) throws(LibavError) {
        let file = range.lowerBound + sound.sourceStart..<range.upperBound + sound.sourceStart
        let there = file.clamped(to: 0..<max(sound.fileLength, 0))
        guard !there.isEmpty else { return }
        let reader = try move(to: there.lowerBound)
        position += try reader.read(there.count, into: &result, at: offset + there.lowerBound - file.lowerBound)
    }

    @discardableResult
    private func move(to place: Int) throws(LibavError) -> AudioReader {
        if let reader {
            if place > position { try reader.skip(place - position) }
            if place < position { try reader.seek(to: place) }
            position = place
            return reader
        }
        let taken = try readers.take(sound, path: path, at: place)
        lostBefore = taken.lost?.count ?? 0
        position = place
        reader = taken
        return taken
    }
}
