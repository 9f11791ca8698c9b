// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Easings, springs and smooth paths, each against a second way to compute it.
struct EasingTests {
    /// The formulas of easings.net, one for each name, as they stand there.
    private static let formulas: [(name: String, value: @Sendable (Double) -> Double)] = {
        let (c1, c4, c5) = (1.70158, 2 * Double.pi / 3, 2 * Double.pi / 4.5)
        let (c2, c3) = (c1 * 1.525, c1 + 1)
        @Sendable func bounce(_ start: Double) -> Double {
            var x = start
            let (n1, d1) = (7.5625, 2.75)
            if x < 1 / d1 { return n1 * x * x }
            if x < 2 / d1 {
                x -= 1.5 / d1
                return n1 * x * x + 0.75
            }
            if x < 2.5 / d1 {
                x -= 2.25 / d1
                return n1 * x * x + 0.9375
            }
            x -= 2.625 / d1
            return n1 * x * x + 0.984375
        }
        return [
            ("linear", { $0 }),
            ("easeInSine", { 1 - cos(($0 * .pi) / 2) }), ("easeOutSine", { sin(($0 * .pi) / 2) }),
            ("easeInOutSine", { -(cos(.pi * $0) - 1) / 2 }),
            ("easeInQuad", { pow($0, 2) }), ("easeOutQuad", { 1 - pow(1 - $0, 2) }),
            ("easeInOutQuad", { $0 < 0.5 ? 2 * pow($0, 2) : 1 - pow(-2 * $0 + 2, 2) / 2 }),
            ("easeInCubic", { pow($0, 3) }), ("easeOutCubic", { 1 - pow(1 - $0, 3) }),
            ("easeInOutCubic", { $0 < 0.5 ? 4 * pow($0, 3) : 1 - pow(-2 * $0 + 2, 3) / 2 }),
            ("easeInQuart", { pow($0, 4) }), ("easeOutQuart", { 1 - pow(1 - $0, 4) }),
            ("easeInOutQuart", { $0 < 0.5 ? 8 * pow($0, 4) : 1 - pow(-2 * $0 + 2, 4) / 2 }),
            ("easeInQuint", { pow($0, 5) }), ("easeOutQuint", { 1 - pow(1 - $0, 5) }),
            ("easeInOutQuint", { $0 < 0.5 ? 16 * pow($0, 5) : 1 - pow(-2 * $0 + 2, 5) / 2 }),
            ("easeInExpo", { $0 == 0 ? 0 : pow(2, 10 * $0 - 10) }),
            ("easeOutExpo", { $0 == 1 ? 1 : 1 - pow(2, -10 * $0) }),
            (
                "easeInOutExpo",
                { x in
                    if x == 0 || x == 1 { return x }
                    return x < 0.5 ? pow(2, 20 * x - 10) / 2 : (2 - pow(2, -20 * x + 10)) / 2
                }
            ),
            ("easeInCirc", { 1 - sqrt(1 - pow($0, 2)) }), ("easeOutCirc", { sqrt(1 - pow($0 - 1, 2)) }),
            (
                "easeInOutCirc",
                { x in x < 0.5 ? (1 - sqrt(1 - pow(2 * x, 2))) / 2 : (sqrt(1 - pow(-2 * x + 2, 2)) + 1) / 2 }
            ),
            ("easeInBack", { c3 * pow($0, 3) - c1 * pow($0, 2) }),
            ("easeOutBack", { 1 + c3 * pow($0 - 1, 3) + c1 * pow($0 - 1, 2) }),
            (
                "easeInOutBack",
                { x in
                    x < 0.5
                        ? (pow(2 * x, 2) * ((c2 + 1) * 2 * x - c2)) / 2
                        : (pow(2 * x - 2, 2) * ((c2 + 1) * (x * 2 - 2) + c2) + 2) / 2
                }
            ),
            ("easeInElastic", { x in x == 0 || x == 1 ? x : -pow(2, 10 * x - 10) * sin((x * 10 - 10.75) * c4) }),
            ("easeOutElastic", { x in x == 0 || x == 1 ? x : pow(2, -10 * x) * sin((x * 10 - 0.75) * c4) + 1 }),
            (
                "easeInOutElastic",
                { x in
                    if x == 0 || x == 1 { return x }
                    let wave = sin((20 * x - 11.125) * c5)
                    return x < 0.5 ? -(pow(2, 20 * x - 10) * wave) / 2 : (pow(2, -20 * x + 10) * wave) / 2 + 1
                }
            ),
            ("easeInBounce", { 1 - bounce(1 - $0) }), ("easeOutBounce", { bounce($0) }),
            ("easeInOutBounce", { $0 < 0.5 ? (1 - bounce(1 - 2 * $0)) / 2 : (1 + bounce(2 * $0 - 1)) / 2 }),
        ]
    }()

    @Test func `each named easing is the formula of easings_net`() throws {
        #expect(Set(Self.formulas.map(\.name)) == Set(Easing.names).subtracting(["hold"]))
        for (name, formula) in Self.formulas {
            let easing = try #require(Easing(name: name))
            for step in 0...1000 {
                let t = Double(step) / 1000
                #expect(abs(easing(t) - formula(t)) < 1e-9, "\(name) at \(t): \(easing(t)), not \(formula(t))")
            }
            #expect(abs(easing(0)) < 1e-12 && abs(easing(1) - 1) < 1e-12, "\(name)")
            #expect(easing(-3) == easing(0) && easing(7) == easing(1), "\(name)")
        }
    }

