// SPDX-License-Identifier: Apache-2.0

/// When the pictures of a video file are shown, in units of its stream.
///
/// Immutable; safe to share between threads. Hashing takes the same time for any number of pictures.
package final class VideoTimes: Sendable, Hashable, Codable {
    /// The unit as a fraction of a second.
    package let unit: (numerator: Int, denominator: Int)
    /// The times at which the pictures begin, in order; the first is shown before its time too.
    package let starts: [Int]
    /// The time at which the last picture ends.
    package let end: Int
    /// The indices of the pictures that decoding can begin with, in order.
    package let keys: [Int]

    /// The most pictures of a file: more than two days at 24 pictures a second.
    static let most = 5_000_000

    /// Creates times from a file's list; `nil` if no picture is shown.
    package init?(unit: (numerator: Int, denominator: Int), starts: [Int], keys: [Int], end: Int) {
        guard unit.numerator > 0, unit.denominator > 0, let last = starts.last, end > last, end > 0,
            keys.allSatisfy(starts.indices.contains),
            Self.isPossible(starts[0], unit), Self.isPossible(end, unit)
        else { return nil }
        self.unit = unit
        self.starts = starts
        self.keys = keys
        self.end = end
    }

    private init(copying other: VideoTimes) {
        (unit, starts, keys, end) = (other.unit, other.starts, other.keys, other.end)
    }

    /// The number of pictures.
    package var count: Int { starts.count }

    /// Returns the index of the picture shown at a time: the last one that begins at or before it, or else the first.
    package func picture(at time: Int) -> Int { max(0, Self.count(of: starts, atMost: time) - 1) }

    /// Returns the index of the last picture at or before one that decoding can begin with; `nil` if there is none.
    package func key(before index: Int) -> Int? {
        let count = Self.count(of: keys, atMost: index)
        return count > 0 ? keys[count - 1] : nil
    }

    /// The time of the end as a duration.
    package var duration: Duration { duration(of: end) }

    /// Returns whether a time is within a hundred days of 0, so that no sum or product of times can overflow.
    private static func isPossible(_ time: Int, _ unit: (numerator: Int, denominator: Int)) -> Bool {
        let seconds = Int128(time.magnitude) * Int128(unit.numerator) / Int128(unit.denominator)
        return seconds < 100 * 24 * 3600
    }

    /// Returns the number of elements of a sorted array that are at most `limit`.
    private static func count(of sorted: [Int], atMost limit: Int) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Returns a time as a duration.
    package func duration(of time: Int) -> Duration {
        let scaled = Int128(time) * Int128(unit.numerator) * 1_000_000_000_000_000_000
        return Duration(attoseconds: scaled / Int128(unit.denominator))
    }

    package static func == (a: VideoTimes, b: VideoTimes) -> Bool {
        a === b || (a.unit == b.unit && a.end == b.end && a.starts == b.starts && a.keys == b.keys)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(starts.count)
        hasher.combine(end)
        hasher.combine(unit.denominator)
    }
}

/// Times as steps from picture to picture, of which most files have few different ones.
extension VideoTimes {
    private struct Written: Codable {
        var unit: [Int]
        var first: Int
        var end: Int
        /// The steps between pictures: each with the number of times it occurs in a row.
        var steps: [[Int]]
        var keys: [Int]
    }

    package convenience init(from decoder: any Decoder) throws {
        let written = try Written(from: decoder)
        func refused(_ what: String) -> DecodingError {
            .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: what))
        }
        guard written.unit.count == 2, written.unit.allSatisfy((1...1 << 40).contains),
            (-(1 << 50)...1 << 50).contains(written.first), written.end <= 1 << 50
        else { throw refused("times of a video out of range") }
        var starts = [written.first]
        for run in written.steps {
            guard run.count == 2, run[0] > 0, (1...1 << 40).contains(run[1]), run[0] < Self.most - starts.count
            else { throw refused("steps of a video out of range") }
            for _ in 0..<run[0] {
                guard let last = starts.last, last <= 1 << 50 else { throw refused("a video without an end") }
                starts.append(last + run[1])
            }
        }
        var (keys, key) = ([Int](), 0)
        for step in written.keys {
            guard (0..<Self.most).contains(step) else { throw refused("key pictures out of range") }
            key += step
            keys.append(key)
        }
        guard
            let checked = VideoTimes(
                unit: (written.unit[0], written.unit[1]), starts: starts, keys: keys, end: written.end)
        else { throw refused("times of a video that do not fit together") }
        self.init(copying: checked)
    }

    package func encode(to encoder: any Encoder) throws {
        var steps: [[Int]] = []
        for (from, to) in zip(starts, starts.dropFirst()) {
            if let last = steps.last, last[1] == to - from {
                steps[steps.count - 1][0] += 1
            } else {
                steps.append([1, to - from])
            }
        }
        let distances = zip(keys, [0] + keys).map { $0 - $1 }
        try Written(
            unit: [unit.numerator, unit.denominator], first: starts[0], end: end, steps: steps, keys: distances
        ).encode(to: encoder)
    }
}
