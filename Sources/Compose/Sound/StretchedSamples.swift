// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The samples of a sound at another speed with its pitch kept; they are counted from the sound's first one.
///
/// What a stretcher gives depends on all that came before, so it always begins at the sound's start.
final class StretchedSamples {
    private let sound: PlannedSound
    private var stretcher: TimeStretcher?
    /// The next sample to read, and the next one of the part to push.
    private var position = 0
    private var pushed = 0

    /// The number of samples to leave out at a time, on the way to where sound is asked for.
    private static let step = 4800

    init(_ sound: PlannedSound) { self.sound = sound }

    /// Returns the samples of a range; `input` gives those at the file's own speed, counted from the clip's start.
    func samples(
        _ range: Range<Int>, input: (Range<Int>) throws(ComposeError) -> [Float],
        failure: (LibavError) -> ComposeError
    ) throws(ComposeError) -> [Float] {
        if stretcher == nil || range.lowerBound < position {
            do throws(LibavError) {
                stretcher = try TimeStretcher(speed: Double(sound.speed.millionths ?? 1_000_000) / 1e6)
            } catch {
                throw failure(error)
            }
            position = 0
            pushed = sound.place(of: -sound.anchor).whole
        }
        while position < range.lowerBound {
            _ = try next(min(Self.step, range.lowerBound - position), input: input, failure: failure)
        }
        return try next(range.count, input: input, failure: failure)
    }

    private func next(
        _ count: Int, input: (Range<Int>) throws(ComposeError) -> [Float], failure: (LibavError) -> ComposeError
    ) throws(ComposeError) -> [Float] {
        var result = [Float](repeating: 0, count: count * Sound.channels)
        guard let stretcher else { return result }
        var done = 0
        while done < count {
            let wanted = stretcher.wants
            if wanted > 0 {
                let samples = try input(pushed..<pushed + wanted)
                do throws(LibavError) { try stretcher.push(samples) } catch { throw failure(error) }
                pushed += wanted
            }
            do throws(LibavError) { done += try stretcher.read(count - done, into: &result, at: done) } catch {
                throw failure(error)
            }
        }
        position += count
        return result
    }
}
