// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// A text whose layout and picture are written down.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// How far the box's top left lies from the picture's.
    var margin = 16.0
    let block: TextBlock

    var testDescription: String { name }

    static func named(_ name: String) throws -> GoldenCase {
        try #require(all.first { $0.name == name }, "no golden is called \(name)")
    }

    static let all = scripts + lines + directions + emoji + faces + looks

    /// One line of each script.
    private static let scripts = [
        GoldenCase("latin", ["Latin"]),
        GoldenCase("greek", ["Latin"], language: "el"),
        GoldenCase("cyrillic", ["Latin"], language: "uk"),
        GoldenCase("zalgo", ["Latin"], margin: 52),
        GoldenCase("arabic", ["Arabic"], size: 34, language: "ar"),
        GoldenCase("hebrew", ["Hebrew"], size: 34, language: "he"),
        GoldenCase("devanagari", ["Devanagari"], size: 32, language: "hi"),
        GoldenCase("thai", ["Thai"], size: 32, language: "th"),
        // The same characters have other forms in Japan and in China.
        GoldenCase("han-japanese", ["Japanese"], size: 32, text: "han", language: "ja"),
        GoldenCase("han-chinese", ["Japanese"], size: 32, text: "han", language: "zh-Hans"),
    ]

    /// Scripts without spaces, or with rules for what may begin a line.
    private static let lines = [
        GoldenCase("chinese", ["Chinese"], size: 24, language: "zh-Hans") { $0.maxWidth = 244 },
        GoldenCase("japanese", ["Japanese"], size: 24, language: "ja") { $0.maxWidth = 244 },
        GoldenCase("korean", ["Korean"], size: 24, language: "ko") {
            $0.maxWidth = 223
            $0.align = .center
        },
        GoldenCase("thai-lines", ["Thai"], size: 24, text: "thai lines", language: "th") { $0.maxWidth = 189 },
    ]

    /// Texts that are read in both directions, a run for each word, so that the layout tells their order.
    private static let directions = [
        GoldenCase("bidi-left", [FontSet.defaultFamily, "Arabic", "Hebrew"], size: 24, text: "bidi left") {
            divideAtSpaces(&$0)
            $0.maxWidth = 305
        },
        GoldenCase(
            "bidi-right", ["Arabic", "Hebrew", FontSet.defaultFamily], size: 24, text: "bidi right", language: "ar"
        ) {
            divideAtSpaces(&$0)
            $0.maxWidth = 305
        },
    ]

    private static let emoji = [
        GoldenCase("emoji", [FontSet.defaultFamily], size: 32),
        GoldenCase("flags", [FontSet.defaultFamily], size: 32),
    ]

    /// What fonts offer: ligatures, weights, italics, other digits.
    private static let faces = [
        GoldenCase("ligatures-on", ["Serif"], size: 34, text: "ligatures"),
        GoldenCase("ligatures-off", ["Serif"], size: 34, text: "ligatures") { $0.runs[0].face.features = ["liga=0"] },
        GoldenCase(
            name: "weights",
            block: TextBlock(
                [100, 450, 900].flatMap { weight in
                    [false, true].map { italic in
                        TextRun(
                            (italic ? " " : weight > 100 ? "\n" : "") + "Rag\(weight)",
                            face: TextFace(weight: weight, italic: italic, size: 24))
                    }
                })),
        GoldenCase(
            name: "features",
            block: TextBlock(
                [[], ["tnum"], ["tnum", "zero"], ["ss01"]].map {
                    TextRun(($0.isEmpty ? "" : "\n") + "1120 a4", face: TextFace(size: 24, features: $0))
                })),
    ]

    /// Paints, strokes, shadows, boxes, and a beginning of another colour.
    private static let looks = [
        GoldenCase(name: "paints", margin: 24, block: paints),
        GoldenCase("sweep", ["Arabic"], size: 34, text: "arabic", language: "ar") {
            $0.runs[0].sweep = TextRun.Sweep(paint: .color(TextColor(red: 255, green: 200, blue: 0)), fraction: 0.5)
            $0.runs[0].stroke = TextStroke(width: 2)
        },
    ]

    private static var paints: TextBlock {
        let stops = [
            TextPaint.Stop(at: 0, color: TextColor(red: 255, green: 240, blue: 60)),
            TextPaint.Stop(at: 1, color: TextColor(red: 240, green: 40, blue: 120)),
        ]
        let run = TextRun(
            "Stroke\n& long glow", face: TextFace(weight: 800, size: 30), paint: .gradient(stops: stops, angle: 90),
            stroke: TextStroke(width: 3))
        var block = TextBlock([run])
        block.align = .center
        block.shadows = [
            TextShadow(x: 0, y: 0, blur: 10, color: TextColor(red: 90, green: 220, blue: 255)),
            TextShadow(x: 4, y: 6, blur: 6, color: TextColor(red: 0, green: 0, blue: 0, alpha: 180)),
        ]
        let box = TextColor(red: 225, green: 240, blue: 230, alpha: 220)
        block.background = TextBox(paint: .color(box), paddingX: 10, paddingY: 2, radius: 8)
        block.backgroundPerLine = true
        return block
    }

    private init(name: String, margin: Double = 16, block: TextBlock) {
        (self.name, self.margin, self.block) = (name, margin, block)
    }

    private init(
        _ name: String, _ families: [String], size: Double = 28, margin: Double = 16, text: String? = nil,
        language: String = "en", _ change: (inout TextBlock) -> Void = { _ in }
    ) {
        let words = GoldenFonts.texts[text ?? name] ?? ""
        var block = TextBlock([TextRun(words, face: TextFace(families: families, size: size))])
        block.language = language
        change(&block)
        self.init(name: name, margin: margin, block: block)
    }

    private static func divideAtSpaces(_ block: inout TextBlock) {
        guard let first = block.runs.first else { return }
        let words = first.text.split(separator: " ")
        block.runs = words.enumerated().map { index, word in
            var run = first
            run.text = word + (index + 1 < words.count ? " " : "")
            return run
        }
    }
}
