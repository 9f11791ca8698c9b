// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A sound that is being read.
final class SoundRun {
    let sound: PlannedSound
    private let reader: AudioReader
    private var buffer: [Float] = []
    /// The samples left before the used part ends or restarts; `nil` means to the end of the file.
    private var left: Int?
    /// The samples of silence left before the file's sound begins.
    private var silence: Int
    private let speed: SpeedChanger?
    private var hasEnded = false
    /// The samples read from a looped part, so that a short one is decoded once; `nil` if it is too long.
    private var kept: [Float]?
    /// The position of a repeat in `kept`; `nil` in the first pass, and for parts that are decoded again.
    private var replay: Int?

    /// The longest part to keep: ten seconds, 4 MB.
    private static let longestKept = 10 * Sound.sampleRate

    /// The number of samples with a linear gain: 5 ms, short enough for any volume curve.
    private static let stretch = 240

    /// The sample of the file that is read next.
    private var filePosition: Int
    /// What damage had taken before from the reader, which others used.
    private let lostBefore: Int

    /// Opens a sound, to be read from a place in it on.
    init(_ sound: PlannedSound, path: String, readers: SoundReaders, at place: Int) throws(ComposeError) {
        self.sound = sound
        // What plays once at its own speed is read from there; all else from its start, and heard from there.
        let skipped = sound.loop || sound.speed != 1_000_000 ? 0 : min(place, sound.sourceCount ?? place)
        filePosition = max(0, sound.sourceStart + skipped)
        do throws(LibavError) {
            reader = try readers.take(sound, path: path, at: filePosition)
            speed = sound.speed == 1_000_000 ? nil : try SpeedChanger(millionths: sound.speed)
        } catch {
            throw Self.failure(error, sound)
        }
        lostBefore = reader.lost?.count ?? 0
        left = sound.sourceCount.map { $0 - skipped }
        silence = max(0, -sound.sourceStart - skipped)
        kept = sound.loop ? [] : nil
        var rest = place - skipped
        if sound.loop, speed == nil, let period = sound.period { rest %= period }
        while rest > 0, !hasEnded {
            let got = try read(min(rest, Self.stretch))
            if got == 0 { break }
            rest -= got
        }
    }

    /// The samples that are silent because the file is damaged, and the place of the first in the file.
    var lost: (count: Int, first: Int)? {
        guard let lost = reader.lost, lost.count > lostBefore else { return nil }
        return (lost.count - lostBefore, max(lost.first, lostBefore > 0 ? max(0, sound.sourceStart) : 0))
    }

    /// Gives back the reader, after the last sample was added.
    func close(_ readers: SoundReaders) { readers.give(reader, of: sound, at: filePosition) }

    private static func failure(_ error: LibavError, _ sound: PlannedSound) -> ComposeError {
        ComposeError(
            .unreadableMedia, path: sound.path + ".src", "\(sound.src) cannot be decoded: \(error.message)",
            operation: error.operation, libavMessage: error.log)
    }

    func add(to mix: inout [Float], block: Range<Int>) throws(ComposeError) {
        let part = block.clamped(to: sound.samples)
        var position = part.lowerBound
        while position < part.upperBound, !hasEnded {
            // Stretches begin at multiples from the sound's start, so that the gain does not depend on block
            // boundaries.
            let offset = (position - sound.samples.lowerBound) % Self.stretch
            let count = min(Self.stretch - offset, part.upperBound - position)
            let got = try read(count)
            if got == 0 { break }
            let (first, last) = (sound.gain(at: position - offset), sound.gain(at: position - offset + Self.stretch))
            func gain(_ sample: Int) -> Double { first + (last - first) * Double(sample) / Double(Self.stretch) }
            Sound.add(
                buffer, count: got, to: &mix, at: position - block.lowerBound, from: gain(offset),
                to: gain(offset + got))
            position += got
        }
    }

    /// Reads up to `count` samples into the buffer, at the clip's speed.
    private func read(_ count: Int) throws(ComposeError) -> Int {
        guard let speed else { return try readPart(count) }
        while true {
            do throws(LibavError) {
                let got = try speed.read(count, into: &buffer)
                if got > 0 || speed.hasEnded { return got }
            } catch {
                throw Self.failure(error, sound)
            }
            let got = try readPart(Self.stretch)
            do throws(LibavError) { try speed.push(buffer, count: got) } catch { throw Self.failure(error, sound) }
        }
    }

    /// Reads up to `count` samples of the used part, which is repeated if the clip loops, into the buffer.
    private func readPart(_ count: Int) throws(ComposeError) -> Int {
        if buffer.count < Self.stretch * Sound.channels {
            buffer = [Float](repeating: 0, count: Self.stretch * Sound.channels)
        }
        if let replay, let kept { return repeated(count, of: kept, from: replay) }
        do throws(LibavError) {
            var restarted = false
            while true {
                let wanted = min(count, left ?? count)
                let got = wanted > 0 ? try readFile(wanted) : 0
                if let rest = left { left = rest - got }
                if got > 0 {
                    keep(got)
                    return got
                }
                // A file without samples would restart forever.
                guard sound.loop, !restarted else {
                    hasEnded = true
                    return 0
                }
                if let kept, !kept.isEmpty { return repeated(count, of: kept, from: 0) }
                restarted = true
                try reader.seek(to: max(0, sound.sourceStart))
                filePosition = max(0, sound.sourceStart)
                left = sound.sourceCount
                silence = max(0, -sound.sourceStart)
            }
        } catch {
            throw Self.failure(error, sound)
        }
    }

    /// Reads samples of the file, or silence where it has none and keeps its time.
    private func readFile(_ count: Int) throws(LibavError) -> Int {
        var got = 0
        if silence == 0 { got = try reader.read(count, into: &buffer) }
        filePosition += got
        guard got == 0, sound.keepsTime else { return got }
        got = silence > 0 ? min(count, silence) : count
        silence -= min(got, silence)
        for index in 0..<got * Sound.channels { buffer[index] = 0 }
        return got
    }

    private func keep(_ count: Int) {
        guard let total = kept?.count else { return }
        if total / Sound.channels + count > Self.longestKept {
            kept = nil
        } else {
            kept?.append(contentsOf: buffer[0..<count * Sound.channels])
        }
    }

    /// Fills the buffer from a part in memory, repeating it as needed, and returns the number of samples.
    private func repeated(_ count: Int, of part: [Float], from start: Int) -> Int {
        var position = start
        for index in 0..<count * Sound.channels {
            buffer[index] = part[position]
            position += 1
            if position == part.count { position = 0 }
        }
        replay = position
        return count
    }
}

extension PlannedSound {
    /// The length after which it repeats, if it loops; `nil` if that is not known.
    fileprivate var period: Int? {
        let rest = fileLength - max(0, sourceStart)
        let all = sourceCount ?? (keepsTime || rest <= 0 ? nil : rest)
        return all.flatMap { $0 > 0 ? $0 : nil }
    }
}
