// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Files whose header is in order and of which nothing can be decoded: they are refused when the edit is planned.
@Suite struct RefusedMediaTests {
    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// Returns a BMP of 2 × 2 pixels.
    private static func bmp(depth: Int, compression: Int = 0, planes: Int = 1, masks: [Int] = []) -> [UInt8] {
        let header = little(40, 4) + little(2, 4) + little(2, 4) + little(planes, 2) + little(depth, 2)
        let rest = little(compression, 4) + little(16, 4) + [UInt8](repeating: 0, count: 16)
        let masks = masks.flatMap { little($0, 4) }
        return Array("BM".utf8) + little(70 + masks.count, 4) + little(0, 4) + little(54 + masks.count, 4) + header
            + rest
            + masks + [UInt8](repeating: 90, count: 16)
    }

    /// Returns a GIF of 2 × 2 pixels without any colour table.
    private static var colourlessGIF: [UInt8] {
        Array("GIF89a".utf8) + little(2, 2) + little(2, 2) + [0, 0, 0, 0x2C] + [UInt8](repeating: 0, count: 4)
            + little(2, 2) + little(2, 2) + [0, 2, 2, 0x44, 1, 0, 0x3B]
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/" + name)))
    }

    private static func refusal(of bytes: [UInt8], as name: String, sound: Bool = false) async throws -> String {
        try await Fixtures.withTemporaryFolder { folder in
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
            let edit = Edit(size: PixelSize(width: 64, height: 64)) {
                if sound {
                    Track { ColorClip(.black, duration: .seconds(1)) }
                    Track { AudioClip(name) }
                } else {
                    Track { ImageClip(name, duration: .seconds(1)) }
                }
            }
            let error = await #expect(throws: ComposeError.self) { _ = try await edit.plan(in: folder) }
            #expect(error?.code == .invalidEdit)
            return error?.description ?? ""
        }
    }

    @Test func `a BMP of a kind that the decoder does not know is refused`() async throws {
        let plain = try await Fixtures.withTemporaryFolder { folder in
            try Data(Self.bmp(depth: 32)).write(to: URL(fileURLWithPath: folder + "/a.bmp"))
            let edit = Edit(size: PixelSize(width: 2, height: 2)) {
                Track { ImageClip("a.bmp", duration: .seconds(1)) }
            }
            return try composed(edit, frame: 0, in: folder)
        }
        #expect(abs(plain.luma(0, 0) - 93) <= 1)
        for bytes in [
            Self.bmp(depth: 32, compression: 3, masks: [0xFFE0_0000, 0x1F_FC00, 0x3FF]), Self.bmp(depth: 24, planes: 9),
            Self.bmp(depth: 16, compression: 3, masks: [0x30, 0xE, 1]),
        ] {
            let words = try await Self.refusal(of: bytes, as: "a.bmp")
            #expect(words.contains("is damaged, or a BMP of a kind that cannot be read"))
        }
    }

    @Test func `a GIF without colours is refused`() async throws {
        let words = try await Self.refusal(of: Self.colourlessGIF, as: "a.gif")
        #expect(words.contains("the GIF has no colours"))
    }

    @Test(arguments: ["damaged-ends-flac.flac", "cover.flac"])
    func `sound of which nothing can be decoded is refused`(name: String) async throws {
        var bytes = try Self.fixture("sounds/" + name)
        // The blocks before the sound: a bit for the last, and 24 bits of length.
        var position = 4
        while bytes[position] & 0x80 == 0 {
            position += 4 + Int(bytes[position + 1]) << 16 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
        }
        position += 4 + Int(bytes[position + 1]) << 16 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
        for index in position..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 7) & 0x7F }
        let words = try await Self.refusal(of: bytes, as: "a.flac", sound: true)
        #expect(words.contains("sound"))
    }

    @Test func `an MP4 that ends before its sound begins is refused`() async throws {
        // Its index is at the front, as we write it, and everything behind it is missing.
        let bytes = try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: PixelSize(width: 64, height: 64)) { Track { AudioClip("inputs/tone44.wav") } }
            _ = try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/a.m4a").result
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/a.m4a")))
        }
        let start = try #require(bytes.indices.dropLast(4).first { bytes[$0..<$0 + 4].elementsEqual("mdat".utf8) })
        let index = try #require(bytes.indices.dropLast(4).first { bytes[$0..<$0 + 4].elementsEqual("moov".utf8) })
        try #require(index < start)
        let words = try await Self.refusal(of: Array(bytes[..<(start + 4)]), as: "a.m4a", sound: true)
        #expect(words.contains("sound") || words.contains("damaged"))
    }

    @Test func `an animated PNG whose animation is broken is shown as a still picture`() async throws {
        // Without the data of its second picture, which is there to be decoded with the first.
        let bytes = try Self.fixture("pictures/quad-animated.png")
        var kept = Array(bytes[..<8])
        var position = 8
        while position < bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let chunk = bytes[position..<position + 12 + length]
            if !chunk.dropFirst(4).prefix(4).elementsEqual("fdAT".utf8) { kept += chunk }
            position += 12 + length
        }
        try await Fixtures.withTemporaryFolder { folder in
            try Data(kept).write(to: URL(fileURLWithPath: folder + "/a.png"))
            let edit = Edit(size: PixelSize(width: 48, height: 32)) {
                Track { ImageClip("a.png", duration: .seconds(1)) }
            }
            for frame in [0, 10, 29] {
                let planes = try composed(edit, frame: frame, in: folder)
                #expect(abs(planes.luma(24, 16) - YUVColor(red: 200, green: 30, blue: 30).y) <= 1)
            }
        }
    }
}
