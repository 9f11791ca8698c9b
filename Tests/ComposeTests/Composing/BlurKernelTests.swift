// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// Blur, shadows and masks, against sums over all pixels in floating point.
struct BlurKernelTests {
    /// A box and a slope, with noise on one side.
    private static func source(_ format: Frame.Format) throws -> Frame {
        var random = RepeatableRandom(9)
        return try .drawn(format, width: 120, height: 90) { x, y in
            let isBox = (30..<60).contains(x) && (20..<70).contains(y)
            let value = isBox ? 1 : x > 80 ? Double(random.next(below: 256)) / 255 : Double(y) / 200
            return (value, 1 - value, value * 0.5, format == .opaque ? 1 : isBox ? 1 : 0.25)
        }
    }

    /// A true Gaussian over extended edges, along both axes.
    private static func blurred(_ source: Raster, _ x: Double, _ y: Double) -> Raster {
        func weights(_ sigma: Double) -> [Double] {
            let reach = Int((5 * sigma).rounded(.up))
            let all = (-reach...reach).map { sigma > 0 ? exp(-Double($0 * $0) / (2 * sigma * sigma)) : 1 }
            let sum = all.reduce(0, +)
            return all.map { $0 / sum }
        }
        let (across, down) = (weights(x), weights(y))
        let first = Raster(width: source.width, height: source.height) { x, y in
            across.indices.reduce(0) { $0 + across[$1] * source[x + $1 - across.count / 2, y] }
        }
        return Raster(width: source.width, height: source.height) { x, y in
            down.indices.reduce(0) { $0 + down[$1] * first[x, y + $1 - down.count / 2] }
        }
    }

    @Test(
        arguments: [(0.7, 0.7), (2.4, 2.4), (2.6, 2.6), (5, 5), (11, 11), (40, 40), (0, 9), (30, 2)],
        [Frame.Format.opaque, .alpha])
    func `a blur is a Gaussian within two levels, at the edges too`(sigma: (x: Double, y: Double), format: Frame.Format)
        throws
    {
        let frame = try Self.source(format)
        let before = (0..<(format == .alpha ? 4 : 3)).map { Raster(frame, $0) }
        try frame.blur(sigmaX: sigma.x, sigmaY: sigma.y)
        for plane in before.indices {
            let share = plane == 1 || plane == 2 ? 0.5 : 1
            let wanted = Self.blurred(before[plane], sigma.x * share, sigma.y * share)
            let distance = Raster(frame, plane).distance(to: wanted)
            #expect(distance <= 2.5, "plane \(plane): \(distance)")
            #expect(Raster(frame, plane).decibels(to: wanted) >= 50)
        }
    }

    @Test func `a blur of nothing changes nothing, and one without bounds is one colour`() throws {
        let frame = try Self.source(.alpha)
        let before = frame.bytes
        for sigma in [0, -5, .nan] { try frame.blur(sigmaX: sigma, sigmaY: sigma) }
        #expect(frame.bytes == before)
        try frame.blur(sigmaX: .infinity, sigmaY: 1e300)
        for plane in 0..<4 {
            let values = Raster(frame, plane).values
            #expect((values.max() ?? 0) - (values.min() ?? 0) <= 18, "plane \(plane)")
        }
    }

    @Test func `every instruction set blurs and shades to the same bytes`() throws {
        let layer = try Self.source(.alpha)
        for sigma in [0, 1.3, 3, 17, 300] {
            let drawn = try withEachInstructionSet {
                let frame = try Self.source(.alpha)
                try frame.blur(sigmaX: sigma, sigmaY: sigma * 0.7)
                let target = try FramePool(.alpha, width: 151, height: 100).frame()
                try target.drawShadow(
                    of: layer, LayerShadow(x: 9.3, y: -4.6, sigma: sigma, spread: 3.4, color: .black, alpha: 200))
                try target.matte(by: layer, x: 4, y: -6, brightness: true, inverted: false)
                return frame.bytes + target.bytes
            }
            #expect(drawn[0] == drawn[1] && drawn[1] == drawn[2], "sigma \(sigma)")
        }
    }

    /// A solid box in a clear layer.
    private static func box() throws -> Frame {
        let layer = try Frame.filled(.alpha, width: 100, height: 80, .white, alpha: 255)
        try layer.shape(
            .solid, by: LayerShape(box: Box(left: 30, top: 20, right: 70, bottom: 60)), map: .identity, opacity: 1)
        return layer
    }

