// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A picture of a function of the place, which is a file for the engine and a formula for the reference.
struct PaintedPicture {
    typealias RGB = (red: Double, green: Double, blue: Double)

    let width: Int
    let height: Int
    let color: @Sendable (_ x: Double, _ y: Double) -> RGB

    /// Waves of many directions, the shortest of which are about 20 pixels long.
    static let waves = PaintedPicture(width: 160, height: 120) { x, y in
        func wave(_ a: Double, _ b: Double) -> Double { sin(a * x + b * y) }
        return (
            0.5 + 0.2 * wave(0.21, 0.11) + 0.15 * wave(-0.05, 0.09),
            0.5 + 0.2 * wave(-0.12, 0.19) + 0.1 * wave(0.04, 0.02),
            0.5 + 0.2 * wave(0.07, -0.15) + 0.15 * wave(0.03, 0.05)
        )
    }

    /// Magenta on the left and green on the right, with a soft, upright edge in the middle.
    static let edge = PaintedPicture(width: 160, height: 120) { x, _ in
        let share = 1 / (1 + exp(-(x - 80) / 1.5))
        return (0.88 - 0.76 * share, 0.12 + 0.76 * share, 0.88 - 0.76 * share)
    }

    /// Writes the picture as a BMP file of 24 bits and returns its path.
    @discardableResult
    func write(to path: String) throws -> String {
        let stride = (width * 3 + 3) / 4 * 4
        var bytes: [UInt8] = []
        func add(_ value: Int, _ count: Int) {
            for byte in 0..<count { bytes.append(UInt8(value >> (8 * byte) & 255)) }
        }
        bytes += [0x42, 0x4d]
        for (value, count) in [
            (54 + stride * height, 4), (0, 4), (54, 4), (40, 4), (width, 4), (height, 4), (1, 2), (24, 2), (0, 4),
            (stride * height, 4), (2835, 4), (2835, 4), (0, 4), (0, 4),
        ] { add(value, count) }
        for y in (0..<height).reversed() {
            for x in 0..<width {
                let c = color(Double(x) + 0.5, Double(y) + 0.5)
                for part in [c.blue, c.green, c.red] { bytes.append(UInt8((min(max(part, 0), 1) * 255).rounded())) }
            }
            bytes += [UInt8](repeating: 0, count: stride - width * 3)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}

/// A renderer of one layer in floating point: each pixel is the mean of many points, each of which is looked up backwards.
struct LayerReference {
    typealias RGB = PaintedPicture.RGB
    struct Shade {
        var color: RGB
        var alpha, sigma: Double
        var x, y: Int
    }

    var width = 96
    var height = 64
    var background: RGB = (0.2, 0.3, 0.25)
    /// The picture, and what is cut off it in its pixels: left, top, right, bottom.
    var picture = PaintedPicture.waves
    var crop = (left: 0.0, top: 0.0, right: 0.0, bottom: 0.0)
    /// The box, which the picture covers.
    var box = (left: 0.0, top: 0.0, width: 96.0, height: 64.0)
    /// From the top left on, clockwise.
    var radii = [0.0, 0, 0, 0]
    var border: (width: Double, color: RGB)?
    var flipsX = false
    var flipsY = false
    /// As fractions of the box.
    var anchor = (x: 0.5, y: 0.5)
    var scale = (x: 1.0, y: 1.0)
    var degrees = 0.0
    var shadow: Shade?
    var opacity = 1.0

    private static let margin = 20
    private static let samples = 8

    /// Premultiplied colours and coverage, with a margin around the canvas.
    private func layer() -> [(color: RGB, alpha: Double)] {
        let (wide, high) = (width + 2 * Self.margin, height + 2 * Self.margin)
        let count = Double(Self.samples * Self.samples)
        return (0..<wide * high).map { index in
            var sum: (color: RGB, alpha: Double) = ((0, 0, 0), 0)
            for sample in 0..<Self.samples * Self.samples {
                let x =
                    Double(index % wide - Self.margin) + (Double(sample % Self.samples) + 0.5) / Double(Self.samples)
                let y =
                    Double(index / wide - Self.margin) + (Double(sample / Self.samples) + 0.5) / Double(Self.samples)
                guard let color = color(x, y) else { continue }
                sum.color.red += color.red / count
                sum.color.green += color.green / count
                sum.color.blue += color.blue / count
                sum.alpha += 1 / count
            }
            return sum
        }
    }

    /// The colour of the layer at a point of the canvas; `nil` outside of it.
    private func color(_ x: Double, _ y: Double) -> RGB? {
        let (pivotX, pivotY) = (box.left + anchor.x * box.width, box.top + anchor.y * box.height)
        let angle = -degrees * .pi / 180
        let (dx, dy) = (x - pivotX, y - pivotY)
        var u = (dx * cos(angle) - dy * sin(angle)) / scale.x + pivotX - box.left
        var v = (dx * sin(angle) + dy * cos(angle)) / scale.y + pivotY - box.top
        if flipsX { u = box.width - u }
        if flipsY { v = box.height - v }
        guard isInside(u, v, by: 0) else { return nil }
        if let border, !isInside(u, v, by: border.width) { return border.color }
        let (keptWidth, keptHeight) = (
            Double(picture.width) - crop.left - crop.right, Double(picture.height) - crop.top - crop.bottom
        )
        let zoom = max(box.width / keptWidth, box.height / keptHeight)
        return picture.color(
            crop.left + keptWidth / 2 + (u - box.width / 2) / zoom,
            crop.top + keptHeight / 2 + (v - box.height / 2) / zoom)
    }

    /// Whether a point of the box lies inside of its outline, or of the one that lies a distance further inside.
    private func isInside(_ u: Double, _ v: Double, by inset: Double) -> Bool {
        let (left, top, right, bottom) = (inset, inset, box.width - inset, box.height - inset)
        guard u >= left, u < right, v >= top, v < bottom else { return false }
        for (index, radius) in radii.enumerated() {
            let radius = max(radius - inset, 0)
            let (isRight, isLower) = (index == 1 || index == 2, index >= 2)
            let (x, y) = (isRight ? right - radius : left + radius, isLower ? bottom - radius : top + radius)
            if (isRight ? u > x : u < x), isLower ? v > y : v < y, hypot(u - x, v - y) > radius { return false }
        }
        return true
    }

    /// Returns a plane convolved with a Gaussian.
    private func blurred(_ plane: [Double], _ sigma: Double) -> [Double] {
        let (wide, high) = (width + 2 * Self.margin, height + 2 * Self.margin)
        let reach = Int(4 * sigma) + 1
        var weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let total = weights.reduce(0, +)
        weights = weights.map { $0 / total }
        func pass(_ plane: [Double], _ stepX: Int, _ stepY: Int) -> [Double] {
            plane.indices.map { index in
                var sum = 0.0
                for (tap, weight) in weights.enumerated() {
                    let (x, y) = (index % wide + (tap - reach) * stepX, index / wide + (tap - reach) * stepY)
                    if (0..<wide).contains(x), (0..<high).contains(y) { sum += weight * plane[y * wide + x] }
                }
                return sum
            }
        }
        return pass(pass(plane, 1, 0), 0, 1)
    }

    /// Returns Y, U and V of the frame, and the pixels that lie within two of an edge, for each plane.
    func rendered() -> (planes: [Raster], edges: [[Bool]]) {
        let wide = width + 2 * Self.margin
        let layer = layer()
        let shade = shadow.map { blurred(layer.map(\.alpha), $0.sigma) }
        func at(_ x: Int, _ y: Int) -> Int { (y + Self.margin) * wide + x + Self.margin }
        func composed(_ x: Int, _ y: Int) -> RGB {
            let (x, y) = (min(max(x, 0), width - 1), min(max(y, 0), height - 1))
            let top = layer[at(x, y)]
            var dark = 0.0
            if let shadow, let shade { dark = shade[at(x - shadow.x, y - shadow.y)] * shadow.alpha }
            func mixed(_ part: KeyPath<RGB, Double>) -> Double {
                let below = background[keyPath: part]
                let shaded = below * (1 - dark) + (shadow?.color[keyPath: part] ?? 0) * dark
                return below + (top.color[keyPath: part] + shaded * (1 - top.alpha) - below) * opacity
            }
            return (mixed(\.red), mixed(\.green), mixed(\.blue))
        }
        func luma(_ c: RGB) -> Double { 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue }
        let y = Raster(width: width, height: height) { 16 + 219 * luma(composed($0, $1)) }
        // Chroma lies on the left of two columns, and between two rows.
        func chroma(_ part: KeyPath<RGB, Double>, _ divisor: Double) -> Raster {
            Raster(width: width / 2, height: height / 2) { column, row in
                var sum = 0.0
                for (step, weight) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
                    for line in 0...1 {
                        let color = composed(2 * column + step, 2 * row + line)
                        sum += weight / 2 * (color[keyPath: part] - luma(color)) / divisor
                    }
                }
                return 128 + 224 * sum
            }
        }
        func isEdge(_ x: Int, _ y: Int) -> Bool {
            var (low, high) = (1.0, 0.0)
            for line in -2...2 {
                for step in -2...2 {
                    let alpha = layer[at(x + step, y + line)].alpha
                    (low, high) = (min(low, alpha), max(high, alpha))
                }
            }
            return low < high
        }
        let edges = (0..<width * height).map { isEdge($0 % width, $0 / width) }
        let half = (0..<width * height / 4).map { index in
            edges[2 * (index / (width / 2)) * width + 2 * (index % (width / 2))]
        }
        return ([y, chroma(\.blue, 1.8556), chroma(\.red, 1.5748)], [edges, half, half])
    }
}

extension Planes {
    /// A plane as numbers.
    func raster(_ plane: Int) -> Raster {
        let wide = plane == 0 ? width : (width + 1) / 2
        return Raster(width: wide, height: plane == 0 ? height : (height + 1) / 2) {
            Double(planes[plane][$1 * wide + $0])
        }
    }
}
