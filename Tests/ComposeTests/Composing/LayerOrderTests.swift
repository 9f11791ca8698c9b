// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Crop, fit, corners, border, flip, scale, turn, shadow and opacity together, through the whole engine.
struct LayerOrderTests {
    private static let background = Color(red: 51, green: 77, blue: 64)
    private static let reference = changed(LayerReference()) {
        $0.background = (51.0 / 255, 77.0 / 255, 64.0 / 255)
        $0.box = (left: 22, top: 15, width: 50, height: 34)
    }

    /// Returns the frame of an edit with one layer in the reference's box.
    private func frame(_ change: (inout Visual) -> Void) async throws -> Planes {
        try await Fixtures.withTemporaryFolder { folder in
            let path = try PaintedPicture.waves.write(to: folder + "/waves.bmp")
            var clip = ImageClip(path, duration: .seconds(1)).size(width: 50, height: 34)
                .position(x: 22, y: 15, anchor: .topLeft)
            change(&clip.visual)
            let edit = Edit(size: PixelSize(width: 96, height: 64), background: Self.background) { Track { clip } }
            return try composed(edit, frame: 7)
        }
    }

    /// Checks a frame against the reference's, everywhere and near its edges.
    private func check(_ frame: Planes, _ reference: LayerReference, edges: Double = 36) {
        let wanted = reference.rendered()
        for plane in 0..<3 {
            let found = frame.raster(plane)
            let everywhere = found.decibels(to: wanted.planes[plane])
            let near = found.decibels(to: wanted.planes[plane]) { wanted.edges[plane][$0] }
            #expect(everywhere >= 40, "plane \(plane): \(everywhere) dB")
            #expect(near >= edges, "plane \(plane), near edges: \(near) dB")
        }
    }

    @Test func `a picture is cropped before it is fitted into its box`() async throws {
        let frame = try await frame {
            $0.crop = Crop(left: .constant(.percent(25)), top: 12, right: 8, bottom: .constant(.percent(5)))
        }
        // Edges of upright boxes are those of whole pixels in chroma too, and not soft as the reference's are.
        check(frame, changed(Self.reference) { $0.crop = (left: 40, top: 12, right: 8, bottom: 6) }, edges: 31)
    }

    @Test func `corners and the border are those of the box, and turn with it`() async throws {
        let frame = try await frame {
            $0.cornerRadius = Corners(topLeft: 12, topRight: 4, bottomRight: 15, bottomLeft: 0)
            $0.border = Border(.constant(Color(red: 230, green: 200, blue: 120)), width: 3)
            $0.rotation = 17
            $0.anchor = .center
            $0.position = .constant(Position(x: 47, y: 32))
        }
        check(
            frame,
            changed(Self.reference) {
                $0.radii = [12, 4, 15, 0]
                $0.border = (3, (230.0 / 255, 200.0 / 255, 120.0 / 255))
                $0.degrees = 17
            })
    }

    @Test(arguments: [Flip.horizontal, .vertical, .both])
    func `a layer is mirrored in its box before it is turned`(flip: Flip) async throws {
        let frame = try await frame {
            $0.flip = flip
            $0.rotation = -33
            $0.scale = .constant(Scale(x: 0.9, y: 1.2))
            $0.cornerRadius = Corners(topLeft: 14)
            $0.anchor = .center
            $0.position = .constant(Position(x: 47, y: 32))
        }
        check(
            frame,
            changed(Self.reference) {
                ($0.flipsX, $0.flipsY) = (flip != .vertical, flip != .horizontal)
                $0.degrees = -33
                $0.scale = (0.9, 1.2)
                $0.radii = [14, 0, 0, 0]
            })
    }

    @Test(arguments: [(0.0, 0.0), (1, 1), (0.2, 0.9)])
    func `a layer is scaled along its own axes, and then turned, about its anchor`(x: Double, y: Double) async throws {
        let frame = try await frame {
            $0.anchor = Anchor(x: x, y: y)
            $0.position = .constant(Position(x: .pixels(22 + 50 * x), y: .pixels(15 + 34 * y)))
            $0.scale = .constant(Scale(x: 1.15, y: 0.7))
            $0.rotation = 24
        }
        check(
            frame,
            changed(Self.reference) {
                $0.anchor = (x, y)
                $0.scale = (1.15, 0.7)
                $0.degrees = 24
            })
    }

