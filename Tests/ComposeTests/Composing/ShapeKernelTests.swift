// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// The outlines of layers, against the share of 256 points in each pixel that are inside.
struct ShapeKernelTests {
    private static let (width, height) = (160, 120)
    private static let box = Box(left: -50, top: -30, right: 50, bottom: 30)
    private static let (picture, rim) = (YUVColor(y: 180, u: 100, v: 160), YUVColor(y: 60, u: 140, v: 110))

    /// Maps the frame's pixels to coordinates about a point that is not quite its middle.
    private static func map(degrees: Double, x: Double = 1, y: Double = 1) -> Affine {
        let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        return Affine.translation(x: -80.3, y: -60.7).then(.rotation(cosine: cosine, sine: -sine)).then(
            .scale(x: 1 / x, y: 1 / y))
    }

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let map: Affine
        var corners = LayerShape.Corners.sharp
        /// The corners that are to be seen, if others were asked for than fit.
        var fitting: LayerShape.Corners?
        var content: Box?
        var border: (width: Double, alpha: Int)?
        var opacity = 1.0
    }

    static let cases = [
        Case(description: "turned", map: map(degrees: 17)),
        Case(description: "nearly straight", map: map(degrees: 0.1)),
        Case(description: "straight, between pixels", map: map(degrees: 0), opacity: 0.7),
        Case(
            description: "four corners", map: map(degrees: 30),
            corners: .init(leftTop: 10, rightTop: 20, rightBottom: 5, leftBottom: 30)),
        Case(
            description: "corners too large", map: map(degrees: 30),
            corners: .init(leftTop: 500, rightTop: 500, rightBottom: 500, leftBottom: 500),
            fitting: .init(leftTop: 30, rightTop: 30, rightBottom: 30, leftBottom: 30)),
        Case(
            description: "stretched", map: map(degrees: 20, x: 1.4, y: 0.7),
            corners: .init(leftTop: 15, rightTop: 15, rightBottom: 15, leftBottom: 15)),
        Case(
            description: "border", map: map(degrees: 10),
            corners: .init(leftTop: 12, rightTop: 12, rightBottom: 12, leftBottom: 12), border: (5.5, 255)),
        Case(
            description: "clear border", map: map(degrees: 10),
            corners: .init(leftTop: 12, rightTop: 4, rightBottom: 12, leftBottom: 0), border: (9, 128), opacity: 0.9),
        Case(
            description: "border around less", map: map(degrees: -25),
            corners: .init(leftTop: 12, rightTop: 12, rightBottom: 12, leftBottom: 12),
            content: Box(left: -50, top: -18.5, right: 50, bottom: 18.5), border: (4, 200)),
        Case(description: "border that fills it", map: map(degrees: 5), border: (40, 255)),
        Case(description: "mirrored", map: map(degrees: 33, x: -1), border: (3, 255)),
    ]

    /// Returns whether a point is inside of a box with round corners.
    private static func isInside(_ u: Double, _ v: Double, _ box: Box, _ corners: [Double]) -> Bool {
        guard u >= box.left, u <= box.right, v >= box.top, v <= box.bottom else { return false }
        let (fromLeft, fromTop, fromRight, fromBottom) = (u - box.left, v - box.top, box.right - u, box.bottom - v)
        let sides = [(fromLeft, fromTop), (fromRight, fromTop), (fromRight, fromBottom), (fromLeft, fromBottom)]
        for ((x, y), radius) in zip(sides, corners) where x < radius && y < radius {
            if (radius - x) * (radius - x) + (radius - y) * (radius - y) > radius * radius { return false }
        }
        return true
    }

    /// Returns alpha, and luma or chroma times alpha, of 0…1.
    private static func reference(_ test: Case, picture: Int, rim: Int) -> (alpha: Raster, color: Raster) {
        let corners = test.fitting ?? test.corners
        let radii = [corners.leftTop, corners.rightTop, corners.rightBottom, corners.leftBottom]
        let width = test.border?.width ?? 0, share = Double(test.border?.alpha ?? 0) / 255
        let inner = Box(
            left: box.left + width, top: box.top + width, right: box.right - width, bottom: box.bottom - width)
        let content = test.content ?? box
        let (innerRadii, sharp) = (radii.map { max($0 - width, 0) }, [0.0, 0, 0, 0])
        var colors: [Double] = []
        let alpha = Raster(width: Self.width, height: Self.height) { x, y in
            func sample(_ px: Double, _ py: Double) -> (alpha: Double, color: Double) {
                let u = test.map.a * px + test.map.b * py + test.map.c
                let v = test.map.d * px + test.map.e * py + test.map.f
                guard isInside(u, v, box, radii) else { return (0, 0) }
                let over = width > 0 && !isInside(u, v, inner, innerRadii) ? share : 0
                let shown = isInside(u, v, content, sharp) ? 1 - over : 0
                return (over + shown, over * Double(rim) + shown * Double(picture))
            }
            var (alpha, color) = (0.0, 0.0)
            // Most pixels lie on one side of all edges: nine points tell.
            let first = sample(Double(x), Double(y))
            var isEven = true
            for point in 1..<9 where isEven {
                isEven = sample(Double(x) + Double(point % 3) / 2, Double(y) + Double(point / 3) / 2) == first
            }
            if isEven {
                (alpha, color) = (first.alpha * 256, first.color * 256)
            } else {
                for point in 0..<256 {
                    let found = sample(
                        Double(x) + (Double(point % 16) + 0.5) / 16, Double(y) + (Double(point / 16) + 0.5) / 16)
                    alpha += found.alpha
                    color += found.color
                }
            }
            colors.append(color / 256 * test.opacity)
            return alpha / 256 * test.opacity
        }
        var color = alpha
        color.values = colors
        return (alpha, color)
    }

    @Test(arguments: cases) func `a shape covers each pixel by the share that is inside`(test: Case) throws {
        let frame = try Frame.filled(.alpha, width: Self.width, height: Self.height, Self.picture, alpha: 7)
        let border = test.border.map { LayerShape.Border(width: $0.width, color: Self.rim, alpha: $0.alpha) }
        try frame.shape(
            .solid, by: LayerShape(box: Self.box, corners: test.corners, content: test.content, border: border),
            map: test.map,
            opacity: test.opacity)
        let (alpha, luma) = Self.reference(test, picture: Self.picture.y, rim: Self.rim.y)
        let found = Raster(frame, 3)
        func over(_ alpha: Raster, _ color: Raster) -> Raster {
            Raster(width: alpha.width, height: alpha.height) { 16 * (1 - alpha[$0, $1]) + color[$0, $1] }
        }
        let cover = Raster(width: Self.width, height: Self.height) { found[$0, $1] / 255 }
        let drawn = Raster(frame, 0)
        let ours = over(cover, Raster(width: Self.width, height: Self.height) { drawn[$0, $1] * cover[$0, $1] })
        let theirs = over(alpha, luma)
        let isEdge = { (index: Int) in alpha.values[index] > 0 && alpha.values[index] < test.opacity * 0.999 }
        #expect(ours.decibels(to: theirs) >= 45, "\(ours.decibels(to: theirs)) dB")
        #expect(ours.decibels(to: theirs, where: isEdge) >= 36, "edges \(ours.decibels(to: theirs, where: isEdge)) dB")
        let u = Self.reference(test, picture: Self.picture.u, rim: Self.rim.u).color.halved
        let (quarter, wanted, chroma) = (cover.halved, alpha.halved, Raster(frame, 1))
        let oursU = Raster(width: 80, height: 60) { 128 * (1 - quarter[$0, $1]) + chroma[$0, $1] * quarter[$0, $1] }
        let theirsU = Raster(width: 80, height: 60) { 128 * (1 - wanted[$0, $1]) + u[$0, $1] }
        #expect(oursU.decibels(to: theirsU) >= 45, "U \(oursU.decibels(to: theirsU)) dB")
    }

    @Test(arguments: [Frame.Format.opaque, .alpha], [17, 0.1, 45])
    func `a turned box has no dark and no light rim, on black and in colours`(format: Frame.Format, degrees: Double)
        throws
    {
        let red = YUVColor(red: 255, green: 0, blue: 0), green = YUVColor(red: 0, green: 255, blue: 0)
        for (color, ground) in [(YUVColor.white, YUVColor.black), (red, green), (.black, .white)] {
            // An opaque picture of one colour, or one with alpha that has the box in its middle.
            let source = try Frame.filled(format, width: 120, height: 80, color)
            if format == .alpha {
                let inside = LayerShape(box: Box(left: 10, top: 10, right: 110, bottom: 70))
                try source.shape(.solid, by: inside, map: .identity, opacity: 1)
                let clear = try Frame.filled(.opaque, width: 120, height: 80, YUVColor(y: 16, u: 128, v: 128))
                try clear.paint(source, x: 0, y: 0)  // over "no colour": premultiplied
                try source.copy(from: clear)
            }
            let target = try FramePool(.alpha, width: 160, height: 120).frame()
            let map = TransformKernelTests.map(
                (120, 80), (160, 120), degrees: degrees, x: 0.9, y: 0.9, offset: (0.3, 0.6))
            let whole = Box(left: 0, top: 0, right: 120, bottom: 80)
            try Pyramid(source).draw(into: target, map: map, shown: whole)
            try target.shape(
                format == .alpha ? .premultiplied : .solid, by: LayerShape(box: whole), map: map, opacity: 1)
            let picture = try Frame.filled(.opaque, width: 160, height: 120, ground)
            try picture.paint(target, x: 0, y: 0)
            for (plane, (a, b)) in [(color.y, ground.y), (color.u, ground.u), (color.v, ground.v)].enumerated() {
                let found = Raster(picture, plane).values
                let (low, high) = (Double(min(a, b)) - 1, Double(max(a, b)) + 1)
                #expect(
                    found.allSatisfy { $0 >= low && $0 <= high },
                    "plane \(plane): \(found.min() ?? 0)…\(found.max() ?? 0)")
                #expect(found.contains(Double(a)) && found.contains(Double(b)))
            }
        }
    }

    @Test func `colours are made straight, and alpha is multiplied by opacity`() throws {
        let frame = try Frame.drawn(.alpha, width: 32, height: 32) { _, _ in (0.8, 0.4, 0.2, 0.5) }
        let wanted = YUVColor(red: 204, green: 102, blue: 51)
        let box = Box(left: 0, top: 0, right: 32, bottom: 32)
        try frame.shape(.premultiplied, by: LayerShape(box: box), map: .identity, opacity: 0.5)
        let (y, u, v, alpha) = (Raster(frame, 0), Raster(frame, 1), Raster(frame, 2), Raster(frame, 3))
        #expect(
            abs(y[9, 9] - Double(wanted.y)) <= 1.5 && abs(u[4, 4] - Double(wanted.u)) <= 1.5
                && abs(v[4, 4] - Double(wanted.v)) <= 1.5)
        #expect(alpha.values.allSatisfy { abs($0 - 64) <= 1 })
    }

    @Test func `a shape without numbers or size is invisible, and an opaque frame is refused`() throws {
        let good = Box(left: 0, top: 0, right: 40, bottom: 30)
        let flat = Affine(a: 1, b: 1, c: 0, d: 1, e: 1, f: 0)
        let none: [(Box, Affine, Double)] = [
            (Box(left: .nan, top: 0, right: 40, bottom: 30), .identity, 1),
            (Box(left: 9, top: 9, right: 9, bottom: 20), .identity, 1),
            (good, flat, 1), (good, .scale(x: .infinity, y: 1), 1), (good, .identity, .nan), (good, .identity, 0),
        ]
        for (box, map, opacity) in none {
            let frame = try Frame.filled(.alpha, width: 40, height: 30, .white)
            try frame.shape(.solid, by: LayerShape(box: box), map: map, opacity: opacity)
            #expect(frame.plane(3).allSatisfy { $0 == 0 })
        }
        let opaque = try Frame.filled(.opaque, width: 40, height: 30, .white)
        #expect(throws: LibavError.self) {
            try opaque.shape(.solid, by: LayerShape(box: good), map: .identity, opacity: 1)
        }
    }
}
