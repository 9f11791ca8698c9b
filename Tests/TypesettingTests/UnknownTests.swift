// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// Which characters and families a set lacks.
@Suite struct UnknownTests {
    private func unknown(_ text: String) throws -> [UInt32] {
        try Fonts.plain.get().unknown(in: text).map(\.value)
    }

    @Test func `characters without a glyph are found, each once and in order`() throws {
        #expect(try unknown("a\u{F40}b\u{1FFFD}c\u{F40}") == [0xF40, 0x1FFFD])
        #expect(try unknown("Größe, naïve, Ελλάδα, Привет — “quotes” €5") == [])
    }

    @Test func `what is meant to be invisible is known`() throws {
        #expect(try unknown("a\u{200D}b\u{200C}c\u{FEFF}d\u{FE0F}e\u{AD}f\u{202E}g\nh\ti\u{2028}j\u{2029}k\r\n") == [])
        #expect(try unknown("\u{2003}\u{3000}\u{A0}\u{2009}") == [])
        #expect(try unknown("\u{E0067}\u{E007F}") == [])
    }

    @Test func `controls, noncharacters and private use are unknown`() throws {
        #expect(try unknown("\u{0}\u{1}\u{1B}\u{7F}\u{85}\u{B}") == [0, 1, 0x1B, 0x7F, 0x85, 0xB])
        let noncharacters: [UInt32] = [0xFFFE, 0xFDD0, 0x1FFFF]
        let text = String(String.UnicodeScalarView(noncharacters.compactMap(Unicode.Scalar.init)))
        #expect(try unknown(text) == noncharacters)
        // Inter has glyphs there, which nobody asked for.
        #expect(try unknown("\u{E000}\u{F0000}") == [0xE000, 0xF0000])
    }

    @Test func `a mark that becomes part of a letter is known`() throws {
        #expect(try unknown("e\u{301}a\u{30A}") == [])
    }

    /// HarfBuzz draws “am” by two glyphs, of which the smaller font has one.
    @Test func `a character whose font lacks a part of it is unknown, and another font draws it if one can`() throws {
        let folder = GoldenFonts.folder + "/Fonts/"
        let whole = FontFile(path: folder + "thai-whole.ttf", family: "Whole")
        let full = FontFile(path: folder + "thai.ttf", family: "Full")
        #expect(try FontSet([whole]).unknown(in: "กำก\u{E49}").map(\.value) == [0xE33])
        let fonts = try FontSet([whole, full])
        #expect(fonts.unknown(in: "กำก") == [])
        func ink(_ families: [String]) throws -> Double {
            try Drawn(block("กำ", families: families), .success(fonts)).moments().sum
        }
        // The letters are the same; for a missing part there would be a box.
        #expect(abs(try ink(["Whole"]) / ink(["Full"]) - 1) < 0.03)
    }

    @Test func `families are found by their exact names, in any case of letters`() throws {
        let fonts = try Fonts.plain.get()
        #expect(fonts.has(family: "Inter"))
        #expect(fonts.has(family: "iNTER"))
        for name in ["Helvetica", "Int", "Inter ", "", "sans-serif"] { #expect(!fonts.has(family: name)) }
        #expect(fonts.families.contains(FontSet.defaultFamily))
    }

    @Test func `a family that the set lacks is refused`() throws {
        let error = #expect(throws: TextError.self) { try layout(block("a", families: ["Inter", "Helvetica"])) }
        #expect(error?.kind == .missingFamily("Helvetica"))
        #expect(error?.message.contains("there are Inter") == true)
    }

    @Test func `the bundled family has all weights, upright and italic`() throws {
        let styles = try Fonts.plain.get().styles.filter { $0.family == FontSet.defaultFamily }
        for italic in [false, true] {
            #expect(
                styles.contains { $0.italic == italic && $0.weights.lowerBound <= 100 && $0.weights.upperBound >= 900 })
        }
    }
}