    @Test func `a shadow falls on what lies below, and does not turn with its layer`() async throws {
        let frame = try await frame {
            $0.rotation = 40
            $0.scale = 0.7
            $0.shadow = Shadow(.constant(Color(red: 20, green: 0, blue: 40, alpha: 204)), blur: 6, x: 5, y: 3)
            $0.anchor = .center
            $0.position = .constant(Position(x: 47, y: 32))
        }
        check(
            frame,
            changed(Self.reference) {
                $0.degrees = 40
                $0.scale = (0.7, 0.7)
                $0.shadow = LayerReference.Shade(color: (20.0 / 255, 0, 40.0 / 255), alpha: 0.8, sigma: 3, x: 5, y: 3)
            })
    }

    @Test func `opacity applies to the layer with its shadow, and everything comes in its order`() async throws {
        let frame = try await frame {
            $0.crop = Crop(left: 30, bottom: 20)
            $0.cornerRadius = Corners(topLeft: 10, topRight: 3, bottomRight: 10, bottomLeft: 6)
            $0.border = Border(.constant(Color(red: 240, green: 240, blue: 200)), width: 2)
            $0.flip = .horizontal
            $0.anchor = Anchor(x: 0.3, y: 0.6)
            $0.position = .constant(Position(x: .pixels(22 + 15), y: .pixels(15 + 34 * 0.6)))
            $0.scale = .constant(Scale(x: 1.1, y: 0.8))
            $0.rotation = -12
            $0.shadow = Shadow(.constant(Color(red: 0, green: 0, blue: 0, alpha: 153)), blur: 8, x: -4, y: 6)
            $0.opacity = 0.6
        }
        check(
            frame,
            changed(Self.reference) {
                $0.crop = (left: 30, top: 0, right: 0, bottom: 20)
                $0.radii = [10, 3, 10, 6]
                $0.border = (2, (240.0 / 255, 240.0 / 255, 200.0 / 255))
                $0.flipsX = true
                $0.anchor = (0.3, 0.6)
                $0.scale = (1.1, 0.8)
                $0.degrees = -12
                $0.shadow = LayerReference.Shade(color: (0, 0, 0), alpha: 0.6, sigma: 4, x: -4, y: 6)
                $0.opacity = 0.6
            })
    }

    @Test(arguments: [3.0, 17, 45, 80]) func `a turned white box on black has no rim darker or lighter than both`(
        degrees: Double
    ) throws {
        let edit = Edit(size: PixelSize(width: 96, height: 64), background: .black) {
            Track { ColorClip(.white, duration: .seconds(1)).size(width: 40, height: 30).rotation(.constant(degrees)) }
            Track {
                ImageClip("inputs/white.png", duration: .seconds(1)).size(width: 10, height: 12).position(x: 80, y: 20)
                    .rotation(.constant(degrees))
            }
        }
        let frame = try composed(edit, frame: 0)
        #expect(frame.planes[0].allSatisfy { (16...235).contains($0) })
        #expect(frame.planes[1].allSatisfy { (127...129).contains($0) })
        #expect(frame.planes[2].allSatisfy { (127...129).contains($0) })
        // Luma grows from the background to the box and falls back, and does nothing else on its way.
        for row in 8..<56 {
            let line = (0..<66).map { frame.luma($0, row) }
            let top = line.firstIndex(of: line.max() ?? 0) ?? 0
            #expect(zip(line[...top], line[...top].dropFirst()).allSatisfy { $0 <= $1 }, "row \(row)")
            let last = line.lastIndex(of: line.max() ?? 0) ?? 0
            #expect(line[top...last].allSatisfy { $0 == line[top] }, "row \(row)")
            #expect(zip(line[last...], line[last...].dropFirst()).allSatisfy { $0 >= $1 }, "row \(row)")
        }
    }
}