    @Test(arguments: [(0.25, 0.1, 0.25, 1.0), (0.42, 0, 1, 1), (0, 0, 1, 1), (0.3, -0.6, 0.7, 1.9), (1, 0, 0, 1)])
    func `a Bézier easing passes through the points of its curve`(x1: Double, y1: Double, x2: Double, y2: Double) {
        // De Casteljau's construction.
        func point(_ s: Double, _ a: Double, _ b: Double) -> Double {
            var points = [0, a, b, 1]
            while points.count > 1 { points = zip(points, points.dropFirst()).map { $0 + ($1 - $0) * s } }
            return points[0]
        }
        let easing = Easing.cubicBezier(x1, y1, x2, y2)
        for step in 0...100 {
            let s = Double(step) / 100
            // Where the curve is upright, its x says little.
            let slope = point(s + 1e-6, x1, x2) - point(s - 1e-6, x1, x2)
            guard slope > 1e-8 else { continue }
            #expect(abs(easing(point(s, x1, x2)) - point(s, y1, y2)) < 1e-6, "at \(s)")
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000]) func `steps jump as those of CSS do`(count: Int) {
        let (atEnd, atStart) = (Easing.steps(count), Easing.steps(count, atStart: true))
        for step in 0..<count {
            // CSS Easing Functions Level 1, "step easing function", in the middle of each step.
            let middle = (Double(step) + 0.5) / Double(count)
            #expect(abs(atEnd(middle) - Double(step) / Double(count)) < 1e-12)
            #expect(abs(atStart(middle) - Double(step + 1) / Double(count)) < 1e-12)
        }
        #expect(atEnd(0) == 0 && atEnd(1) == 1 && atStart(1) == 1)
        #expect(abs(atStart(0) - 1 / Double(count)) < 1e-12, "a jump at the start is made at once")
        #expect(Easing.hold(0.999) == 0 && Easing.hold(1) == 1)
    }

    private static let springs = [
        Spring(), Spring(mass: 2, stiffness: 300, damping: 6), Spring(damping: 20), Spring(damping: 45),
        Spring(velocity: 12), Spring(mass: 0.5, stiffness: 40, damping: 30, velocity: -8),
        Spring(mass: 1, stiffness: 100, damping: 19.999_9, velocity: 3), Spring(damping: 20, velocity: 40),
        Spring(mass: 4, stiffness: 1, damping: 0.5),
    ]

    @Test(arguments: springs) func `a spring moves as its differential equation says`(spring: Spring) {
        // Runge and Kutta, fourth order: x″ = (k · (1 − x) − c · x′) / m.
        var (x, speed, time) = (0.0, spring.velocity, 0.0)
        let step = 1e-4 * (spring.mass / spring.stiffness).squareRoot() * 10
        func force(_ x: Double, _ speed: Double) -> Double {
            (spring.stiffness * (1 - x) - spring.damping * speed) / spring.mass
        }
        for index in 0..<20_000 {
            if index % 50 == 0 {
                #expect(abs(spring.value(at: time) - x) < 1e-6, "at \(time) s: \(spring.value(at: time)), not \(x)")
            }
            let (x1, v1) = (speed, force(x, speed))
            let (x2, v2) = (speed + step / 2 * v1, force(x + step / 2 * x1, speed + step / 2 * v1))
            let (x3, v3) = (speed + step / 2 * v2, force(x + step / 2 * x2, speed + step / 2 * v2))
            let (x4, v4) = (speed + step * v3, force(x + step * x3, speed + step * v3))
            x += step / 6 * (x1 + 2 * x2 + 2 * x3 + x4)
            speed += step / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
            time += step
        }
    }

    @Test(arguments: springs) func `a spring's natural length ends where it has come to rest`(spring: Spring) {
        let length = spring.naturalLength
        #expect(length > 0 && length <= 3600)
        let rest = (0...5000).map { abs(spring.value(at: length * (1 + Double($0) / 2500)) - 1) }.max() ?? 1
        #expect(rest <= 0.005 + 1e-9, "it is off by \(rest) afterwards")
        let before = (0...5000).map { abs(spring.value(at: length * (0.5 + Double($0) / 10_000)) - 1) }.max() ?? 0
        #expect(before > 0.005, "it was at rest long before")
        let easing = Easing.spring(spring)
        #expect(abs(easing(0)) < 1e-12 && easing(1) == 1)
        #expect(abs(easing(0.3) - spring.value(at: 0.3 * length)) < 1e-12)
        #expect(Entrance(.pop, easing: easing).length == .seconds(length))
    }

    @Test(arguments: [
        Spring(mass: 100, stiffness: 0.1, damping: 0.1), Spring(mass: 0.01, stiffness: 10000, damping: 1000),
        Spring(mass: 100, stiffness: 0.1, damping: 1000),
        Spring(mass: 0.01, stiffness: 10000, damping: 0.1, velocity: 100),
        Spring(mass: 100, stiffness: 10000, damping: 2000, velocity: -100),
    ]) func `springs at the limits have values and an end`(spring: Spring) {
        #expect(spring.naturalLength > 0 && spring.naturalLength <= 3600)
        for step in 0...1000 {
            #expect(spring.value(at: Double(step) * 3.6).isFinite)
            #expect(Easing.spring(spring)(Double(step) / 1000).isFinite)
        }
        #expect(abs(spring.value(at: -5)) < 1e-12, "before it is let go, nothing moves")
    }
}
