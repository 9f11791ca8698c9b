// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Where keyframes lie in time, and what holds between them.
struct KeyframeTests {
    @Test func `keyframes in seconds, in percent and from the end lie where the clip's length puts them`() {
        let animated = Animated<Double>.keyframes([
            Keyframe(.seconds(1), 10), Keyframe(at: .percent(50), 20), Keyframe(at: .fromEnd(.seconds(1)), 40),
        ])
        for (seconds, length, wanted) in [
            (0.0, 10.0, 10.0), (1, 10, 10), (3, 10, 15), (5, 10, 20), (7, 10, 30), (9, 10, 40), (10, 10, 40),
            (2, 4, 20), (2.5, 4, 30), (3, 4, 40), (1.5, 4, 15),
        ] {
            let value = animated.value(at: .seconds(seconds), of: .seconds(length))
            #expect(abs(value - wanted) < 1e-9, "\(seconds) s of \(length) s: \(value)")
        }
        let resolved = animated.resolved(over: .seconds(10))
        #expect(resolved.frames.map(\.time) == [.time(.seconds(1)), .time(.seconds(5)), .time(.seconds(9))])
    }

    @Test func `a keyframe's easing is that of the way to it`() {
        let animated = Animated<Double>.keyframes([
            Keyframe(.zero, 0, easing: .hold), Keyframe(.seconds(1), 1, easing: .named(.quad, .easeIn)),
            Keyframe(.seconds(2), 3, easing: .hold), Keyframe(.seconds(3), 4),
        ])
        #expect(abs(animated.value(at: .milliseconds(500)) - 0.25) < 1e-12)
        #expect(animated.value(at: .milliseconds(1999)) == 1 && animated.value(at: .seconds(2)) == 3)
        #expect(abs(animated.value(at: .milliseconds(2500)) - 3.5) < 1e-12)
    }

    @Test func `keyframes past the clip still shape the way to them`() {
        let animated = Animated<Double>.keyframes([Keyframe(.zero, 0), Keyframe(.seconds(4), 8)])
        #expect(abs(animated.value(at: .seconds(1), of: .seconds(2)) - 2) < 1e-12)
        let early = Animated<Double>.keyframes([Keyframe(at: .fromEnd(.seconds(4)), 0), Keyframe(.seconds(2), 8)])
        // Its first keyframe lies two seconds before a clip of two seconds.
        #expect(abs(early.value(at: .zero, of: .seconds(2)) - 4) < 1e-12)
    }

    @Test func `a smooth path is a Catmull-Rom curve through its points`() {
        let points = [(10.0, 20.0), (50, 80), (90, 30), (20, 10), (35, 70)]
        let times = [0.0, 1, 1.5, 4, 5]
        let path = Animated.path(
            zip(times, points).map { Keyframe(.seconds($0), Position(x: .pixels($1.0), y: .pixels($1.1))) })
        // As a Hermite curve: the slope at a point is half of the way between its neighbours; the ends count twice.
        func hermite(_ values: [Double], _ index: Int, _ t: Double) -> Double {
            let (from, to) = (values[index], values[index + 1])
            let leaving = (to - values[max(index - 1, 0)]) / 2
            let arriving = (values[min(index + 2, values.count - 1)] - from) / 2
            let (h00, h10) = (2 * t * t * t - 3 * t * t + 1, t * t * t - 2 * t * t + t)
            let (h01, h11) = (-2 * t * t * t + 3 * t * t, t * t * t - t * t)
            return h00 * from + h10 * leaving + h01 * to + h11 * arriving
        }
        for index in 0..<4 {
            for step in 0...20 {
                let t = Double(step) / 20
                let time = Duration.seconds(times[index] + t * (times[index + 1] - times[index]))
                let (x, y) = (
                    path.map { $0.x.resolved(along: 0) }.value(at: time),
                    path.map { $0.y.resolved(along: 0) }.value(at: time)
                )
                #expect(abs(x - hermite(points.map(\.0), index, t)) < 1e-9)
                #expect(abs(y - hermite(points.map(\.1), index, t)) < 1e-9)
            }
        }
    }

    @Test func `points in pixels and in percent meet in the middle, whatever the canvas`() {
        let animated = Animated.keyframes([
            Keyframe(.zero, Position(x: .pixels(10), y: .percent(100))),
            Keyframe(.seconds(1), Position(x: .percent(50), y: .pixels(20))),
        ])
        for canvas in [100, 640] {
            let moved = animated.map { $0.x.resolved(along: canvas) }.value(at: .milliseconds(500))
            #expect(abs(moved - (10 + Double(canvas) / 2) / 2) < 1e-9)
        }
    }

    @Test func `colours are mixed with premultiplied alpha`() {
        let animated = Animated.keyframes([
            Keyframe(.zero, Color(red: 255, green: 0, blue: 0, alpha: 0)),
            Keyframe(.seconds(1), Color(red: 0, green: 0, blue: 255)),
        ])
        // What is clear has no colour to mix.
        #expect(animated.value(at: .milliseconds(500)) == Color(red: 0, green: 0, blue: 255, alpha: 128))
        let opaque = Animated.keyframes([Keyframe(.zero, Color.black), Keyframe(.seconds(1), Color.white)])
        #expect(opaque.value(at: .milliseconds(200)) == Color(red: 51, green: 51, blue: 51))
    }

    @Test func `keyframes out of order are found over any length`() {
        let mixed = Animated<Double>.keyframes([Keyframe(at: .percent(50), 0), Keyframe(.seconds(3), 1)])
        func places(over length: Duration) -> [String] {
            ColorClip(.white).opacity(mixed).keyframeProblems(over: length, at: "clip").map(\.path)
        }
        #expect(places(over: .seconds(5)) == [])
        #expect(places(over: .seconds(6)) == ["clip.opacity.keyframes[1].time"], "at the same time")
        #expect(places(over: .seconds(8)) == ["clip.opacity.keyframes[1].time"])
        #expect(ColorClip(.white).opacity(1).keyframeProblems(over: .zero, at: "clip").isEmpty)
    }
}
