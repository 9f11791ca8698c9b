// SPDX-License-Identifier: Apache-2.0

/// When the pictures of an animated file are shown.
package struct PictureTimes: Sendable, Hashable, Codable {
    /// The ends of the pictures, in microseconds from the start.
    package private(set) var ends: [Int] = []
    /// How often the pictures are shown; 0 means without end.
    package private(set) var plays: Int

    /// The most pictures of an animation; more are refused.
    static let most = 100_000

    /// Creates times of pictures that last `durations` microseconds; `nil` if there are none.
    ///
    /// Pictures that last 10 ms or less are shown for 100 ms, as every browser does: old programs wrote 0 and meant that.
    init?(durations: [Int], plays: Int) {
        guard !durations.isEmpty else { return nil }
        self.plays = durations.count == 1 ? 1 : plays
        var end = 0
        for duration in durations {
            end += duration <= 10_000 ? 100_000 : duration
            ends.append(end)
        }
    }

    /// The length of one play in microseconds.
    package var length: Int { ends[ends.count - 1] }

    /// Returns the index of the picture shown at a time, and the number of plays before it; the last picture stays.
    package func picture(at time: Int) -> (play: Int, index: Int) {
        let (play, rest) = max(time, 0).quotientAndRemainder(dividingBy: length)
        if plays > 0, play >= plays { return (plays - 1, ends.count - 1) }
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= rest { low = middle + 1 } else { high = middle }
        }
        return (play, low)
    }
}
