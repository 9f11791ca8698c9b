// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// The logical box follows from the chosen fonts, and from the letters' widths.
@Suite struct MetricsTests {
    @Test(arguments: ["x", "Ápg", "ÅǾ", "___", " "])
    func `a line's box does not depend on its letters`(text: String) throws {
        let usual = try layout(block("Hamburg"))
        let other = try layout(block(text))
        #expect(other.height == usual.height)
        #expect(other.lines.map(\.baseline) == usual.lines.map(\.baseline))
    }

    @Test(.enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"), arguments: ["abc שלום", "abc مرحبا", "☃"])
    func `letters of another font do not move the baseline`(text: String) throws {
        let usual = try layout(block("abc"), Fonts.mixed)
        let other = try layout(block(text), Fonts.mixed)
        #expect(try Fonts.mixed.get().unknown(in: text).isEmpty)
        #expect(other.height == usual.height)
        #expect(other.lines.map(\.baseline) == usual.lines.map(\.baseline))
        let own = try layout(block("abc", families: ["Mixed"]), Fonts.mixed)
        #expect(own.height != usual.height)
    }

    @Test func `an empty text is as high as a line`() throws {
        let (empty, full) = (try layout(block("")), try layout(block("A")))
        #expect(empty.height == full.height)
        #expect(empty.width == 0)
        #expect(empty.lines.count == 1)
    }

    @Test func `no runs take no room`() throws {
        let nothing = try layout(TextBlock([]))
        #expect(nothing.width == 0)
        #expect(nothing.height == 0)
        #expect(try Drawn(TextBlock([])).extent == nil)
    }

    @Test func `widths grow evenly with the size`() throws {
        let width = try layout(block("Hamburgefonts AVATAR", size: 100)).width
        for size in stride(from: 8.0, to: 300, by: 13.7) {
            let found = try layout(block("Hamburgefonts AVATAR", size: size)).width
            #expect(abs(found / size - width / 100) < 0.002, "at \(size) px")
        }
    }

    @Test func `heavier letters are wider, and every weight is its own`() throws {
        let widths = try stride(from: 100, through: 900, by: 50).map { weight in
            var text = block("Hamburgefonts")
            text.runs[0].face.weight = weight
            return try layout(text).width
        }
        #expect(zip(widths, widths.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `an axis that is set by name counts more than the weight`() throws {
        var (named, bold) = (block("Hamburgefonts"), block("Hamburgefonts"))
        named.runs[0].face.variations = ["wght": 640]
        bold.runs[0].face.weight = 640
        #expect(try layout(named).width == layout(bold).width)
    }

    @Test func `the line height is a multiple of the size, with the letters in its middle`() throws {
        let usual = try layout(block("one\ntwo"))
        let wide = try layout(block("one\ntwo") { $0.lineHeight = 2 })
        #expect(wide.lines[1].baseline - wide.lines[0].baseline == 144)
        #expect(wide.height == 288)
        let extra = (144 - usual.height / 2) / 2
        #expect(abs(wide.lines[0].baseline - usual.lines[0].baseline - extra) < 0.001)
    }

    @Test func `a line is as high as its largest run needs`() throws {
        let face = TextFace(size: 40)
        var large = face
        large.size = 80
        let mixed = try layout(
            TextBlock([TextRun("a", face: face), TextRun("b\n", face: large), TextRun("c", face: face)]))
        #expect(mixed.lines[0].baseline == (try layout(block("b", size: 80)).lines[0].baseline))
        #expect(mixed.lines[1].box.height == (try layout(block("c", size: 40)).height))
    }

    @Test func `lines tell which bytes of the text they show`() throws {
        let text = "Ähm\nzwei"
        let lines = try layout(block(text)).lines
        #expect(lines.map(\.text) == [0..<4, 5..<9])
    }

    @Test func `runs' boxes follow each other`() throws {
        let face = TextFace(size: 50)
        let found = try layout(TextBlock([TextRun("AV", face: face), TextRun("AT", face: face)]))
        let (first, second) = (try #require(found.runs[0].first), try #require(found.runs[1].first))
        #expect(first.box.x == 0)
        #expect(abs(first.box.x + first.box.width - second.box.x) < 0.001)
        #expect(abs(second.box.x + second.box.width - found.width) < 0.001)
        // Kerning goes on over the boundary.
        #expect(abs(found.width - (try layout(block("AVAT", size: 50)).width)) < 0.01)
    }
}
