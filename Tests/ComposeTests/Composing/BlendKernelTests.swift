// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// Laying layers over pictures, against the formulas of W3C's Compositing and Blending Level 1 in floating point.
struct BlendKernelTests {
    private typealias Color = (red: Double, green: Double, blue: Double)

    /// Squares of many colours, black, white and the primaries among them, each of two by two pixels.
    private static func squares(_ format: Frame.Format, seed: UInt64) throws -> Frame {
        var random = RepeatableRandom(seed)
        let count = 24
        let colors: [Color] = (0..<count * count).map { index in
            func part() -> Double { Double(random.next(below: index < 200 ? 2 : 256)) / Double(index < 200 ? 1 : 255) }
            return (part(), part(), part())
        }
        let frame = try Frame.drawn(.opaque, width: 2 * count, height: 2 * count) { x, y in
            let color = colors[(y / 2) * count + x / 2]
            return (color.red, color.green, color.blue, 1)
        }
        guard format == .alpha else { return frame }
        // Solid on the left, clear in the middle, in between on the right; and another alpha for each pixel there.
        let layer = try Frame.filled(.alpha, width: 2 * count, height: 2 * count, .black)
        try layer.copy(from: frame)
        let mask = try Frame.drawn(.alpha, width: 2 * count, height: 2 * count) { x, y in
            (1, 1, 1, x < 16 ? 1 : x < 24 ? 0 : Double((x * 37 + y * 91) % 256) / 255)
        }
        try layer.matte(by: mask, x: 0, y: 0, brightness: false, inverted: false)
        return layer
    }

    private static func rgb(_ y: Double, _ u: Double, _ v: Double) -> Color {
        let luma = (y - 16) / 219, red = luma + 1.5748 * (v - 128) / 224, blue = luma + 1.8556 * (u - 128) / 224
        func unit(_ value: Double) -> Double { min(max(value, 0), 1) }
        return (unit(red), unit((luma - 0.2126 * red - 0.0722 * blue) / 0.7152), unit(blue))
    }

    private static func yuv(_ c: Color) -> (y: Double, u: Double, v: Double) {
        let luma = 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue
        return (16 + 219 * luma, 128 + 224 * (c.blue - luma) / 1.8556, 128 + 224 * (c.red - luma) / 1.5748)
    }

    /// The backdrop's channel with the source's, of section 9.1.
    private static func mix(_ mode: LayerBlend, _ b: Double, _ s: Double) -> Double {
        switch mode {
        case .normal: return s
        case .multiply: return b * s
        case .screen: return 1 - (1 - b) * (1 - s)
        case .overlay: return mix(.hardLight, s, b)
        case .darken: return min(b, s)
        case .lighten: return max(b, s)
        case .add: return min(b + s, 1)
        case .subtract: return max(b - s, 0)
        case .difference: return abs(b - s)
        case .hardLight: return s <= 0.5 ? mix(.multiply, b, 2 * s) : mix(.screen, b, 2 * s - 1)
        case .softLight:
            if s <= 0.5 { return b - (1 - 2 * s) * b * (1 - b) }
            return b + (2 * s - 1) * ((b <= 0.25 ? ((16 * b - 12) * b + 4) * b : b.squareRoot()) - b)
        case .colorDodge: return b < 1e-6 ? 0 : s > 1 - 1e-6 ? 1 : min(1, b / (1 - s))
        case .colorBurn: return b > 1 - 1e-6 ? 1 : s < 1e-6 ? 0 : 1 - min(1, (1 - b) / s)
        }
    }

    /// Y, U and V of a layer over a picture of the same size.
    private static func reference(_ mode: LayerBlend, _ base: Frame, _ layer: Frame) -> [Raster] {
        let (width, height) = (base.width, base.height)
        func planes(_ frame: Frame) -> [Raster] {
            [Raster(frame, 0)] + (1...2).map { Raster(frame, $0).doubled(width: width, height: height) }
        }
        let (under, over, alpha) = (planes(base), planes(layer), Raster(layer, 3))
        var results = under
        for y in 0..<height {
            for x in 0..<width {
                let b = rgb(under[0][x, y], under[1][x, y], under[2][x, y])
                let s = rgb(over[0][x, y], over[1][x, y], over[2][x, y])
                let share = alpha[x, y] / 255
                func channel(_ b: Double, _ s: Double) -> Double { (1 - share) * b + share * mix(mode, b, s) }
                let mixed = yuv((channel(b.red, s.red), channel(b.green, s.green), channel(b.blue, s.blue)))
                let before = yuv(b)
                let index = y * width + x
                if mode == .normal {
                    for plane in 0..<3 {
                        results[plane].values[index] += share * (over[plane][x, y] - under[plane][x, y])
                    }
                } else {
                    // What changes is added: the picture may hold colours that RGB has not.
                    results[0].values[index] += mixed.y - before.y
                    results[1].values[index] += mixed.u - before.u
                    results[2].values[index] += mixed.v - before.v
                }
            }
        }
        return [results[0], results[1].halved, results[2].halved]
    }

