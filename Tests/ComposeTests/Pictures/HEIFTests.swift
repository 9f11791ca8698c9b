// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

private let canReadHEIF: Bool = {
    let file = try? Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/quad.avif"))
    return (try? HEIFInfo([UInt8](file ?? Data())))?.hasDecoders ?? false
}()

/// HEIC and AVIF as libheif and libavif write them: four quadrants, red, green, blue and white from the top left.
@Suite(.enabled(if: canReadHEIF, "libheif is not installed, or has no decoders"))
struct HEIFTests {
    private static let red = [200, 30, 30], green = [30, 160, 40], blue = [30, 30, 200], white = [220, 220, 220]

    /// Returns the colours in the middles of the quadrants, drawn on a canvas of the picture's size.
    private static func quadrants(_ name: String, width: Int = 128, height: Int = 96) async throws -> [[Int]] {
        let edit = Edit(size: PixelSize(width: width, height: height)) {
            Track { ImageClip("pictures/" + name, duration: .seconds(1), fit: .fill) }
        }
        return try await Fixtures.withTemporaryFolder { folder in
            try await Renderer().still(edit, at: .zero, in: Fixtures.folder, to: folder + "/still.png")
            let pixels = try run(
                "ffmpeg", ["-v", "error", "-i", folder + "/still.png", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
            return [(1, 1), (3, 1), (1, 3), (3, 3)].map { x, y in
                let offset = pixels.startIndex + (y * height / 4 * width + x * width / 4) * 3
                return (0..<3).map { Int(pixels[offset + $0]) }
            }
        }
    }

    private static func expect(_ found: [[Int]], _ expected: [[Int]], within slack: Int = 4) {
        for (a, b) in zip(found, expected) {
            #expect(zip(a, b).allSatisfy { abs($0 - $1) <= slack }, "\(found), expected \(expected)")
        }
    }

    @Test(arguments: ["quad.avif", "quad.heic", "ten.avif", "grid.avif"])
    func `HEIC and AVIF have their colours, also in ten bits and put together of tiles`(name: String) async throws {
        Self.expect(try await Self.quadrants(name), [Self.red, Self.green, Self.blue, Self.white])
    }

    @Test func `a turned picture is upright, and a mirrored one mirrored`() async throws {
        // 90° against the clock, so that the right side comes to the top; the size is turned too.
        let file = try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/irot.avif"))
        let size = try ImageHeader([UInt8](file)).size
        #expect(size == PixelSize(width: 96, height: 128))
        Self.expect(
            try await Self.quadrants("irot.avif", width: 96, height: 128),
            [Self.green, Self.white, Self.red, Self.blue])
        Self.expect(try await Self.quadrants("imir.avif"), [Self.green, Self.red, Self.white, Self.blue])
    }

    @Test(arguments: ["alpha.avif", "alpha.heic"])
    func `transparency shows what is below`(name: String) async throws {
        let half = { (color: [Int]) in color.map { $0 * 128 / 255 } }  // the lower half, over black
        Self.expect(
            try await Self.quadrants(name), [Self.red, Self.green, half(Self.blue), half(Self.white)], within: 5)
    }

    @Test func `colours tagged as Display P3 become sRGB`() async throws {
        // Computed from the primaries of SMPTE EG 432-1 and sRGB's curve.
        let found = try await Self.quadrants("p3.avif")
        Self.expect(found, [Self.red, Self.green, Self.blue, Self.white].map(Self.fromDisplayP3))
    }

    @Test func `a colour profile counts`() async throws {
        let (plain, tagged) = (try await Self.quadrants("displayp3-v4.png"), try await Self.quadrants("profile.heic"))
        Self.expect(tagged, plain, within: 6)
    }

    @Test func `damage is refused or drawn, and never crashes`() async throws {
        var random = RepeatableRandom(0x5EED)
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/damaged"
            for name in ["quad.avif", "quad.heic", "grid.avif"] {
                let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/" + name)))
                for _ in 0..<200 {
                    let bytes = random.damaged(whole)
                    guard let header = try? ImageHeader(bytes) else { continue }
                    #expect(header.size.width > 0 && header.size.height > 0)
                    try Data(bytes).write(to: URL(fileURLWithPath: path))
                    var content = try OpenFile(path).bytes(limit: 1 << 20)
                    _ = try? Picture(&content, codec: header.format.codec, maxPixels: 1_000_000)
                }
            }
        }
    }

    /// Returns a colour of Display P3 in sRGB, clipped.
    private static func fromDisplayP3(_ color: [Int]) -> [Int] {
        func linear(_ value: Int) -> Double {
            let v = Double(value) / 255
            return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        }
        func encoded(_ v: Double) -> Int {
            let v = min(max(v, 0), 1)
            return Int((255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055)).rounded())
        }
        let matrix = [
            [1.2249401763, -0.2249401763, 0], [-0.0420569547, 1.0420569547, 0],
            [-0.0196375546, -0.0786360656, 1.0982736202],
        ]
        let light = color.map(linear)
        return matrix.map { row in encoded(zip(row, light).reduce(0) { $0 + $1.0 * $1.1 }) }
    }
}
