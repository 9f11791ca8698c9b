// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// How pictures are turned, scaled and moved, against a renderer in floating point.
struct TransformKernelTests {
    /// A picture with details of many sizes and directions, whose finest waves are seven pixels long.
    private static func texture(_ format: Frame.Format, width: Int, height: Int) throws -> Frame {
        try .drawn(format, width: width, height: height) { x, y in
            let (x, y) = (Double(x), Double(y))
            func wave(_ a: Double, _ b: Double) -> Double { sin(a * x + b * y) }
            return (
                0.5 + 0.16 * wave(0.7, 0.5) + 0.16 * wave(-0.11, 0.23) + 0.1 * wave(0.02, 0.05),
                0.5 + 0.16 * wave(-0.6, 0.65) + 0.16 * wave(0.31, 0.07) + 0.1 * wave(0.05, -0.02),
                0.5 + 0.2 * wave(0.2, -0.4) + 0.15 * wave(0.03, 0.04), 1
            )
        }
    }

    /// A map that shows the source's centre at a target's, turned clockwise and scaled.
    static func map(
        _ source: (width: Int, height: Int), _ target: (width: Int, height: Int), degrees: Double, x: Double, y: Double,
        offset: (Double, Double) = (0, 0)
    ) -> Affine {
        let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        return Affine.translation(x: -Double(target.width) / 2 - offset.0, y: -Double(target.height) / 2 - offset.1)
            .then(.rotation(cosine: cosine, sine: -sine)).then(.scale(x: 1 / x, y: 1 / y))
            .then(.translation(x: Double(source.width) / 2, y: Double(source.height) / 2))
    }

    /// The Catmull-Rom kernel, widened along each of the source's axes by what it is minified there.
    private static func reference(_ source: Raster, _ map: Affine, width: Int, height: Int, isChroma: Bool) -> Raster {
        func kernel(_ distance: Double) -> Double {
            let x = abs(distance)
            return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
        }
        let (step, site) = isChroma ? (2.0, 1.0) : (1.0, 0.5)
        let wide = max(1, hypot(map.a, map.b)), high = max(1, hypot(map.d, map.e))
        return Raster(width: width, height: height) { column, row in
            let (x, y) = (Double(column) * step + 0.5, Double(row) * step + site)
            let u = (map.a * x + map.b * y + map.c - 0.5) / step, v = (map.d * x + map.e * y + map.f - site) / step
            func taps(_ at: Double, _ widening: Double) -> [(Int, Double)] {
                (Int((at - 2 * widening).rounded(.up))...Int((at + 2 * widening).rounded(.down))).map {
                    ($0, kernel((Double($0) - at) / widening))
                }
            }
            let (across, down) = (taps(u, wide), taps(v, high))
            var (sum, total) = (0.0, 0.0)
            for (line, weight) in down {
                for (place, share) in across {
                    sum += weight * share * source[place, line]
                    total += weight * share
                }
            }
            return min(max(sum / total, 0), 255)
        }
    }

    @Test func `a picture that is shown as it is, or moved by whole pixels, keeps every byte`() throws {
        let source = try Self.texture(.alpha, width: 98, height: 70)
        let pyramid = try Pyramid(source)
        let target = try FramePool(.alpha, width: 98, height: 70).frame()
        try pyramid.draw(into: target, map: .identity)
        #expect(target.bytes == source.bytes)
        try pyramid.draw(into: target, map: .translation(x: 6, y: 4))
        for plane in 0..<4 {
            let (was, now) = (Raster(source, plane), Raster(target, plane))
            let (x, y) = plane == 1 || plane == 2 ? (3, 2) : (6, 4)
            let moved = Raster(width: now.width, height: now.height) { was[$0 + x, $1 + y] }
            #expect(now.distance(to: moved) == 0, "plane \(plane)")
        }
    }

    @Test(arguments: [
        (17.0, 1.0, 1.0), (0.1, 1, 1), (45, 2.3, 2.3), (90, 0.9, 0.9), (17, 0.8, 0.8), (33, 0.6, 0.6), (17, 0.5, 0.5),
        (70, 0.45, 0.45),
        (17, 0.4, 0.4), (200, 0.3, 0.3), (17, 0.25, 0.25), (30, 0.3, 0.9), (-40, 0.9, 0.35), (12, -1.1, 0.7),
    ])
    func `a turned and scaled picture is that of a widened Catmull-Rom kernel`(degrees: Double, x: Double, y: Double)
        throws
    {
        let source = try Self.texture(.opaque, width: 600, height: 600)
        let target = try FramePool(.opaque, width: 100, height: 70).frame()
        let map = Self.map((600, 600), (100, 70), degrees: degrees, x: x, y: y, offset: (0.3, -0.6))
        try Pyramid(source).draw(into: target, map: map)
        for plane in 0..<3 {
            let found = Raster(target, plane)
            let wanted = Self.reference(
                Raster(source, plane), map, width: found.width, height: found.height, isChroma: plane > 0)
            #expect(found.decibels(to: wanted) >= 40, "plane \(plane): \(found.decibels(to: wanted)) dB")
        }
    }

