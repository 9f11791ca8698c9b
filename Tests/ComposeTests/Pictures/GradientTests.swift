// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Gradients, compared with CSS's formulas in floating point.
@Suite struct GradientTests {
    private typealias Pixel = (red: Double, green: Double, blue: Double, alpha: Double)

    private func edit(_ clip: GradientClip, size: PixelSize, over background: Color = .black) -> Edit {
        Edit(size: size, background: background) { Track { changed(clip) { $0.visual.duration = .seconds(1) } } }
    }

    /// Returns the premultiplied colour at a position of the gradient.
    private func color(_ stops: [GradientClip.Stop], at place: Double) -> Pixel {
        func premultiplied(_ color: Color) -> Pixel {
            let alpha = Double(color.alpha) / 255
            return (
                Double(color.red) / 255 * alpha, Double(color.green) / 255 * alpha, Double(color.blue) / 255 * alpha,
                alpha
            )
        }
        guard let next = stops.firstIndex(where: { $0.at > place }) else {
            return premultiplied(stops[stops.count - 1].color)
        }
        guard next > 0 else { return premultiplied(stops[0].color) }
        let share = (place - stops[next - 1].at) / (stops[next].at - stops[next - 1].at)
        let (a, b) = (premultiplied(stops[next - 1].color), premultiplied(stops[next].color))
        func mix(_ from: Double, _ to: Double) -> Double { from + (to - from) * share }
        return (mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue), mix(a.alpha, b.alpha))
    }

    private func luma(_ pixel: Pixel, over background: Double = 16) -> Double {
        let own = 0.2126 * pixel.red + 0.7152 * pixel.green + 0.0722 * pixel.blue
        return 16 + 219 * own + (background - 16) * (1 - pixel.alpha)
    }

    /// Returns the largest difference between the means of 8 × 8 pixel blocks and the expected values.
    private func worst(_ planes: Planes, _ expected: (_ x: Double, _ y: Double) -> Double) -> Double {
        var worst = 0.0
        for top in stride(from: 0, to: planes.height - 7, by: 8) {
            for left in stride(from: 0, to: planes.width - 7, by: 8) {
                var (found, right) = (0.0, 0.0)
                for y in top..<top + 8 {
                    for x in left..<left + 8 {
                        found += Double(planes.luma(x, y))
                        right += expected(Double(x) + 0.5, Double(y) + 0.5)
                    }
                }
                worst = max(worst, abs(found - right) / 64)
            }
        }
        return worst
    }

    private let stops = [
        GradientClip.Stop(0.1, Color(red: 20, green: 30, blue: 40)),
        GradientClip.Stop(0.4, Color(red: 200, green: 40, blue: 90)),
        GradientClip.Stop(0.9, Color(red: 10, green: 220, blue: 120)),
    ]

    @Test(arguments: [0.0, 45, 90, 180, 210, -30])
    func `a linear gradient runs as CSS says`(angle: Double) throws {
        let planes = try composed(
            edit(GradientClip(stops, shape: .linear(angle: angle)), size: PixelSize(width: 160, height: 96)), frame: 0)
        let (right, up) = (sin(angle * .pi / 180), cos(angle * .pi / 180))
        let length = abs(160 * right) + abs(96 * up)
        let difference = worst(planes) { x, y in
            luma(color(stops, at: 0.5 + ((x - 80) * right - (y - 48) * up) / length))
        }
        #expect(difference < 0.3)
    }

    @Test func `a radial gradient runs from its centre to its radius, or to the farthest corner`() throws {
        let size = PixelSize(width: 160, height: 96)
        let whole = try composed(
            edit(GradientClip(stops, shape: .radial(.init(x: 0.25, y: 0.5))), size: size), frame: 0)
        #expect(
            worst(whole) { x, y in luma(color(stops, at: hypot(x - 40, y - 48) / hypot(120, 48))) } < 0.3)
        let half = GradientClip(stops, shape: .radial(.init(radius: .percent(50))))
        #expect(
            worst(try composed(edit(half, size: size), frame: 0)) { x, y in
                luma(color(stops, at: hypot(x - 80, y - 48) / 48))
            } < 0.6)
    }

    @Test func `a slow gradient has no bands`() throws {
        // Seven steps of luma over 640 pixels: without dithering, blocks would be off by up to half a step.
        let stops = [
            GradientClip.Stop(0, Color(red: 16, green: 16, blue: 16)),
            GradientClip.Stop(1, Color(red: 24, green: 24, blue: 24)),
        ]
        let planes = try composed(
            edit(GradientClip(stops, shape: .linear(angle: 90)), size: PixelSize(width: 640, height: 64)), frame: 0)
        #expect(worst(planes) { x, _ in luma(color(stops, at: x / 640)) } < 0.05)
    }

    @Test func `one colour stays one colour, and chroma is right`() throws {
        let orange = Color(red: 255, green: 128, blue: 0)
        let size = PixelSize(width: 32, height: 32)
        let gradient = try composed(edit(GradientClip([orange, orange]), size: size), frame: 0)
        let flat = try composed(Edit(size: size) { Track { ColorClip(orange, duration: .seconds(1)) } }, frame: 0)
        for plane in 0..<3 {
            let (found, right) = (gradient.planes[plane].map(Int.init), Int(flat.planes[plane][0]))
            #expect(found.allSatisfy { abs($0 - right) <= 1 })
        }
    }

    @Test func `clear parts let through what is behind them, without a dark fringe`() throws {
        let white = Color.white
        let clear = Color(red: 255, green: 255, blue: 255, alpha: 0)
        let size = PixelSize(width: 160, height: 64)
        let planes = try composed(
            edit(GradientClip([white, clear], shape: .linear(angle: 90)), size: size, over: .white), frame: 0)
        #expect(planes.planes[0].allSatisfy { $0 >= 233 })
        let overBlack = try composed(
            edit(GradientClip([white, clear], shape: .linear(angle: 90)), size: size), frame: 0)
        #expect(worst(overBlack) { x, _ in 16 + 219 * (1 - x / 160) } < 1)
    }

    @Test func `two stops at one place make a hard edge`() throws {
        let stops = [
            GradientClip.Stop(0, .black), GradientClip.Stop(0.5, .black), GradientClip.Stop(0.5, .white),
            GradientClip.Stop(1, .white),
        ]
        let planes = try composed(
            edit(GradientClip(stops, shape: .linear(angle: 90)), size: PixelSize(width: 64, height: 16)), frame: 0)
        #expect((0..<64).map { planes.luma($0, 8) } == (0..<64).map { $0 < 32 ? 16 : 235 })
    }

    @Test func `a gradient is held, costs one composition, and hides what it covers`() async throws {
        let edit = Edit(size: PixelSize(width: 64, height: 64)) {
            Track { ImageClip("inputs/gradient.png", duration: .seconds(2)) }
            Track { GradientClip([Color.black, .white], duration: .seconds(2)) }
        }
        let plan = try await edit.plan(in: Fixtures.folder)
        #expect(plan.spans.count == 1 && plan.spans[0].isHeld)
        #expect(plan.spans[0].composition.draws.count == 1)
    }

    @Test func `gradients that differ in anything have other keys`() async throws {
        func key(_ change: (inout GradientClip) -> Void = { _ in }) async throws -> [String] {
            var clip = GradientClip([Color.black, .white], duration: .seconds(1))
            change(&clip)
            let edit = Edit(size: PixelSize(width: 64, height: 64)) { Track { clip } }
            return try await Renderer().segmentKeys(of: try await edit.plan())
        }
        let keys = [
            try await key(), try await key { $0.stops[0].at = 0.1 }, try await key { $0.stops[1].color.alpha = 254 },
            try await key { $0.stops[1].color.blue = 254 }, try await key { $0.shape = .linear(angle: 90) },
            try await key { $0.shape = .radial(.init()) }, try await key { $0.shape = .radial(.init(x: 0.4)) },
            try await key { $0.shape = .radial(.init(radius: 20)) },
        ]
        #expect(Set(keys).count == keys.count)
        #expect(try await key() == keys[0])
    }

    @Test func `a gradient that slides in a transition is drawn at every place`() async throws {
        let edit = Edit(size: PixelSize(width: 64, height: 64)) {
            Track {
                GradientClip([Color.black, .white], duration: .seconds(1))
                Transition(.push(.left), .milliseconds(500))
                GradientClip([Color.white, .black], shape: .radial(.init()), duration: .seconds(1))
            }
        }
        try await Fixtures.withTemporaryFolder { folder in
            let report = try await Renderer().render(edit, to: folder + "/out.mp4").result
            #expect(report.video?.frames == 45)
        }
    }
}
