// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Libav

/// A shape in white on black, for masks.
package struct ShapeSource: PictureSource {
    /// The corners of a polygon as fractions of the picture's sides.
    package var points: [Anchor]
    /// The size of the picture in pixels; both sides are even.
    package var size: PixelSize

    init(_ mask: ClipMask.Shape, _ points: [Anchor], _ size: PixelSize) {
        self.size = size
        switch mask {
        case .path: self.points = points
        case .rectangle: self.points = [.topLeft, .topRight, .bottomRight, .bottomLeft]
        case .ellipse:
            // With so many corners it lies a hundredth of a pixel beside the true one at most.
            let count = min(max(Int(Double(max(size.width, size.height)).squareRoot() * 16), 64), 2048)
            self.points = (0..<count).map {
                let angle = Double($0) / Double(count) * 2 * .pi
                return Anchor(x: 0.5 + cos(angle) / 2, y: 0.5 + sin(angle) / 2)
            }
        }
    }

    package var bytes: Int { size.width * size.height * 3 / 2 }

    package func mark(_ hash: inout StableHash) {
        hash.add(points.count)
        hash.add(size.width)
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(10)
        bytes.add(points.count)
        for point in points {
            bytes.add(point.x)
            bytes.add(point.y)
        }
        bytes.add(size)
    }

    package var description: String { "shape of \(points.count) points, \(size)" }

    package var json: [String: JSONValue] {
        [
            "kind": .string("shape"), "copy": size.json, "bytes": .int(bytes),
            "points": .array(points.map { .object(["x": .real($0.x), "y": .real($0.y)]) }),
        ]
    }

    package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        let drawn = try FramePool(.opaque, width: size.width, height: size.height).frame()
        try drawn.drawPolygon(points.map { ($0.x * Double(size.width), $0.y * Double(size.height)) })
        return ShapeReader(frame: drawn)
    }
}

/// The reader of a shape, which is drawn once.
private final class ShapeReader: PictureReader {
    private let frame: Frame

    init(frame: Frame) { self.frame = frame }

    func picture(at frame: Int) -> SourcePicture { .pixels(self.frame) }
}
