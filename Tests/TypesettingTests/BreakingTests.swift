// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// Lines: where they are broken, where they lie, and what happens to those that have no room.
@Suite struct BreakingTests {
    private let pangram = "The quick brown fox jumps over the lazy dog"

    @Test func `text is broken between words at its width`() throws {
        let found = try layout(block(pangram) { $0.maxWidth = 420 })
        #expect(found.lines.count > 2)
        #expect(found.lines.allSatisfy { $0.box.width <= 420.01 })
        #expect(found.width <= 420.01)
        #expect(found.overflowX == 0)
        let bytes = Array(pangram.utf8)
        #expect(found.lines.dropFirst().allSatisfy { bytes[$0.text.lowerBound - 1] == 0x20 })
    }

    @Test func `a text fits into the width that was measured of it`() throws {
        for size in [11.3, 48, 71.9] {
            let width = try layout(block(pangram, size: size)).width
            #expect(try layout(block(pangram, size: size) { $0.maxWidth = width }).lines.count == 1)
        }
    }

    @Test func `a word without room is broken inside`() throws {
        let found = try layout(block("Donaudampfschifffahrtsgesellschaft") { $0.maxWidth = 300 })
        #expect(found.lines.count > 3)
        #expect(found.width <= 300.01)
    }

    @Test func `text that does not wrap tells by how much it is too wide`() throws {
        let width = try layout(block(pangram)).width
        let found = try layout(
            block(pangram) {
                $0.maxWidth = 300
                $0.wraps = false
            })
        #expect(found.lines.count == 1)
        #expect(abs(found.overflowX - (width - 300)) < 0.01)
        #expect(!found.isTruncated)
    }

    @Test func `text that is too high tells by how much`() throws {
        let found = try layout(block("one\ntwo\nthree") { $0.maxHeight = 100 })
        #expect(abs(found.overflowY - (found.height - 100)) < 0.01)
    }

    @Test func `lines beyond the most are left out`() throws {
        let found = try layout(block("one\ntwo\nthree") { $0.maxLines = 2 })
        #expect(found.lines.count == 2)
        #expect(found.isTruncated)
        #expect(try layout(block("one\ntwo") { $0.maxLines = 2 }).isTruncated == false)
    }

    @Test func `an ellipsis ends the last line that has room`() throws {
        for lines in 1...3 {
            let found = try layout(
                block(pangram) {
                    $0.maxWidth = 420
                    $0.maxLines = lines
                    $0.ellipsis = true
                })
            #expect(found.lines.count == lines)
            #expect(found.isTruncated)
            #expect(found.width <= 420.01)
        }
        let whole = try layout(
            block(pangram) {
                $0.maxWidth = 420
                $0.ellipsis = true
            })
        #expect(!whole.isTruncated)
    }

    @Test func `an ellipsis follows a paragraph whose successors are left out`() throws {
        let plain = try layout(block("one\ntwo\nthree") { $0.maxLines = 2 })
        let cut = try layout(
            block("one\ntwo\nthree") {
                $0.maxLines = 2
                $0.ellipsis = true
            })
        let ellipsis = try layout(block("two…")).width
        #expect(cut.lines.count == 2)
        #expect(abs(cut.lines[1].box.width - ellipsis) < 0.01)
        #expect(cut.lines[1].box.width > plain.lines[1].box.width)
        #expect(cut.lines[1].text == 4..<7)
    }

    @Test func `an ellipsis keeps a text inside its height`() throws {
        let line = try layout(block("x")).height
        let found = try layout(
            block(pangram) {
                $0.maxWidth = 420
                $0.maxHeight = 2.5 * line
                $0.ellipsis = true
            })
        #expect(found.lines.count == 2)
        #expect(found.isTruncated)
        #expect(found.overflowY == 0)
    }

    @Test func `text shrinks until it fits, without breaking words`() throws {
        let text = block("Donaudampfschiff\nauf der Donau") {
            $0.maxWidth = 300
            $0.maxHeight = 90
            $0.shrinkToFit = true
        }
        let found = try layout(text)
        #expect(found.scale < 1)
        #expect(found.scale > 0.4)
        #expect(found.width <= 300.01)
        #expect(found.height <= 90.01)
        #expect(found.lines.count == 2)
        // As large as may be: one part in fifty more does not fit.
        let larger = try layout(block("Donaudampfschiff\nauf der Donau", size: 72 * found.scale * 1.02))
        #expect(larger.width > 300 || larger.height > 90)
    }

