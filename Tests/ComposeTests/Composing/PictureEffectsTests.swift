// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// The kernels that change whole pictures, against sums over the pixels in floating point.
@Suite(.serialized) struct PictureEffectsTests {
    private static let size = (width: 94, height: 70)

    /// Returns a picture of irregular soft spots.
    private static func picture() throws -> Frame {
        let frame = try FramePool(.opaque, width: size.width, height: size.height).frame()
        try TransitionMap(.tiles, width: size.width, height: size.height)
            .draw(progress: 0.5, softness: 1, into: frame)
        try frame.blur(sigmaX: 3, sigmaY: 3)
        return frame
    }

    private static func drawn(_ draw: (PictureEffects, Frame, Frame) throws -> Void) throws -> (Planes, Planes) {
        let (source, target) = (try picture(), try FramePool(.opaque, width: size.width, height: size.height).frame())
        target.fill(.black)
        try draw(try PictureEffects(), source, target)
        return (Planes(source), Planes(target))
    }

    /// One plane as numbers, mirrored at its edges.
    private struct Plane {
        let values: [Double]
        let width: Int
        let height: Int

        init(_ planes: Planes, _ index: Int) {
            values = planes.planes[index].map(Double.init)
            width = index == 0 ? planes.width : (planes.width + 1) / 2
            height = index == 0 ? planes.height : (planes.height + 1) / 2
        }

        func pixel(_ x: Int, _ y: Int) -> Double {
            func mirrored(_ place: Int, _ count: Int) -> Int {
                let turn = ((place % (2 * count)) + 2 * count) % (2 * count)
                return turn < count ? turn : 2 * count - 1 - turn
            }
            return values[mirrored(y, height) * width + mirrored(x, width)]
        }

        /// Returns the value at a place, of which 0.5 is the middle of the first pixel.
        func sample(_ x: Double, _ y: Double) -> Double {
            let (left, top) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
            let (across, down) = (x - 0.5 - left, y - 0.5 - top)
            let (column, row) = (Int(left), Int(top))
            return (pixel(column, row) * (1 - across) + pixel(column + 1, row) * across) * (1 - down)
                + (pixel(column, row + 1) * (1 - across) + pixel(column + 1, row + 1) * across) * down
        }
    }

    /// Returns the peak signal-to-noise ratio of a plane and what `expected` says of each pixel.
    private static func psnr(_ found: Planes, plane: Int, _ expected: (Int, Int) -> Double) -> Double {
        let numbers = Plane(found, plane)
        var sum = 0.0
        for y in 0..<numbers.height {
            for x in 0..<numbers.width {
                let difference = numbers.values[y * numbers.width + x] - expected(x, y)
                sum += difference * difference
            }
        }
        return 10 * log10(255 * 255 * Double(numbers.values.count) / max(sum, 1e-9))
    }

    @Test(arguments: [0.4, 1, 7.3, 40, 260], [false, true])
    func `a streak is the mean along its line`(length: Double, isVertical: Bool) throws {
        let (source, found) = try Self.drawn {
            try $0.streak($1, into: $2, isVertical: isVertical, length: length)
        }
        for plane in 0..<3 {
            let pixels = Plane(source, plane)
            let half = (plane == 0 ? length : length / 2) / 2
            // Longer ones than twice the picture are limited to that.
            let most = Double(isVertical ? Self.size.height : Self.size.width)
            let limited = min(half, plane == 0 ? most : most / 2)
            let quality = Self.psnr(found, plane: plane) { x, y in
                // A pixel counts by the part of it that lies within half a pixel and half the length.
                var (sum, weights) = (0.0, 0.0)
                for step in -Int(limited.rounded(.up))...Int(limited.rounded(.up)) {
                    let weight = min(max(limited + 1 - Double(abs(step)), 0), 1)
                    sum += weight * (isVertical ? pixels.pixel(x, y + step) : pixels.pixel(x + step, y))
                    weights += weight
                }
                return sum / weights
            }
            #expect(quality > 52, "plane \(plane): \(quality) dB")
        }
    }

    @Test(arguments: [0.6, 0.9])
    func `a zoom's streak is the mean on the way to the middle`(amount: Double) throws {
        let (source, found) = try Self.drawn { effects, source, target in
            try effects.zoomStreak(
                source, into: target, x: 47, y: 35, amount: amount, resampler: try Resampler())
        }
        let pixels = Plane(source, 0)
        let quality = Self.psnr(found, plane: 0) { x, y in
            let (dx, dy) = (Double(x) + 0.5 - 47, Double(y) + 0.5 - 35)
            // Places are denser near the middle, as those of a steady growth are.
            return (0..<64).reduce(0.0) { sum, step in
                let scale = pow(1 - amount, (Double(step) + 0.5) / 64)
                return sum + pixels.sample(47 + dx * scale, 35 + dy * scale) / 64
            }
        }
        let blurred = Plane(found, 0)
        let unchanged = Self.psnr(source, plane: 0) { blurred.pixel($0, $1) }
        #expect(quality > 32, "\(quality) dB")
        #expect(quality > unchanged + 6)
    }

