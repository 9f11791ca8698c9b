// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Time as both stores keep it: whole microseconds since 1970, which are exact in SQLite, in Lua's numbers and as text.
enum Microseconds {
    /// The time by this machine's clock.
    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// A length of time; one that is not a number or not to be waited for is none, and a hundred years are for ever.
    static func of(seconds: Double) -> Int64 {
        guard seconds > 0 else { return 0 }
        return Int64((min(seconds, 3_155_760_000) * 1_000_000).rounded(.up))
    }

    /// A point in time.
    static func date(_ microseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}
