// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A level that falls while another bus is heard, in samples at 48 kHz.
package struct PlannedDuck: Sendable, Hashable {
    /// The other bus's place in the plan.
    package let bus: Int
    /// The change of the level, in decibels.
    package let by: Double
    /// The level from which the other bus is heard, in dBFS.
    package let threshold: Double
    package let attack: Int
    package let release: Int
    package let hold: Int
    package let lookAhead: Int

    /// Creates the level for the bus with the duck's identifier; `nil` if there is none.
    init?(_ duck: Duck, among ids: [String?], clock: FrameClock) {
        guard let bus = ids.firstIndex(of: duck.under) else { return nil }
        self.bus = bus
        by = duck.by
        threshold = duck.threshold
        attack = clock.sample(at: duck.attack)
        release = clock.sample(at: duck.release)
        hold = clock.sample(at: duck.hold)
        lookAhead = clock.sample(at: duck.lookAhead)
    }
}