    @Test(arguments: [3.0, -12, 40])
    func `a spin's streak is the mean along an arc`(degrees: Double) throws {
        let (source, found) = try Self.drawn { try $0.spinStreak($1, into: $2, degrees: degrees) }
        let pixels = Plane(source, 0)
        let quality = Self.psnr(found, plane: 0) { x, y in
            let (dx, dy) = (Double(x) + 0.5 - 47, Double(y) + 0.5 - 35)
            return (0..<64).reduce(0.0) { sum, step in
                let angle = degrees * .pi / 180 * ((Double(step) + 0.5) / 64 - 0.5)
                return sum
                    + pixels.sample(
                        47 + dx * cos(angle) - dy * sin(angle), 35 + dx * sin(angle) + dy * cos(angle)) / 64
            }
        }
        let blurred = Plane(found, 0)
        let unchanged = Self.psnr(source, plane: 0) { blurred.pixel($0, $1) }
        #expect(quality > 32, "\(quality) dB")
        #expect(abs(degrees) < 20 || quality > unchanged + 6)
    }

    @Test(arguments: [2.0, 6, 9.7, 33, 500])
    func `squares have the mean of what they cover`(size: Double) throws {
        let (source, found) = try Self.drawn { try $0.pixelate($1, into: $2, size: size) }
        for plane in 0..<3 {
            let (pixels, squares) = (Plane(source, plane), Plane(found, plane))
            let (before, after): (Double, Double) = (pixels.values.reduce(0, +), squares.values.reduce(0, +))
            let shift: Double = abs(before - after) / Double(pixels.values.count)
            #expect(shift < 0.5)
            // A square is a stretch of equal pixels: never wider than its size and an even pixel, but for chance.
            let row = squares.values[squares.width * (squares.height / 2)..<squares.width * (squares.height / 2 + 1)]
            let most: Int = Int((Double(Self.size.width) / size).rounded(.up)) + 2
            #expect(Set(row).count <= most)
        }
        // The middle one, counted by hand.
        guard size == 6 else { return }
        let pixels = Plane(source, 1)
        let columns = Int((47.0 / 2 - 1.5).rounded(.toNearestOrEven))..<Int((47.0 / 2 + 1.5).rounded(.toNearestOrEven))
        let rows = Int((35.0 / 2 - 1.5).rounded(.toNearestOrEven))..<Int((35.0 / 2 + 1.5).rounded(.toNearestOrEven))
        let sum = rows.reduce(0.0) { sum, y in columns.reduce(sum) { $0 + pixels.pixel($1, y) } }
        let mean = sum / Double(rows.count * columns.count)
        #expect(abs(Double(found.planes[1][17 * 47 + 23]) - mean) <= 0.5)
    }

    @Test func `a glitch moves pixels to the side and changes none`() throws {
        let (source, found) = try Self.drawn { try $0.glitch($1, into: $2, strength: 1, seed: 3) }
        #expect(source.planes != found.planes)
        for y in 0..<Self.size.height {
            let row = y * Self.size.width..<(y + 1) * Self.size.width
            #expect(source.planes[0][row].sorted() == found.planes[0][row].sorted(), "row \(y)")
        }
        let again = try Self.drawn { try $0.glitch($1, into: $2, strength: 1, seed: 3) }.1
        #expect(again.planes == found.planes)
        #expect(try Self.drawn { try $0.glitch($1, into: $2, strength: 1, seed: 4) }.1.planes != found.planes)
    }

    private static var all: [(PictureEffects, Frame, Frame, Double) throws -> Void] {
        [
            { try $0.pixelate($1, into: $2, size: $3) },
            { try $0.streak($1, into: $2, isVertical: false, length: $3) },
            { try $0.streak($1, into: $2, isVertical: true, length: $3) },
            { try $0.zoomStreak($1, into: $2, x: 47, y: $3, amount: $3 / 100, resampler: try Resampler()) },
            { try $0.spinStreak($1, into: $2, degrees: $3) },
            { try $0.glitch($1, into: $2, strength: $3, seed: 5) },
        ]
    }

    @Test func `the same bytes come from every instruction set`() throws {
        defer { Resampler.limitInstructions(to: 2) }
        for (index, effect) in Self.all.enumerated() {
            for number in [0.7, 5, 31.3, 90] {
                let drawn = try (0...2).map { level in
                    Resampler.limitInstructions(to: level)
                    return try Self.drawn { try effect($0, $1, $2, number) }.1.planes
                }
                #expect(drawn[0] == drawn[1] && drawn[1] == drawn[2], "effect \(index), \(number)")
            }
        }
    }

    @Test func `an effect of nothing, or of no number, changes nothing`() throws {
        for (index, effect) in Self.all.enumerated() {
            for number in [0, -0.0, .nan] {
                let (source, found) = try Self.drawn { try effect($0, $1, $2, number) }
                #expect(source.planes == found.planes, "effect \(index), \(number)")
            }
            for number in [1e300, -1e300, .infinity, -.infinity, 1e-300, 1e9] {
                #expect(throws: Never.self, "effect \(index), \(number)") {
                    try Self.drawn { try effect($0, $1, $2, number) }
                }
            }
        }
    }

    @Test func `frames of different sizes are refused`() throws {
        let other = try FramePool(.opaque, width: 20, height: 20).frame()
        for effect in Self.all {
            #expect(throws: LibavError.self) { try effect(try PictureEffects(), try Self.picture(), other, 5) }
        }
    }
}
