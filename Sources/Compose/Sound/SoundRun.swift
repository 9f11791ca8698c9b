// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A sound that is being heard: its file at its speed, shaped by its ramps and at its level.
///
/// Every sample follows from its place alone, so that any range is the same however it is asked for. May be used by one
/// thread at a time.
final class SoundRun {
    let sound: PlannedSound
    private let file: FileSamples
    private let sped: SpedSamples?
    private let stretched: StretchedSamples?
    private let cells: EffectCells?
    private let ducker: Ducker?
    /// The places of keyframes in the sound, in order: between two of them, gains are smooth.
    private let corners: [Int]

    /// The number of samples over which a gain that changes is a straight line: 1 ms.
    private static let stretch = 48

    /// Opens a sound, to be heard from a place of the timeline on.
    init(
        _ sound: PlannedSound, path: String, readers: SoundReaders, _ ducker: Ducker?, at position: Int
    ) throws(ComposeError) {
        self.sound = sound
        self.ducker = ducker
        file = FileSamples(sound, path: path, readers: readers)
        let clock = FrameClock(rate: 1)
        let times = [sound.volume, sound.pan].flatMap { value in value.frames.compactMap(\.time.fromStart) }
        corners = Set(times.map { clock.sample(at: $0) + sound.anchor }).sorted()
        do throws(LibavError) {
            sped = sound.isPlain || sound.keepsPitch ? nil : try SpedSamples(sound)
            stretched = sound.keepsPitch ? StretchedSamples(sound) : nil
            cells = sound.effects.isEmpty ? nil : try EffectCells(sound.effects, in: 0..<sound.samples.count)
            let place = position - sound.samples.lowerBound - sound.anchor
            // The stretcher begins at the start whatever is asked for.
            try file.open(at: sound.place(of: sound.keepsPitch ? -sound.anchor : place).whole)
        } catch {
            throw Self.failure(error, sound)
        }
    }

    /// The samples that are silent because the file is damaged, and the place of the first in the file.
    var lost: (count: Int, first: Int)? { file.lost }

    /// Gives back the file, after the last sample was added.
    func close() { file.close() }

    private static func failure(_ error: LibavError, _ sound: PlannedSound) -> ComposeError {
        ComposeError(
            .unreadableMedia, path: sound.path + ".src", "\(sound.src) cannot be decoded: \(error.message)",
            operation: error.operation, libavMessage: error.log)
    }

    /// Adds the sound's part of a range of the timeline to a mix of that range.
    func add(to mix: inout [Float], range: Range<Int>) throws(ComposeError) {
        let part = range.clamped(to: sound.samples)
        guard !part.isEmpty else { return }
        let own = part.lowerBound - sound.samples.lowerBound..<part.upperBound - sound.samples.lowerBound
        var samples: [Float]
        if let cells { samples = try cells.samples(own, input: source) } else { samples = try source(own) }
        sound.ramps.apply(to: &samples, own, in: 0..<sound.samples.count, at: 0)
        try ducker?.apply(to: &samples, part)
        level(samples, own, to: &mix, at: part.lowerBound - range.lowerBound)
    }

    /// Returns the samples of the file at the clip's speed.
    private func source(_ own: Range<Int>) throws(ComposeError) -> [Float] {
        let clip = own.lowerBound - sound.anchor..<own.upperBound - sound.anchor
        if let sped { return try sped.samples(clip, input: read) }
        if let stretched {
            return try stretched.samples(own, input: read) { Self.failure($0, sound) }
        }
        return try read(clip)
    }

    private func read(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        do throws(LibavError) { return try file.samples(range) } catch { throw Self.failure(error, sound) }
    }

    /// Adds the samples at their level.
    private func level(_ samples: [Float], _ own: Range<Int>, to mix: inout [Float], at offset: Int) {
        if case .constant = sound.volume, case .constant = sound.pan {
            return Sound.add(samples, 0..<own.count, to: &mix, at: offset, Sound.Line(sound.gains(at: 0)))
        }
        var place = own.lowerBound
        while place < own.upperBound {
            // Stretches begin at multiples from the clip's start and at keyframes, whatever the range is.
            let since = place - sound.anchor
            let index = Int((Double(since) / Double(Self.stretch)).rounded(.down))
            var start = index * Self.stretch + sound.anchor
            var end = start + Self.stretch
            if !corners.isEmpty {
                let after = corners.partitioningIndex { $0 > place }
                if after > 0 { start = max(start, corners[after - 1]) }
                if after < corners.count { end = min(end, corners[after]) }
            }
            let stop = min(end, own.upperBound)
            let line = Sound.Line(from: sound.gains(at: start), to: sound.gains(at: end), over: end - start)
            Sound.add(
                samples, place - own.lowerBound..<stop - own.lowerBound, to: &mix, at: offset + place - own.lowerBound,
                line, first: place - start)
            place = stop
        }
    }
}

extension [Int] {
    /// Returns the index of the first element for which `belongs` is true; all after it have to be too.
    fileprivate func partitioningIndex(where belongs: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
