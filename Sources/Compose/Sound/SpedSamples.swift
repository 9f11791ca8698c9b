// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The samples of a sound at another speed, whose pitch follows it; they are counted from the clip's start.
///
/// Each depends on those around its place in the file alone, so that any range is the same however it is asked for.
final class SpedSamples {
    private let sound: PlannedSound
    private let varispeed: Varispeed
    private var window: SampleWindow

    /// The number of samples over which the speed changes evenly: 10 ms.
    private static let stretch = 480

    init(_ sound: PlannedSound) throws(LibavError) {
        self.sound = sound
        varispeed = try Varispeed()
        window = SampleWindow(history: 4 * Varispeed.reach(at: sound.speed.speed.values.max() ?? 1) + 16)
    }

    /// Returns the samples of a range; `input` gives those at the file's own speed.
    func samples(
        _ range: Range<Int>, input: (Range<Int>) throws(ComposeError) -> [Float]
    ) throws(ComposeError) -> [Float] {
        var result = [Float](repeating: 0, count: range.count * Sound.channels)
        var position = range.lowerBound
        while position < range.upperBound {
            // Stretches are the same whatever the range is.
            let index = Int((Double(position) / Double(Self.stretch)).rounded(.down))
            let start = index * Self.stretch
            let count = min(start + Self.stretch, range.upperBound) - position
            let places = line(from: start)
            let part = position - start..<position + count - start
            let needed = places.input(of: part)
            let samples = try window.samples(needed, next: input)
            varispeed.read(
                part, of: places, samples, from: needed.lowerBound, into: &result, at: position - range.lowerBound)
            position += count
        }
        return result
    }

    /// Returns the places in the file over the stretch that begins with a sample.
    private func line(from start: Int) -> Varispeed.Line {
        let (whole, fraction) = sound.place(of: start)
        if let millionths = sound.speed.millionths {
            return Varispeed.Line(
                whole: whole, fraction: fraction, step: Double(millionths) / 1e6, count: Self.stretch)
        }
        let count = Double(Self.stretch)
        let end = sound.place(of: start + Self.stretch)
        let length = Double(end.whole - whole) + end.fraction - fraction
        let range = PlaybackRate.range
        let speed = sound.speed.speed.value(at: max(.zero, .seconds(start) / Sound.sampleRate))
        // Never backwards: the speed at the end is then 0 at least.
        let step = min(min(max(speed, range.lowerBound), range.upperBound), 2 * length / count)
        return Varispeed.Line(
            whole: whole, fraction: fraction, step: step, growth: 2 * (length - step * count) / (count * count),
            count: Self.stretch)
    }
}
