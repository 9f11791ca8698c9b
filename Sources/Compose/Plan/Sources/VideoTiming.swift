// SPDX-License-Identifier: Apache-2.0

/// The relation of a video clip's frames to the pictures of its file.
///
/// Times are exact to a picosecond. A picture that begins within a millionth of a frame after a frame counts as begun, so
/// that times which no decimal can represent, such as 1/30 s, do not show the picture before.
struct VideoTiming: Sendable, Hashable {
    /// The part of the file that is played.
    var start: Duration
    var length: Duration
    /// The speed; `nil` shows one picture: that at the start of the part.
    var rate: PlaybackRate?
    var isReversed = false
    var isLooped = false

    /// Returns the index of the picture at a clip's frame.
    func picture(at frame: Int, of times: VideoTimes, _ frames: FrameRate) -> Int {
        guard let rate else { return firstPicture(of: times) }
        let second: Int128 = 1_000_000_000_000
        let slack = second * Int128(frames.denominator) / Int128(frames.numerator) / 1_000_000
        var played: Int128
        if let millionths = rate.millionths {
            let time = Int128(max(frame, 0)) * Int128(frames.denominator) * Int128(millionths) * 1_000_000
            played = time / Int128(frames.numerator)
        } else {
            let time = Duration.seconds(max(frame, 0) * frames.denominator) / frames.numerator
            played = Self.picoseconds(rate.played(in: time))
        }
        let part = Self.picoseconds(length)
        if isLooped { played = (played + slack) % part - slack }
        let (from, last) = (Self.picoseconds(start), Self.picoseconds(start) + part - slack)
        let time = isReversed ? last - played : from + played + slack
        return times.picture(at: units(min(max(time, from), max(last, from)), times.unit))
    }

    /// Returns the index of the first picture of the part.
    func firstPicture(of times: VideoTimes) -> Int { times.picture(at: units(Self.picoseconds(start) + 1, times.unit)) }

    /// Returns whether one picture is shown in all of a range of frames.
    func isSteady(over range: Range<Int>, of times: VideoTimes, _ frames: FrameRate) -> Bool {
        guard let rate, let last = range.last, last > range.lowerBound, times.count > 1 else { return true }
        if isLooped {
            func time(_ frame: Int) -> Duration { .seconds(max(frame, 0) * frames.denominator) / frames.numerator }
            let played = rate.played(in: time(last)) - rate.played(in: time(range.lowerBound))
            guard played < length else { return false }
        }
        return picture(at: range.lowerBound, of: times, frames) == picture(at: last, of: times, frames)
    }

    private static func picoseconds(_ time: Duration) -> Int128 { time.attoseconds / 1_000_000 }

    /// Returns a time in picoseconds in a file's unit, rounded down.
    private func units(_ time: Int128, _ unit: (numerator: Int, denominator: Int)) -> Int {
        let scaled = time * Int128(unit.denominator)
        let divisor = Int128(unit.numerator) * 1_000_000_000_000
        let quotient = scaled / divisor
        return Int(clamping: scaled < 0 && quotient * divisor != scaled ? quotient - 1 : quotient)
    }
}
