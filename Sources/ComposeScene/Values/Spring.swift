// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A damped spring that pulls a value from 0 to 1.
///
/// As an easing it is stretched to the time between two keyframes; where no duration is given, it lasts as long as it does by
/// nature. A value type; safe to share between threads.
public struct Spring: Sendable, Hashable {
    /// The mass on the spring, 0.01…100.
    public var mass: Double
    /// The force for each unit of distance, 0.1…10000.
    public var stiffness: Double
    /// The force for each unit of speed, 0.1…1000.
    public var damping: Double
    /// The speed at the start, in whole ways a second, −100…100.
    public var velocity: Double

    /// Creates a spring; by default one that overshoots a little, once.
    public init(mass: Double = 1, stiffness: Double = 100, damping: Double = 10, velocity: Double = 0) {
        self.mass = mass
        self.stiffness = stiffness
        self.damping = damping
        self.velocity = velocity
    }

    /// The remaining distance at which the spring counts as at rest: half a percent of the way.
    static let rest = 0.005

    /// Returns the distance from the start, of 1, at a time in seconds since it was let go.
    ///
    /// This is the closed form of m·x″ + c·x′ + k·(x − 1) = 0.
    public func value(at time: Double) -> Double {
        let time = max(time, 0)
        let omega = (stiffness / mass).squareRoot()
        let ratio = damping / (2 * (stiffness * mass).squareRoot())
        if ratio < 1 {
            let decay = ratio * omega
            let turn = omega * (1 - ratio * ratio).squareRoot()
            let sine = (velocity - decay) / turn
            return 1 + exp(-decay * time) * (-cos(turn * time) + sine * sin(turn * time))
        }
        if ratio == 1 { return 1 + exp(-omega * time) * (-1 + (velocity - omega) * time) }
        let (slow, fast, first, second) = overdamped(omega, ratio)
        return 1 + first * exp(slow * time) + second * exp(fast * time)
    }

    /// The time in seconds after which it stays within half a percent of the way of its rest; at most an hour.
    public var naturalLength: Double {
        let omega = (stiffness / mass).squareRoot()
        let ratio = damping / (2 * (stiffness * mass).squareRoot())
        let bound: (Double) -> Double
        if ratio < 1 {
            let decay = ratio * omega
            let sine = (velocity - decay) / (omega * (1 - ratio * ratio).squareRoot())
            let amplitude = (1 + sine * sine).squareRoot()
            return min(max(log(amplitude / Self.rest) / decay, 0), 3600)
        } else if ratio == 1 {
            bound = { exp(-omega * $0) * (1 + abs(velocity - omega) * $0) }
        } else {
            let (slow, fast, first, second) = overdamped(omega, ratio)
            bound = { abs(first) * exp(slow * $0) + abs(second) * exp(fast * $0) }
        }
        // From its greatest value on, the bound falls.
        var low = ratio == 1 ? max(0, 1 / omega - 1 / max(abs(velocity - omega), 1e-12)) : 0
        var high = max(low, 1 / omega)
        while bound(high) > Self.rest, high < 3600 { (low, high) = (high, high * 2) }
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if bound(middle) > Self.rest { low = middle } else { high = middle }
        }
        return min(high, 3600)
    }

    private func overdamped(
        _ omega: Double, _ ratio: Double
    ) -> (slow: Double, fast: Double, first: Double, second: Double) {
        let root = (ratio * ratio - 1).squareRoot()
        let (slow, fast) = (-omega / (ratio + root), -omega * (ratio + root))  // without cancellation
        let second = (velocity + slow) / (fast - slow)
        return (slow, fast, -1 - second, second)
    }

    static let form = ObjectForm(
        "spring", "A damped spring.", usual: Spring(),
        [
            .optional("mass", \.mass, .number(0.01...100), "The mass on the spring."),
            .optional("stiffness", \.stiffness, .number(0.1...10000), "The force for each unit of distance."),
            .optional(
                "damping", \.damping, .number(0.1...1000),
                "The force for each unit of speed; below 2·√(mass·stiffness) it overshoots."),
            .optional("velocity", \.velocity, .number(-100...100), "The speed at the start, in whole ways a second."),
        ])
}
