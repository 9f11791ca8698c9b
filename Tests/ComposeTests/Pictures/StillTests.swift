// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

struct StillTests {
    /// Returns a picture drawn pixel for pixel on a canvas of its own size, rounded up to even sides.
    private func drawn(_ name: String, width: Int, height: Int, fit: Fit = .none) throws -> Planes {
        try composed(
            Edit(size: PixelSize(width: width, height: height)) {
                Track { ImageClip("inputs/" + name, duration: .seconds(1), fit: fit) }
            }, frame: 0)
    }

    private func expect(
        _ planes: Planes, at x: Int, _ y: Int, is red: UInt8, _ green: UInt8, _ blue: UInt8, within: Int = 1,
        location: SourceLocation = #_sourceLocation
    ) {
        let expected = YUVColor(red: red, green: green, blue: blue)
        let (u, v) = planes.chroma(x, y)
        #expect(abs(planes.luma(x, y) - expected.y) <= within, "Y at \(x),\(y)", sourceLocation: location)
        #expect(abs(u - expected.u) <= within, "U at \(x),\(y)", sourceLocation: location)
        #expect(abs(v - expected.v) <= within, "V at \(x),\(y)", sourceLocation: location)
    }

    @Test(arguments: ["white.jpg", "white.png"])
    func `white stays white`(_ name: String) throws {
        let planes = try drawn(name, width: 64, height: 64)
        #expect(planes.planes[0].allSatisfy { $0 == 235 })
        #expect(planes.planes[1].allSatisfy { $0 == 128 } && planes.planes[2].allSatisfy { $0 == 128 })
    }

    @Test func `pure red of a JPEG comes back as BT 709 says`() throws {
        let planes = try drawn("red.jpg", width: 64, height: 64, fit: .fill)
        // The file contains (254, 0, 0).
        expect(planes, at: 32, 32, is: 254, 0, 0)
    }

    @Test(
        arguments: [
            (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255), (128, 128, 128),
            (18, 52, 86), (1, 2, 3), (250, 240, 230),
        ] as [(UInt8, UInt8, UInt8)])
    func `a flat colour is within one code value of the BT 709 formula`(_ red: UInt8, _ green: UInt8, _ blue: UInt8)
        throws
    {
        let planes = try composed(
            Edit(size: PixelSize(width: 32, height: 32)) {
                Track { ColorClip(Color(red: red, green: green, blue: blue), duration: .seconds(1)) }
            }, frame: 0)
        expect(planes, at: 16, 16, is: red, green, blue)
    }

    @Test(arguments: 1...8)
    func `a JPEG lies upright whatever its EXIF orientation`(_ orientation: Int) throws {
        let upright = try drawn("orient1.jpg", width: 48, height: 32)
        let turned = try drawn("orient\(orientation).jpg", width: 48, height: 32)
        #expect(turned.lowestPSNR(upright) > 38)
    }

    @Test(arguments: ["orient6.png", "orient6.webp"])
    func `PNG and WebP are turned upright by their EXIF too`(_ name: String) throws {
        let upright = try drawn("orient1.jpg", width: 48, height: 32)
        #expect(try drawn(name, width: 48, height: 32).psnr(upright, plane: 0) > 30)
    }

    @Test func `sixteen bit pictures look like eight bit ones`() throws {
        let deep = try drawn("rgb16.png", width: 160, height: 120, fit: .cover)
        let usual = try drawn("gradient.png", width: 160, height: 120, fit: .cover)
        #expect(deep.planes[0].count == usual.planes[0].count)
        #expect(Set(deep.planes[0]).count > 20)
    }

    @Test(arguments: ["gray.jpg", "gray16.png"])
    func `greyscale pictures have no colour`(_ name: String) throws {
        let planes = try drawn(name, width: 64, height: 64, fit: .cover)
        #expect(planes.planes[1].allSatisfy { $0 == 128 } && planes.planes[2].allSatisfy { $0 == 128 })
        #expect(Set(planes.planes[0]).count > 20)
    }

    @Test(arguments: [
        "cmyk.jpg", "palette.png", "alpha.webp", "photo.webp", "anim.gif", "picture.tiff", "picture.bmp", "odd.png",
        "alpha.png",
    ])
    func `every kind of picture can be read`(_ name: String) throws {
        let planes = try drawn(name, width: 100, height: 66, fit: .cover)
        #expect(Set(planes.planes[0]).count > 1)
    }

    @Test func `one pixel fills a canvas evenly`() throws {
        let planes = try drawn("pixel.png", width: 320, height: 180, fit: .cover)
        for plane in planes.planes { #expect(Set(plane).count == 1) }
    }

    @Test func `an odd picture is drawn pixel for pixel`() throws {
        // 101 × 67 in the middle of 102 × 68 is half a pixel off the grid; anchored at the corner it is on the grid.
        let edit = Edit(size: PixelSize(width: 102, height: 68)) {
            Track {
                ImageClip("inputs/odd.png", duration: .seconds(1), fit: .none)
                    .size(width: .pixels(101), height: .pixels(67)).position(x: 0, y: 0, anchor: .topLeft)
            }
        }
        let planes = try composed(edit, frame: 0)
        #expect(planes.luma(101, 10) == 16 && planes.luma(10, 67) == 16)
        #expect(planes.luma(100, 10) != 16)
    }

    @Test func `a canvas shows its background where nothing is drawn`() throws {
        let edit = Edit(size: PixelSize(width: 64, height: 64), background: Color(red: 16, green: 16, blue: 20)) {
            Track {
                Gap(.seconds(1))
                ColorClip(.white, duration: .seconds(1))
            }
        }
        expect(try composed(edit, frame: 3), at: 10, 10, is: 16, 16, 20)
        expect(try composed(edit, frame: 30), at: 10, 10, is: 255, 255, 255)
    }

    @Test func `containBlur shows the whole picture over a soft one without bars`() throws {
        let edit = Edit(size: PixelSize(width: 180, height: 320)) {
            Track { ImageClip("inputs/gradient.png", duration: .seconds(1), fit: .containBlur) }
        }
        let planes = try composed(edit, frame: 0)
        let top = (0..<180).map { planes.luma($0, 20) }
        #expect(top.allSatisfy { $0 > 16 })
        let steps = zip(top, top.dropFirst()).map { abs($0 - $1) }
        #expect((steps.max() ?? 0) <= 4, "the backdrop is soft")
    }

    @Test(arguments: ["gray.jpg", "white.png", "pixel.png"])
    func `a soft backdrop is even up to its edges`(_ name: String) throws {
        let edit = Edit(size: PixelSize(width: 180, height: 320)) {
            Track { ImageClip("inputs/" + name, duration: .seconds(1), fit: .containBlur) }
        }
        let planes = try composed(edit, frame: 0)
        let inner = planes.chroma(90, 40)
        for (x, y) in [(0, 0), (90, 0), (179, 0), (0, 319), (90, 319), (179, 319), (90, 2), (90, 317)] {
            let edge = planes.chroma(x, y)
            #expect(abs(edge.u - inner.u) <= 1 && abs(edge.v - inner.v) <= 1, "at \(x),\(y): \(edge)")
        }
    }
}
