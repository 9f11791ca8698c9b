// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Typesetting

/// What the comparison with goldens finds, and what it lets pass.
@Suite struct GoldenComparisonTests {
    /// A golden's text, drawn wrongly.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let name: String
        let what: String
        let make: @Sendable (inout TextBlock) -> Void

        var testDescription: String { "\(name): \(what)" }

        init(_ name: String, _ what: String, _ make: @escaping @Sendable (inout TextBlock) -> Void) {
            (self.name, self.what, self.make) = (name, what, make)
        }

        /// A text that lacks a character, or has another one in its place.
        static func replaced(_ name: String, _ what: String, _ old: String, by new: String) -> Mistake {
            Mistake(name, what) { block in
                for index in block.runs.indices {
                    block.runs[index].text = String(
                        String.UnicodeScalarView(
                            replacing(old, by: new, in: Array(block.runs[index].text.unicodeScalars))))
                }
            }
        }

        /// A text whose characters are shown in the order in which they are written, or against it.
        static func forced(_ name: String, _ mark: String) -> Mistake {
            Mistake(name, "in the wrong order") { $0.runs[0].text = mark + $0.runs[0].text + "\u{202C}" }
        }

        /// A text without some rules of its fonts.
        static func without(_ name: String, _ features: [String]) -> Mistake {
            Mistake(name, "without " + features.joined(separator: ", ")) { block in
                for index in block.runs.indices { block.runs[index].face.features = features.map { $0 + "=0" } }
            }
        }
    }

    static let mistakes: [Mistake] = [
        .replaced("latin", "a mark is missing", "\u{323}\u{308}", by: "\u{308}"),
        .replaced("latin", "marks have changed places", "\u{303}\u{301}", by: "\u{301}\u{303}"),
        .replaced("greek", "a breathing is missing", "\u{1F41}", by: "\u{3BF}"),
        .replaced("cyrillic", "an accent is missing", "\u{44D}\u{301}", by: "\u{44D}"),
        .replaced("zalgo", "one mark of many is missing", "\u{34A}", by: ""),
        .without("zalgo", ["mkmk"]),
        .without("arabic", ["init", "medi", "fina"]),
        .without("arabic", ["rlig"]),
        .without("arabic", ["mark"]),
        .forced("arabic", "\u{202D}"),
        .replaced("arabic", "a vowel is missing", "\u{64F}", by: ""),
        .replaced("arabic", "digits are another script's", "\u{663}", by: "\u{665}"),
        .forced("hebrew", "\u{202D}"),
        .replaced("hebrew", "a point is missing", "\u{5B4}", by: ""),
        .without("devanagari", ["half", "cjct"]),
        .replaced("devanagari", "a letter is not joined", "\u{930}\u{94D}\u{92E}", by: "\u{930}\u{94D}\u{200C}\u{92E}"),
        .replaced("devanagari", "a vowel is another one", "\u{939}\u{93F}", by: "\u{939}\u{940}"),
        .replaced("thai", "a tone mark is missing", "\u{E35}\u{E48}", by: "\u{E35}"),
        .replaced("thai-lines", "a letter is another one", "\u{E17}", by: "\u{E19}"),
        Mistake("han-japanese", "as in China") { $0.language = "zh-Hans" },
        Mistake("han-chinese", "as in Japan") { $0.language = "ja" },
        Mistake("chinese", "broken elsewhere") { $0.maxWidth = 220 },
        .replaced("chinese", "a comma is another one", "\u{FF0C}", by: "\u{3002}"),
        .replaced("japanese", "a small letter is a large one", "ッ", by: "ツ"),
        Mistake("korean", "at the start") { $0.align = .start },
        Mistake("bidi-left", "read from the right") { $0.direction = .rightToLeft },
        Mistake("bidi-right", "read from the left") { $0.direction = .leftToRight },
        .replaced("emoji", "a family is four people", "\u{200D}", by: ""),
        .replaced("emoji", "a skin has another tone", "\u{1F3FD}", by: "\u{1F3FF}"),
        .replaced("flags", "two flags have changed places", "🇩🇪🇯🇵", by: "🇯🇵🇩🇪"),
        .replaced("flags", "a key is a digit", "\u{20E3}", by: ""),
        .without("ligatures-on", ["liga"]),
        Mistake("ligatures-off", "with ligatures") { $0.runs[0].face.features = [] },
        Mistake("weights", "a weight is the next one") { $0.runs[2].face.weight = 500 },
        Mistake("weights", "an italic is upright") { $0.runs[3].face.italic = false },
        Mistake("features", "a zero has no slash") { $0.runs[2].face.features = ["tnum"] },
        Mistake("paints", "a shadow is missing") { $0.shadows.removeLast() },
        Mistake("paints", "a stroke is thinner") { $0.runs[0].stroke?.width = 2 },
        Mistake("paints", "a background is one box") { $0.backgroundPerLine = false },
        Mistake("paints", "colours run downwards") {
            guard case .gradient(let stops, _) = $0.runs[0].paint else { return }
            $0.runs[0].paint = .gradient(stops: stops, angle: 180)
        },
        Mistake("sweep", "a sweep has come further") { $0.runs[0].sweep?.fraction = 0.6 },
    ]

    private func golden(_ name: String) throws -> (GoldenCase, GoldenPlanes) {
        (try GoldenCase.named(name), try GoldenPicture(path: GoldenFonts.folder + "/Goldens/\(name).png").planes)
    }

    @Test(arguments: mistakes)
    func `a wrong picture is found`(_ mistake: Mistake) throws {
        let (golden, old) = try golden(mistake.name)
        var block = golden.block
        mistake.make(&block)
        #expect(block != golden.block)
        let difference = try #require(
            try GoldenPicture(block, margin: golden.margin, like: old).planes.difference(from: old))
        print("MEASURE wrong", mistake, difference)
        #expect(!difference.isSlight, "\(difference)")
    }

    /// Three times as large and reduced, edges have other shades than those of one pass.
    @Test(arguments: GoldenCase.all)
    func `edges of other shades pass`(_ golden: GoldenCase) throws {
        let old = try GoldenPicture(path: GoldenFonts.folder + "/Goldens/\(golden.name).png").planes
        let (fonts, margin) = (try GoldenFonts.set.get(), golden.margin)
        let large = try fonts.draw(
            golden.block, x: 3 * margin, y: 3 * margin, scale: 3, width: 3 * old.width, height: 3 * old.height)
        let difference = try #require(
            try GoldenPicture(overBackground: large).planes.reduced(by: 3).difference(from: old))
        print("MEASURE edges", golden.name, difference)
        #expect(difference.isSlight, "\(difference)")
        // And they do differ, or else this would say nothing.
        #expect(difference.mean > 0.001)
    }

    @Test func `a layout may differ by a pixel in lengths, and in nothing else`() throws {
        let golden = try GoldenCase.named("bidi-left")
        let layout = try GoldenFonts.set.get().layout(golden.block)
        let old = GoldenLayout(layout, of: golden.block)
        func differs(_ change: (inout TextLayout) -> Void) -> Bool {
            var changed = layout
            change(&changed)
            return GoldenLayout(changed, of: golden.block).difference(from: old) != nil
        }
        #expect(!differs { _ in })
        #expect(!differs { $0.lines[1].box.y += 0.9 })
        #expect(differs { $0.lines[1].box.y += 1.2 })
        #expect(differs { $0.runs[4][0].box.x -= 1.2 })
        #expect(differs { $0.width += 1.2 })
        #expect(differs { $0.runs[2][0].line += 1 })
        #expect(differs { $0.lines[0].isRightToLeft.toggle() })
        #expect(differs { $0.lines[0].text = 0..<$0.lines[0].text.upperBound - 1 })
        #expect(differs { $0.lines.removeLast() })
        #expect(differs { $0.runs.swapAt(2, 3) })
    }
}

/// Returns scalars with another sequence in the place of each one that is equal to `old`.
private func replacing(_ old: String, by new: String, in scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let (old, new) = (Array(old.unicodeScalars), Array(new.unicodeScalars))
    var (result, index): ([Unicode.Scalar], Int) = ([], 0)
    while index < scalars.count {
        if scalars[index...].starts(with: old) {
            result += new
            index += old.count
        } else {
            result.append(scalars[index])
            index += 1
        }
    }
    return result
}
