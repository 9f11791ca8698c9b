// SPDX-License-Identifier: Apache-2.0

/// The decoding times of a stream's packets, in frames, given in decoding order.
///
/// A picture is decoded as late as its stream allows: `delay` pictures before the first one that nothing before it
/// shows. So nothing is decoded after it is shown, and where a picture is shown for long, the wait is between that
/// picture and the one after it. Files that state how long a picture lasts by when the next one is decoded, such as MP4,
/// then state it for the right picture.
struct DecodingTimes {
    /// The number of packets given, and how many of the pictures that are shown first are among them.
    private var given = 0
    private var shown = 0
    /// The time at which the first picture that was not given yet is shown.
    private var nextShown = 0
    /// How long pictures last that were given before an earlier one, by their times.
    private var early: [Int: Int] = [:]

    /// Returns when the next packet is decoded, whose picture is shown at `time` for `duration` frames.
    ///
    /// The picture that is shown at `nextShown` is at most `delay` places late in decoding order. Every place is worth
    /// a frame, because no picture lasts less.
    mutating func place(_ time: Int, lasting duration: Int, delay: Int) -> Int {
        defer {
            given += 1
            early[time] = duration
            while let duration = early.removeValue(forKey: nextShown) {
                nextShown += duration
                shown += 1
            }
        }
        return nextShown - (shown + delay - given)
    }
}