    @Test(arguments: [(0.0, 12.0, 6.0), (2, 10.25, 7.5), (6, 20.3, 11.7), (25, -5, 3)])
    func `a shadow is the layer's alpha, blurred and moved`(sigma: Double, x: Double, y: Double) throws {
        let target = try FramePool(.alpha, width: 130, height: 110).frame()
        let color = YUVColor(y: 40, u: 100, v: 150)
        try target.drawShadow(of: try Self.box(), LayerShadow(x: x, y: y, sigma: sigma, color: color, alpha: 200))
        /// The share of a Gaussian between two lines; of a pixel, where there is no blur.
        func share(_ at: Int, _ low: Double, _ high: Double) -> Double {
            let middle = Double(at) + 0.5
            if sigma == 0 { return middle > low && middle < high ? 1 : 0 }
            // A pixel of the layer is as wide as a pixel, which widens the Gaussian.
            let wide = (sigma * sigma + 1.0 / 12).squareRoot() * 2.0.squareRoot()
            return (erf((high - middle) / wide) - erf((low - middle) / wide)) / 2
        }
        let wanted = Raster(width: 130, height: 110) {
            200 * share($0, 30 + x, 70 + x) * share($1, 20 + y, 60 + y)
        }
        let distance = Raster(target, 3).distance(to: wanted)
        #expect(distance <= 2.5, "\(distance)")
        #expect(target.bytes[0..<3] == (try Frame.filled(.alpha, width: 130, height: 110, color)).bytes[0..<3])
    }

    @Test(arguments: [6.0, 2.5, -4, -7.5, -30])
    func `a shadow that spreads grows, and one that shrinks vanishes at last`(spread: Double) throws {
        let target = try FramePool(.alpha, width: 120, height: 100).frame()
        try target.drawShadow(of: try Self.box(), LayerShadow(x: 8, y: 8, sigma: 0, spread: spread, color: .black))
        let alpha = Raster(target, 3)
        let (width, height) = (
            (0..<120).reduce(0) { $0 + alpha[$1, 48] } / 255, (0..<100).reduce(0) { $0 + alpha[58, $1] } / 255
        )
        let wanted = max(40 + 2 * spread, 0)
        #expect(abs(width - wanted) < 0.1 && abs(height - wanted) < 0.1, "\(width) × \(height)")
        // Growing rounds the corners: a quarter of a disc instead of a square.
        if spread > 0 {
            let area = alpha.values.reduce(0, +) / 255
            let round = wanted * wanted - (4 - .pi) * spread * spread
            #expect(abs(area - round) < 6 + spread, "\(area) instead of \(round)")
        }
    }

    @Test func `a shadow far away, or without numbers, is clear`() throws {
        let target = try FramePool(.alpha, width: 60, height: 50).frame()
        for (x, y, alpha) in [(1e9, 0, 255), (0, .nan, 255), (-500, 0, 255), (0, 0, 0)] {
            target.fill(.white)
            try target.drawShadow(of: try Self.box(), LayerShadow(x: x, y: y, sigma: 4, color: .black, alpha: alpha))
            #expect(target.plane(3).allSatisfy { $0 == 0 })
        }
        #expect(throws: LibavError.self) {
            try target.drawShadow(
                of: try .filled(.opaque, width: 8, height: 8, .black), LayerShadow(x: 0, y: 0, sigma: 4, color: .black))
        }
    }

    @Test(arguments: [false, true], [false, true])
    func `a mask multiplies alpha where it lies, and is nothing elsewhere`(brightness: Bool, inverted: Bool) throws {
        let layer = try Frame.filled(.alpha, width: 50, height: 40, .white, alpha: 200)
        let mask = try Frame.drawn(.alpha, width: 30, height: 20) { x, _ in
            let value = Double(x) / 29
            return (value, value, value, x < 10 ? 1 : 0.6)
        }
        try layer.matte(by: mask, x: -4, y: 10, brightness: brightness, inverted: inverted)
        let (found, luma, alpha) = (Raster(layer, 3), Raster(mask, 0), Raster(mask, 3))
        for y in 0..<40 {
            for x in 0..<50 {
                let (u, v) = (x + 4, y - 10)
                var share = 0.0
                if u < 30, v >= 0, v < 20 {
                    share = brightness ? min(max((luma[u, v] - 16) / 219, 0), 1) : alpha[u, v] / 255
                }
                #expect(abs(found[x, y] - 200 * (inverted ? 1 - share : share)) <= 1.5, "\(x), \(y)")
            }
        }
        #expect(throws: LibavError.self) { try layer.matte(by: mask, x: 1, y: 0, brightness: true, inverted: false) }
    }
}