    @Test func `shrinking finds room for a number of lines`() throws {
        let found = try layout(
            block(pangram) {
                $0.maxWidth = 420
                $0.maxLines = 2
                $0.shrinkToFit = true
            })
        #expect(found.lines.count == 2)
        #expect(!found.isTruncated)
        #expect(found.width <= 420.01)
    }

    @Test func `what fits is not shrunk`() throws {
        let found = try layout(
            block("fits") {
                $0.maxWidth = 420
                $0.shrinkToFit = true
            })
        #expect(found.scale == 1)
    }

    @Test func `a shrunk text is drawn as if its size were smaller`() throws {
        let shrunk = block("Hamburgefonts") {
            $0.maxWidth = 200
            $0.shrinkToFit = true
        }
        let scale = try layout(shrunk).scale
        let (found, expected) = (try Drawn(shrunk), try Drawn(block("Hamburgefonts", size: 72 * scale)))
        let difference = zip(found.alpha, expected.alpha).map { abs(Int($0) - Int($1)) }.max() ?? 0
        #expect(difference <= 12)
        #expect(abs(found.moments().sum / expected.moments().sum - 1) < 0.002)
    }

    @Test(arguments: TextBlock.Alignment.allCases)
    func `short lines lie where the alignment says`(align: TextBlock.Alignment) throws {
        let found = try layout(block("a\nlonger line") { $0.align = align })
        let room = found.width - found.lines[0].box.width
        let expected: Double =
            switch align {
            case .start, .left, .justify: 0
            case .center: room / 2
            case .end, .right: room
            }
        #expect(abs(found.lines[0].box.x - expected) < 0.001)
    }

    @Test(
        .enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"),
        arguments: ["שלום\nשלום עולם", "سلام\nسلام عليكم"])
    func `text that is read from the right starts on the right`(text: String) throws {
        func first(_ align: TextBlock.Alignment) throws -> (x: Double, room: Double) {
            let found = try layout(block(text) { $0.align = align }, Fonts.mixed)
            #expect(found.lines.allSatisfy { $0.isRightToLeft })
            return (found.lines[0].box.x, found.width - found.lines[0].box.width)
        }
        let (start, end, left) = (try first(.start), try first(.end), try first(.left))
        #expect(start.room > 10)
        #expect(abs(start.x - start.room) < 0.001)
        #expect(end.x == 0)
        #expect(left.x == 0)
    }

    @Test(.enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"))
    func `the first letter decides how the whole block is read`() throws {
        let mixed = try layout(block("שלום 2.0\nenglish"), Fonts.mixed)
        #expect(mixed.lines.allSatisfy { $0.isRightToLeft })
        let forced = try layout(block("שלום 2.0\nenglish") { $0.direction = .leftToRight }, Fonts.mixed)
        #expect(!forced.lines.contains { $0.isRightToLeft })
        let digits = try layout(block("12 שלום"), Fonts.mixed)
        #expect(digits.lines.allSatisfy { $0.isRightToLeft })
    }

    @Test func `justified lines reach from edge to edge, except the last`() throws {
        let found = try layout(
            block(pangram) {
                $0.maxWidth = 420
                $0.align = .justify
            })
        for line in found.lines.dropLast() { #expect(abs(line.box.width - 420) < 0.1) }
        #expect(found.lines[found.lines.count - 1].box.width < 415)
    }

    @Test func `letter spacing lies between letters, and not behind the last`() throws {
        func width(_ spacing: Double, _ text: String) throws -> Double {
            var spaced = block(text)
            spaced.runs[0].face.letterSpacing = spacing
            return try layout(spaced).width
        }
        #expect(abs(try width(20, "HOH") - width(0, "HOH") - 40) < 0.01)
        #expect(abs(try width(20, "H") - width(0, "H")) < 0.01)
    }

    @Test func `spaced letters are centred by what is seen of them`() throws {
        var text = block("HOH\nmmmmmmmmm") { $0.align = .center }
        text.runs[0].face.letterSpacing = 30
        let found = try layout(text)
        let picture = try Drawn(text, width: 900, height: 240)
        let top = Drawn(
            try Fonts.plain.get().draw(text, x: 20, y: 20, width: 900, height: 20 + Int(found.height / 2) / 2 * 2))
        #expect(picture.extent != nil)
        #expect(abs(top.moments().x - (20 + found.width / 2)) < 0.3)
    }
}
