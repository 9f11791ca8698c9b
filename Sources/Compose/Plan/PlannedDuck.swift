// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A level that falls while another bus is heard, in samples at 48 kHz.
package struct PlannedDuck: Sendable, Hashable {
    /// The other bus's place in the plan.
    package var bus: Int
    /// The change of the level, in decibels.
    package let by: Double
    /// The level from which the other bus is heard, in dBFS.
    package let threshold: Double
    package let attack: Int
    package let release: Int
    package let hold: Int
    package let lookAhead: Int

    /// Creates the level under a bus of the plan.
    init(_ duck: Duck, under bus: Int, clock: FrameClock) {
        self.bus = bus
        by = duck.by
        threshold = duck.threshold
        attack = clock.sample(at: duck.attack)
        release = clock.sample(at: duck.release)
        hold = clock.sample(at: duck.hold)
        lookAhead = clock.sample(at: duck.lookAhead)
    }
}
