// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// Emoji in colour, where a font of them is installed.
@Suite(.enabled(if: Fonts.hasEmoji, "no font of colour emoji is installed"))
struct EmojiTests {
    @Test(arguments: ["😀", "👨‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "❤️", "1️⃣"])
    func `an emoji is one picture in colour`(text: String) throws {
        let picture = try Drawn(block(text), width: 200)
        let colours = Set(zip(picture.u, picture.v).map { Int($0) << 8 | Int($1) })
        #expect(colours.count > 20 || text == "👨‍👩‍👧‍👦")
        #expect(picture.moments().sum > 1000)
        #expect(try layout(block(text)).width < 110)
        #expect(try Fonts.plain.get().unknown(in: text).isEmpty)
    }

    @Test func `digits and signs stay text`() throws {
        for text in ["1", "©", "#"] {
            let picture = try Drawn(block(text))
            #expect(picture.u.allSatisfy { $0 == 128 })
        }
    }

    @Test func `an emoji has no stroke, and casts a shadow`() throws {
        var text = block("😀")
        let plain = try Drawn(text)
        text.runs[0].stroke = TextStroke(width: 6)
        #expect(try Drawn(text) == plain)
        text.runs[0].stroke = nil
        text.shadows = [TextShadow(x: 150, y: 0, blur: 0, color: .black)]
        let shadow = try Drawn(text).moments(columns: 160..<400)
        #expect(abs(shadow.sum / plain.moments().sum - 1) < 0.01)
    }

    @Test func `an emoji moves by fractions of a pixel, and grows evenly`() throws {
        let whole = try Drawn(block("😀")).moments()
        for shift in [0.25, 0.5, 0.75] {
            let moved = try Drawn(block("😀"), x: 20 + shift, y: 20 + shift).moments()
            #expect(abs(moved.x - whole.x - shift) < 0.02)
            #expect(abs(moved.y - whole.y - shift) < 0.02)
        }
        for size in [30.0, 60, 120, 240] {
            let picture = try Drawn(block("😀", size: size), width: 400, height: 400).moments()
            #expect(abs(picture.sum / (size * size) / (whole.sum / (72 * 72)) - 1) < 0.06, "at \(size)")
        }
    }

    @Test func `an emoji is as opaque as its run`() throws {
        var text = block("😀")
        text.runs[0].paint = .color(TextColor(red: 255, green: 255, blue: 255, alpha: 128))
        #expect((try Drawn(text).alpha.max() ?? 0) == 128)
    }

    @Test func `an emoji leaves the line's height as it is`() throws {
        #expect(try layout(block("a 😀")).height == layout(block("a")).height)
    }
}