    @Test func `what lies outside is the edge, or the mirrored picture`() throws {
        let source = try Self.texture(.opaque, width: 64, height: 48)
        let pyramid = try Pyramid(source)
        let target = try FramePool(.opaque, width: 200, height: 150).frame()
        let was = Raster(source, 0)
        try pyramid.draw(into: target, map: .translation(x: -70, y: -50))
        let extended = Raster(width: 200, height: 150) { was[$0 - 70, $1 - 50] }
        #expect(Raster(target, 0).distance(to: extended) == 0)
        try pyramid.draw(into: target, map: .translation(x: -70, y: -50), edges: .mirrored)
        func mirror(_ at: Int, _ size: Int) -> Int {
            let rest = ((at % (2 * size)) + 2 * size) % (2 * size)
            return min(rest, 2 * size - 1 - rest)
        }
        let mirrored = Raster(width: 200, height: 150) { was[mirror($0 - 70, 64), mirror($1 - 50, 48)] }
        #expect(Raster(target, 0).distance(to: mirrored) == 0)
    }

    @Test func `every instruction set turns to the same bytes`() throws {
        let sources = try [Frame.Format.opaque, .alpha].map { try Self.texture($0, width: 202, height: 134) }
        let blurred = try Frame.drawn(.alpha, width: 202, height: 134) { x, y in
            (Double(x % 40) / 40, Double(y % 30) / 30, 0.5, (x / 20 + y / 14) % 2 == 0 ? 1 : Double(x) / 202)
        }
        for source in sources + [blurred] {
            let pyramid = try Pyramid(source)
            for scale in [0.05, 0.3, 0.46, 0.61, 1, 1.9, 40] {
                for edges in [Pyramid.Edges.extended, .mirrored] {
                    let drawn = try withEachInstructionSet {
                        let target = try FramePool(.alpha, width: 334, height: 217).frame()
                        let map = Self.map((202, 134), (334, 217), degrees: 23, x: scale, y: -scale * 1.1)
                        try pyramid.draw(into: target, map: map, edges: edges)
                        return target.bytes
                    }
                    #expect(drawn[0] == drawn[1] && drawn[1] == drawn[2], "scale \(scale), \(edges)")
                }
            }
        }
    }

    @Test func `only what is shown is drawn, and the rest is cleared`() throws {
        let pyramid = try Pyramid(Self.texture(.alpha, width: 300, height: 300))
        let pool = try FramePool(.alpha, width: 240, height: 200)
        let (whole, part) = (try pool.frame(), try pool.frame())
        let map = Self.map((300, 300), (240, 200), degrees: 30, x: 0.7, y: 0.7)
        try pyramid.draw(into: whole, map: map)
        part.fill(YUVColor(y: 77, u: 66, v: 55), alpha: 44)
        try pyramid.draw(into: part, map: map, shown: Box(left: 100, top: 120, right: 200, bottom: 180))
        for plane in 0..<4 {
            let (all, some) = (Raster(whole, plane), Raster(part, plane))
            let (step, empty) = plane == 1 || plane == 2 ? (2.0, 128.0) : (1, plane == 0 ? 16 : 0)
            for y in 0..<all.height {
                for x in 0..<all.width {
                    let (left, top) = ((Double(x) + 0.5) * step, (Double(y) + 0.5) * step)
                    let (u, v) = (map.a * left + map.b * top + map.c, map.d * left + map.e * top + map.f)
                    let outside = max(100 - u, u - 200, 120 - v, v - 180) * 0.7
                    if outside < 2 { #expect(some[x, y] == all[x, y], "plane \(plane) at \(x), \(y)") }
                    if outside > 8 { #expect(some[x, y] == empty, "plane \(plane) at \(x), \(y)") }
                }
            }
        }
    }

    @Test func `fine stripes of a squeezed picture become grey, not wider stripes`() throws {
        let source = try Frame.drawn(.opaque, width: 800, height: 400) { x, _ in
            let value = x % 4 < 2 ? 1.0 : 0
            return (value, value, value, 1)
        }
        let target = try FramePool(.opaque, width: 100, height: 100).frame()
        for scale in [0.24, 0.2, 0.13, 0.07] {
            try Pyramid(source).draw(into: target, map: Self.map((800, 400), (100, 100), degrees: 8, x: scale, y: 1))
            let luma = Raster(target, 0)
            let middle = (30..<70).flatMap { y in (35..<65).map { luma[$0, y] } }
            #expect(
                middle.allSatisfy { abs($0 - 125.5) < 18 }, "scale \(scale): \(middle.min() ?? 0)…\(middle.max() ?? 0)")
        }
    }

    @Test(arguments: [
        Affine(a: .nan, b: 0, c: 0, d: 0, e: 1, f: 0), Affine(a: 1, b: 0, c: .infinity, d: 0, e: 1, f: 0),
        Affine(a: 1e300, b: 0, c: 0, d: 0, e: 1e300, f: 0), Affine(a: 0, b: 0, c: 5, d: 0, e: 0, f: 5),
        Affine(a: 1, b: 2, c: 0, d: 2, e: 4, f: 0),
    ])
    func `a map without an inverse draws nothing`(map: Affine) throws {
        let target = try Frame.filled(.alpha, width: 40, height: 30, .white)
        try Pyramid(Self.texture(.alpha, width: 60, height: 40)).draw(into: target, map: map)
        #expect(target.bytes == (try Frame.filled(.alpha, width: 40, height: 30, .black, alpha: 0)).bytes)
    }
}
