// SPDX-License-Identifier: Apache-2.0

/// The relation of a clip's time to the time of the file that it plays.
///
/// A constant speed is exact to a millionth; an animated one is integrated by Simpson's rule, which is off by less than a
/// microsecond in an hour.
package struct PlaybackRate: Sendable, Hashable {
    /// The speeds that are possible.
    package static let range = 0.05...100.0

    package let speed: Animated<Double>
    /// A constant speed in millionths; `nil` if it is animated.
    package let millionths: Int?

    /// Creates the relation for a speed; `nil` if the speed is out of range.
    package init?(_ speed: Animated<Double>) {
        guard !speed.values.isEmpty, speed.values.allSatisfy(Self.range.contains) else { return nil }
        self.speed = speed
        millionths = if case .constant(let value) = speed { Int((value * 1e6).rounded()) } else { nil }
    }

    /// Returns how much of the file is played in a time since the clip's start.
    package func played(in time: Duration) -> Duration {
        if let millionths { return Duration(attoseconds: time.attoseconds * Int128(millionths) / 1_000_000) }
        return .seconds(integral(to: time / .seconds(1)))
    }

    /// Returns the time in which a length of the file is played.
    package func time(toPlay length: Duration) -> Duration {
        if let millionths { return Duration(attoseconds: length.attoseconds * 1_000_000 / Int128(millionths)) }
        let wanted = length / .seconds(1)
        var (low, high) = (0.0, wanted / Self.range.lowerBound)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if integral(to: middle) < wanted { low = middle } else { high = middle }
        }
        // Whole microseconds, so that documents and messages stay readable.
        return .microseconds(Int64((high * 1e6).rounded()))
    }

    /// Returns the integral of the speed from 0 to a time in seconds.
    private func integral(to end: Double) -> Double {
        guard case .keyframes(let frames) = speed else { return 0 }
        var total = 0.0
        var start = 0.0
        for frame in frames {
            let time = frame.time.resolved(over: .zero) / .seconds(1)
            guard time > start else { continue }
            total += part(from: start, to: min(time, end))
            start = time
            if start >= end { return total }
        }
        return total + (end - start) * value(at: end)
    }

    /// Returns the integral over a part between two keyframes.
    private func part(from start: Double, to end: Double) -> Double {
        let steps = 64
        let width = (end - start) / Double(steps)
        guard width > 0 else { return 0 }
        // Values just inside the ends: a curve that holds jumps at its end.
        let inside = width * 1e-6
        var sum = value(at: start) + value(at: end - inside)
        for step in 1..<steps { sum += value(at: start + Double(step) * width) * (step % 2 == 1 ? 4 : 2) }
        return sum * width / 3
    }

    /// Returns the speed at a time; curves that leave the range do not run backwards.
    private func value(at time: Double) -> Double {
        min(max(speed.value(at: .seconds(time)), Self.range.lowerBound), Self.range.upperBound)
    }
}
