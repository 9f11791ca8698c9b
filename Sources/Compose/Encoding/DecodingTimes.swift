// SPDX-License-Identifier: Apache-2.0

/// The decoding times of a stream's packets, in frames, given in decoding order.
///
/// A packet is decoded as late as it may be: of the pictures that were not given before, the first to be shown comes at
/// most `delay` packets after the place that it has in the order of presentation, and has to be in time. Where a
/// picture is shown for long, the wait is then behind it, before the next packet. MP4 counts on that: it states
/// how long a picture lasts as the time until the next one is decoded.
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
    /// Each packet that may still come before the one in question takes a frame, because no picture lasts less.
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
