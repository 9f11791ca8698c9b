// SPDX-License-Identifier: Apache-2.0

/// Collects what is wrong with values, and knows what is wrong with single ones.
///
/// Paths are put together only for problems: an edit of ten thousand clips has a hundred thousand values.
struct ValueReport {
    private(set) var problems: [Problem] = []

    /// No time is longer.
    ///
    /// It is far from where sums of times could overflow, and catches milliseconds taken for seconds.
    static let longest = Duration.seconds(24 * 60 * 60)

    /// Whether a time can be the length of something; others are reported, and not compared with anything.
    static func isLength(_ time: Duration) -> Bool { time > .zero && time <= longest }

    mutating func add(_ path: @autoclosure () -> String, _ message: String) {
        problems.append(Problem(path: path(), message: message))
    }

    /// A point in time or the length of a ramp, which may be zero.
    mutating func time(_ time: Duration, _ path: @autoclosure () -> String) {
        if time < .zero {
            add(path(), "\(seconds(time)) is negative; use 0 or more")
        } else {
            notHuge(time, path())
        }
    }

    /// The length of a clip or a part, which may not be zero.
    mutating func length(_ time: Duration, _ path: @autoclosure () -> String) {
        if time <= .zero {
            add(path(), "\(seconds(time)) is not a length of time; use more than 0")
        } else {
            notHuge(time, path())
        }
    }

    private mutating func notHuge(_ time: Duration, _ path: @autoclosure () -> String) {
        guard time > Self.longest else { return }
        add(path(), "\(seconds(time)) is too long; at most 24 h (\(seconds(Self.longest))) are possible")
    }

    mutating func number(_ value: Double, in range: ClosedRange<Double>, _ path: @autoclosure () -> String) {
        if value.isFinite, range.contains(value) { return }
        let expected = "\(shortest(range.lowerBound))…\(shortest(range.upperBound))"
        add(
            path(),
            value.isFinite
                ? "\(shortest(value)) is out of range; use \(expected)"
                : "\(Self.name(value)) is not a finite number; use \(expected)")
    }

    mutating func animated(_ value: Animated, in range: ClosedRange<Double>, _ path: @autoclosure () -> String) {
        switch value {
        case .constant(let value): number(value, in: range, path())
        case .keyframes(let frames): keyframes(frames, in: range, path() + ".keyframes")
        }
    }

    private mutating func keyframes(_ frames: [Keyframe], in range: ClosedRange<Double>, _ path: String) {
        if frames.isEmpty { add(path, "there are none; use a plain number, or at least one keyframe") }
        for (index, frame) in frames.enumerated() {
            time(frame.time, "\(path)[\(index)].time")
            if index > 0, frame.time <= frames[index - 1].time {
                add(
                    "\(path)[\(index)].time",
                    "\(seconds(frame.time)) is not after the keyframe before it (\(seconds(frames[index - 1].time))); "
                        + "order keyframes by time")
            }
            number(frame.value, in: range, "\(path)[\(index)].value")
            easing(frame.easing, "\(path)[\(index)].easing")
        }
    }

    mutating func easing(_ easing: Easing, _ path: @autoclosure () -> String) {
        guard case .cubicBezier(let x1, let y1, let x2, let y2) = easing else { return }
        // CSS's rule: with x outside 0…1 the curve would run backwards in time.
        number(x1, in: 0...1, path() + "[0]")
        finite(y1, path() + "[1]")
        number(x2, in: 0...1, path() + "[2]")
        finite(y2, path() + "[3]")
    }

    private mutating func finite(_ value: Double, _ path: @autoclosure () -> String) {
        if !value.isFinite { add(path(), "\(Self.name(value)) is not a finite number") }
    }

    /// The side of a box on a canvas of `extent` pixels.
    mutating func side(_ side: Length, along extent: Int, _ path: @autoclosure () -> String) {
        guard isFinite(side, path()) else { return }
        let pixels = side.resolved(along: max(extent, 1))
        if pixels <= 0 {
            add(path(), "\(side) is not the side of a box; use more than 0")
        } else if pixels < 0.1, extent > 0 {
            add(
                path(), "\(side) is less than a tenth of a pixel, which cannot be seen; use more, or leave the clip out"
            )
        } else {
            notFar(side, along: extent, path())
        }
    }

    /// A coordinate on a canvas of `extent` pixels, or off it.
    mutating func coordinate(_ length: Length, along extent: Int, _ path: @autoclosure () -> String) {
        if isFinite(length, path()) { notFar(length, along: extent, path()) }
    }

    private mutating func isFinite(_ length: Length, _ path: @autoclosure () -> String) -> Bool {
        switch length {
        case .pixels(let value), .percent(let value):
            finite(value, path())
            return value.isFinite
        }
    }

    private mutating func notFar(_ length: Length, along extent: Int, _ path: @autoclosure () -> String) {
        // A canvas that is itself wrong is reported once, not by everything on it.
        guard ValueRules.sides.contains(extent), abs(length.resolved(along: extent)) > 100 * Double(extent) else {
            return
        }
        add(path(), "\(length) is more than 100 times the canvas (\(extent) pixels); use less")
    }

    mutating func file(_ src: String, _ path: @autoclosure () -> String) {
        if src.isEmpty {
            add(path(), "empty; name a file")
        } else if src.utf8.contains(0) {
            add(path(), "\(quoted(src)) has a NUL character in it, which no file name can; remove it")
        }
    }

    private static func name(_ value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"
    }
}
