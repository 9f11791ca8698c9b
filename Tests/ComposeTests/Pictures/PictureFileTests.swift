// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Picture files as they are met: with tags nobody knows, broken extras, and colours of other spaces.
///
/// They were made by Pillow, tifffile, ImageMagick and ffmpeg, or by hand.
struct PictureFileTests {
    /// Returns a picture on a canvas of its own size.
    private func drawn(_ name: String, width: Int, height: Int) throws -> Planes {
        let edit = Edit(size: PixelSize(width: width, height: height)) {
            Track { ImageClip("pictures/" + name, duration: .seconds(1), fit: .fill) }
        }
        return try composed(edit, frame: 0)
    }

    private static let tiffs = [
        "exif34665.tif", "from-ffmpeg.tif", "from-pillow-dpi.tif", "from-pillow.tif", "from-tifffile.tif",
        "gps34853.tif",
        "minmax280_281.tif", "orientation274_1.tif", "primaries319.tif", "resunit296.tif", "sampleformat339.tif",
        "whitepoint318.tif", "xmp700.tif", "xres282_283.tif",
    ]

    @Test(arguments: tiffs)
    func `tags that say nothing about the pixels change nothing`(_ name: String) throws {
        let plain = try drawn("plain.tif", width: 32, height: 24)
        let tagged = try drawn(name, width: 32, height: 24)
        #expect(plain.planes == tagged.planes)
    }

    @Test func `a TIFF is turned upright`() throws {
        let stored = try drawn("orientation274_1.tif", width: 32, height: 24)
        let turned = try drawn("orientation274_6.tif", width: 24, height: 32)
        // A quarter turn clockwise: the first column from below is the first row.
        let column = (0..<32).map { turned.planes[0][$0 * 24 + 23] }
        #expect(zip(column, stored.planes[0][0..<32]).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    }

    @Test func `what we write as TIFF we read`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: PixelSize(width: 64, height: 48)) {
                Track { ImageClip(Fixtures.input("gradient.png"), duration: .seconds(1)) }
            }
            try await Renderer().still(edit, at: .zero, in: Fixtures.folder, to: folder + "/still.tiff")
            let again = Edit(size: PixelSize(width: 64, height: 48)) {
                Track { ImageClip(folder + "/still.tiff", duration: .seconds(1)) }
            }
            let (first, second) = (try composed(edit, frame: 0), try composed(again, frame: 0))
            #expect(zip(first.planes[0], second.planes[0]).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
        }
    }

    @Test(arguments: ["MPF\0", "http://ns.adobe.com/hdr-gain-map/1.0/"])
    func `a second picture behind the first changes nothing`(_ mark: String) async throws {
        // A stereo picture (MPO, CIPA DC-007) and one with a gain map: a mark in the header, and another JPEG at the end.
        let first = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/displayp3-v4.jpg")))
        let second = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/ycck-1x1.jpg")))
        let text = Array(mark.utf8)
        let segment = [0xFF, 0xE2, 0, UInt8(text.count + 2)] + text
        try await Fixtures.withTemporaryFolder { folder in
            try Data(first[0..<2] + segment + first[2...] + second).write(to: URL(fileURLWithPath: folder + "/a.jpg"))
            let edit = Edit(size: PixelSize(width: 64, height: 48)) {
                Track { ImageClip(folder + "/a.jpg", duration: .seconds(1), fit: .fill) }
            }
            let (found, expected) = (try composed(edit, frame: 0), try drawn("displayp3-v4.jpg", width: 64, height: 48))
            #expect(found.planes == expected.planes)
        }
    }

    @Test(arguments: ["iccp-garbage.png", "bad-crc-iccp.png", "iend-badcrc.png"])
    func `chunks of a PNG that nobody needs may be broken`(_ name: String) throws {
        let planes = try drawn(name, width: 64, height: 48)
        #expect(Set(planes.planes[0]).count > 4)
    }

    @Test(arguments: ["ycck-2x1.jpg", "ycck-4x1.jpg", "float.tif", "float32.tif"])
    func `what cannot be decoded is refused before rendering`(_ name: String) throws {
        let error = try #require(throws: ComposeError.self) { try drawn(name, width: 64, height: 48) }
        #expect(error.code == .invalidEdit && error.problems.map(\.path) == ["tracks[0].clips[0].src"])
        #expect(error.description.contains("of a kind that cannot be read"))
    }

    @Test(arguments: ["ycck-1x1.jpg", "ycck-2x2.jpg"])
    func `CMYK JPEGs whose samples are known are shown`(_ name: String) throws {
        #expect(Set(try drawn(name, width: 64, height: 48).planes[0]).count > 20)
    }

    /// The colours that LittleCMS, or the formulas of the standards, give for the patches of each file, in sRGB.
    private static let references: [String: [[Int]]] = {
        let file = URL(fileURLWithPath: Fixtures.folder + "/pictures/srgb.json")
        return (try? JSONDecoder().decode([String: [[Int]]].self, from: Data(contentsOf: file))) ?? [:]
    }()

    @Test func `there are references`() { #expect(Self.references.count == 15) }

    @Test(arguments: references.keys.sorted())
    func `colours of other spaces come out as in sRGB`(_ name: String) async throws {
        let patches = try #require(Self.references[name])
        let size = try ImageHeader(
            [UInt8](Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/" + name)))
        ).size
        let edit = Edit(size: size) { Track { ImageClip("pictures/" + name, duration: .seconds(1), fit: .fill) } }
        try await Fixtures.withTemporaryFolder { folder in
            try await Renderer().still(edit, at: .zero, in: Fixtures.folder, to: folder + "/still.png")
            let pixels = try run(
                "ffmpeg", ["-v", "error", "-i", folder + "/still.png", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
            let across = size.width / 16
            var sum = 0
            for (index, expected) in patches.enumerated() {
                let offset = ((index / across * 16 + 8) * size.width + index % across * 16 + 8) * 3
                let found = (0..<3).map { Int(pixels[pixels.startIndex + offset + $0]) }
                for (a, b) in zip(found, expected) {
                    #expect(abs(a - b) <= 4, "patch \(index): \(found), expected \(expected)")
                    sum += abs(a - b)
                }
            }
            #expect(Double(sum) / Double(patches.count * 3) < 1)
        }
    }
}