    @Test(arguments: LayerBlend.allCases) func `a blend mode is its formula in RGB`(mode: LayerBlend) throws {
        let (under, layer) = (try Self.squares(.opaque, seed: 1), try Self.squares(.alpha, seed: 2))
        let wanted = Self.reference(mode, under, layer)
        let base = try Frame.filled(.opaque, width: under.width, height: under.height, .black)
        try base.copy(from: under)
        try base.paint(layer, x: 0, y: 0, mode)
        for plane in 0..<3 {
            let found = Raster(base, plane)
            // Rounded once, and the mean alpha of chroma down.
            #expect(found.decibels(to: wanted[plane]) >= 48, "plane \(plane): \(found.decibels(to: wanted[plane])) dB")
            // Dodge and burn divide by what may be next to nothing.
            let most = mode == .colorDodge || mode == .colorBurn ? 6 : 2.1
            #expect(found.distance(to: wanted[plane]) <= most, "plane \(plane): \(found.distance(to: wanted[plane]))")
        }
    }

    @Test(arguments: LayerBlend.allCases) func `every instruction set blends to the same bytes`(mode: LayerBlend) throws
    {
        let (under, layer) = (try Self.squares(.opaque, seed: 3), try Self.squares(.alpha, seed: 4))
        let drawn = try withEachInstructionSet {
            let base = try FramePool(.opaque, width: 47, height: 45).frame()
            base.fill(YUVColor(y: 90, u: 140, v: 100))
            let whole = try Frame.filled(.opaque, width: under.width, height: under.height, .black)
            try whole.copy(from: under)
            for position in [(0, 0), (-10, 8), (20, -30)] {
                try whole.paint(layer, x: position.0, y: position.1, mode)
                try base.paint(layer, x: position.0, y: position.1, mode)
            }
            return whole.bytes + base.bytes
        }
        #expect(drawn[0] == drawn[1] && drawn[1] == drawn[2])
    }

    @Test func `a clear layer changes nothing, and a solid one leaves nothing below`() throws {
        let under = try Self.squares(.opaque, seed: 5)
        for mode in LayerBlend.allCases {
            let base = try Frame.filled(.opaque, width: 48, height: 48, .black)
            try base.copy(from: under)
            try base.paint(
                try .filled(.alpha, width: 48, height: 48, YUVColor(y: 200, u: 90, v: 30), alpha: 0), x: 0, y: 0, mode)
            #expect(base.bytes == under.bytes, "\(mode)")
        }
        let color = YUVColor(y: 201, u: 93, v: 31)
        let base = try Frame.filled(.opaque, width: 48, height: 48, .black)
        try base.paint(try .filled(.alpha, width: 20, height: 10, color), x: 6, y: -4)
        let luma = Raster(base, 0), u = Raster(base, 1), v = Raster(base, 2)
        for y in 0..<48 {
            for x in 0..<48 {
                let covered = (6..<26).contains(x) && y < 6
                #expect(luma[x, y] == (covered ? 201 : 16))
                #expect(u[x / 2, y / 2] == (covered ? 93 : 128) && v[x / 2, y / 2] == (covered ? 31 : 128))
            }
        }
    }

    @Test func `black multiplied and white screened are black and white, and white multiplied changes nothing`() throws
    {
        let under = try Self.squares(.opaque, seed: 6)
        func painted(_ color: YUVColor, _ mode: LayerBlend) throws -> Frame {
            let base = try Frame.filled(.opaque, width: 48, height: 48, .black)
            try base.copy(from: under)
            try base.paint(try .filled(.alpha, width: 48, height: 48, color), x: 0, y: 0, mode)
            return base
        }
        #expect(try painted(.white, .multiply).bytes == under.bytes)
        #expect(try painted(.black, .screen).bytes == under.bytes)
        #expect(try painted(.black, .add).bytes == under.bytes)
        #expect(try painted(.black, .difference).bytes == under.bytes)
        for (layer, mode) in [(YUVColor.black, LayerBlend.multiply), (.white, .screen)] {
            let base = try Frame.filled(.opaque, width: 8, height: 8, YUVColor(red: 90, green: 160, blue: 30))
            try base.paint(try .filled(.alpha, width: 8, height: 8, layer), x: 0, y: 0, mode)
            let wanted = try Frame.filled(.opaque, width: 8, height: 8, layer)
            for plane in 0..<3 { #expect(Raster(base, plane).distance(to: Raster(wanted, plane)) <= 1) }
        }
    }

    @Test func `a layer far outside is not drawn, and one that cannot be laid over is refused`() throws {
        let base = try Self.squares(.opaque, seed: 7)
        let (before, layer) = (base.bytes, try Self.squares(.alpha, seed: 8))
        for (x, y) in [(48, 0), (-48, 0), (0, 1 << 40), (-(1 << 60), 0), (Int.max - 1, Int.min)] {
            try base.paint(layer, x: x, y: y)
            try base.paint(layer, x: x, y: y, .screen)
        }
        #expect(base.bytes == before)
        #expect(throws: LibavError.self) { try base.paint(layer, x: 1, y: 0) }
        #expect(throws: LibavError.self) { try base.paint(base, x: 0, y: 0) }
        #expect(throws: LibavError.self) { try layer.paint(layer, x: 0, y: 0) }
        #expect(base.bytes == before)
    }
}
