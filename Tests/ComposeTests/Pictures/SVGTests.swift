// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

@Suite(.enabled(if: Picture.Codec.svg.isAvailable, "this FFmpeg has no librsvg"))
struct SVGTests {
    private static func size(_ root: String) throws -> PixelSize { try ImageHeader(Array(root.utf8)).size }

    /// Returns the canvas with a drawing, which may name files in the folder `folder`.
    private static func drawn(
        _ body: String, root: String = #"width="40" height="20""#, motion: Motion? = nil, frame: Int = 0,
        beside files: [String: Data] = [:]
    ) async throws -> Planes {
        try await Fixtures.withTemporaryFolder { folder in
            let text = "<svg xmlns=\"http://www.w3.org/2000/svg\" \(root)>\(body)</svg>"
            try text.write(toFile: folder + "/a.svg", atomically: true, encoding: .utf8)
            for (name, data) in files { try data.write(to: URL(fileURLWithPath: folder + "/" + name)) }
            let edit = Edit(size: PixelSize(width: 320, height: 160), background: .white) {
                Track {
                    ImageClip("a.svg", duration: .seconds(1), fit: .contain).motion(motion)
                }
            }
            return try composed(edit, frame: frame, in: folder)
        }
    }

    @Test(arguments: [
        (#"<svg width="40" height="20">"#, 40, 20), (#"<svg width='40px' height='20.4px'/>"#, 40, 20),
        (#"<svg width="1in" height="2.54cm">"#, 96, 96), (#"<svg viewBox="0 0 24 12">"#, 24, 12),
        (#"<svg width="100%" height="100%" viewBox="0,0 30 60">"#, 30, 60),
        (#"<svg width="90" viewBox="0 0 3 1">"#, 90, 30),
        ("<svg>", 300, 150), ("<svg:svg xmlns:svg='x' height='10' viewBox='0 0 2 1'>", 20, 10),
        (
            "\u{FEFF}<?xml version='1.0'?>\n<!-- <svg width='1'> --><!DOCTYPE svg [ <!ENTITY a 'b'> ]>\n<svg width='7' height='8'>",
            7, 8
        ),
    ])
    func `a drawing's size is that of its first element`(text: String, width: Int, height: Int) throws {
        let size = try Self.size(text)
        #expect(size == PixelSize(width: width, height: height))
    }

    @Test(arguments: ["<svg width='0' height='5'>", "<svg width='1e9' height='5'>", "<svg width='-3' height='5'>"])
    func `a drawing without a size is refused`(text: String) {
        #expect(throws: ImageHeader.Failure.self) { try Self.size(text) }
    }

    @Test func `a drawing has its colours, and its transparency once`() async throws {
        let planes = try await Self.drawn(
            "<rect width='20' height='20' fill='#ff0000'/><rect x='20' width='20' height='20' fill='#0000ff' fill-opacity='0.5'/>"
        )
        let (red, blue) = (YUVColor(red: 255, green: 0, blue: 0), YUVColor(red: 128, green: 128, blue: 255))
        #expect(abs(planes.luma(80, 80) - red.y) <= 1 && abs(planes.chroma(80, 80).v - red.v) <= 1)
        #expect(abs(planes.luma(240, 80) - blue.y) <= 1 && abs(planes.chroma(240, 80).u - blue.u) <= 1)
    }

    @Test func `a drawing is sharp at every size`() async throws {
        // An edge in the middle, eight times as large, and then in a zoom of ten.
        let half = "<rect width='20' height='20' fill='#000000'/>"
        let still = try await Self.drawn(half)
        #expect(still.luma(159, 80) == 16 && still.luma(160, 80) == 235)
        let zoomed = try await Self.drawn(
            half, motion: Motion(from: Motion.View(zoom: 10), to: Motion.View(zoom: 10)), frame: 3)
        let steps = (150..<170).count { (20...230).contains(zoomed.luma($0, 80)) }
        #expect(steps <= 2)
    }

    @Test(arguments: ["href", "xlink:href"])
    func `a drawing opens no other file`(attribute: String) async throws {
        let black =
            "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20'/></svg>"
        let files = [
            "b.svg": Data(black.utf8),
            "b.png": try Data(contentsOf: URL(fileURLWithPath: Fixtures.input("gradient.png"))),
        ]
        let root =
            #"width="40" height="20" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude""#
        for target in [
            "b.png", "b.svg", "b.svg#x", Fixtures.input("gradient.png"), "file://" + Fixtures.input("gradient.png"),
        ] {
            for element in [
                "<image \(attribute)='\(target)' width='40' height='20'/>", "<use \(attribute)='\(target)'/>",
                "<xi:include href='\(target)'/>", "<style>@import url('\(target)');</style>",
            ] {
                let planes = try await Self.drawn(element, root: root, beside: files)
                #expect(planes.planes[0].allSatisfy { $0 == 235 }, "\(element)")
            }
        }
    }

    @Test func `entities that grow without end are refused`() async throws {
        var entities = "<!ENTITY a0 'aaaaaaaaaaaaaaaa'>"
        for level in 1...12 {
            entities += "<!ENTITY a\(level) '" + String(repeating: "&a\(level - 1);", count: 16) + "'>"
        }
        let text =
            "<!DOCTYPE svg [\(entities)]><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>&a12;</text></svg>"
        let error = await #expect(throws: ComposeError.self) {
            try await Fixtures.withTemporaryFolder { folder in
                try text.write(toFile: folder + "/a.svg", atomically: true, encoding: .utf8)
                let edit = Edit(size: PixelSize(width: 32, height: 32)) {
                    Track { ImageClip("a.svg", duration: .seconds(1)) }
                }
                _ = try composed(edit, frame: 0, in: folder)
            }
        }
        #expect(error?.code == .invalidEdit)
    }
}
