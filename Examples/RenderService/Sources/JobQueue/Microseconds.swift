// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Times and durations as both backends store them.
///
/// They are whole microseconds since 1970, which SQLite, Lua's numbers and text represent exactly.
enum Microseconds {
    /// Returns the current time of this machine's clock.
    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// Returns a duration in microseconds, limited to the range from 0 to 100 years.
    ///
    /// A value that is negative or not a number becomes 0.
    static func of(seconds: Double) -> Int64 {
        guard seconds > 0 else { return 0 }
        return Int64((min(seconds, 3_155_760_000) * 1_000_000).rounded(.up))
    }

    /// Returns the date of a point in time.
    static func date(_ microseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}
