// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// What no text may do: take forever, or all of the memory.
@Suite struct LimitTests {
    private func refusal(_ text: TextBlock) -> String? { message { try layout(text) } }

    @Test func `a text that is too long, or too intricate, is refused in words`() {
        #expect(refusal(block(String(repeating: "a", count: 65537)))?.contains("65537 bytes") == true)
        #expect(refusal(block("a" + String(repeating: "\u{301}", count: 33)))?.contains("marks") == true)
        #expect(refusal(block("a" + String(repeating: "\u{301}", count: 32))) == nil)
        #expect(refusal(block("a\0b"))?.contains("NUL") == true)
        #expect(refusal(block(String(repeating: "\t", count: 513)))?.contains("513 tabs") == true)
        #expect(refusal(block(String(repeating: "a\n", count: 2049)))?.contains("2049 ends of lines") == true)
        let faces = (0..<257).map { TextRun("a", face: TextFace(size: 10 + Double($0))) }
        #expect(refusal(TextBlock(faces))?.contains("257 different faces") == true)
        let many = [TextRun](repeating: TextRun("a", face: TextFace(size: 10)), count: 9000)
        #expect(refusal(TextBlock(many))?.contains("9000 runs") == true)
    }

    @Test(arguments: [0, -1, 0.05, 5000, .nan, .infinity])
    func `sizes out of range are refused`(size: Double) {
        #expect(refusal(block("a", size: size))?.contains("out of range for a text's size") == true)
    }

    @Test func `numbers out of range are refused, whichever they are`() {
        let changes: [(inout TextBlock) -> Void] = [
            { $0.maxWidth = -1 }, { $0.maxHeight = .nan }, { $0.maxLines = 0 }, { $0.lineHeight = 0 },
            { $0.shadows = [TextShadow(x: .infinity, y: 0, blur: 0, color: .black)] },
            { $0.shadows = [TextShadow(x: 0, y: 0, blur: -1, color: .black)] },
            { $0.shadows = .init(repeating: TextShadow(x: 0, y: 0, blur: 0, color: .black), count: 17) },
            { $0.background = TextBox(paint: .color(.black), radius: -1) },
            { $0.runs[0].stroke = TextStroke(width: -1) }, { $0.runs[0].scale = 0 },
            { $0.runs[0].sweep = .init(paint: .color(.black), fraction: 1.5) },
            { $0.runs[0].paint = .gradient(stops: [], angle: 0) },
            {
                $0.runs[0].paint = .gradient(
                    stops: [.init(at: 1, color: .black), .init(at: 0, color: .white)], angle: 0)
            },
            { $0.runs[0].face.weight = 0 }, { $0.runs[0].face.letterSpacing = .infinity },
            { $0.runs[0].face.features = ["liga 0"] }, { $0.runs[0].face.features = ["tnum=-1"] },
            { $0.runs[0].face.features = ["tn,m"] }, { $0.runs[0].face.variations = ["weight": 1] },
            { $0.runs[0].face.families = [] }, { $0.language = "de,DE" },
        ]
        for (index, change) in changes.enumerated() {
            #expect(refusal(block("a", change)) != nil, "change \(index)")
        }
    }

    @Test func `frames of odd, negative or vast sizes are refused`() throws {
        let fonts = try Fonts.plain.get()
        for (width, height) in [(0, 2), (3, 2), (2, -2), (40000, 2), (20000, 20000)] {
            #expect(throws: TextError.self) { try fonts.draw(block("a"), x: 0, y: 0, width: width, height: height) }
        }
        for place in [Double.nan, 1e9] {
            #expect(throws: TextError.self) { try fonts.draw(block("a"), x: place, y: 0, width: 2, height: 2) }
        }
    }

    @Test(arguments: [
        "x", "abc def ", " ", "\t", "\u{202E}", "\n", "👨\u{200D}", "\u{1100}", "a\u{301}\u{302}", "\u{200D}", "ف",
    ])
    func `the longest text of anything is laid out and drawn`(unit: String) throws {
        let most = unit == "\n" ? 2048 : unit == "\t" ? 512 : 65536
        let text = String(repeating: unit, count: most / unit.utf8.count)
        var hostile = block(text, size: 40) { $0.maxWidth = 900 }
        #expect(try layout(hostile).lines.count > 0)
        hostile.wraps = false
        hostile.ellipsis = true
        #expect(try layout(hostile).lines.count > 0)
        hostile.wraps = true
        hostile.shrinkToFit = true
        hostile.maxHeight = 400
        hostile.runs[0].stroke = TextStroke(width: 2)
        let found = try layout(hostile)
        #expect(found.scale >= 0.09)
        #expect(found.width.isFinite && found.height.isFinite)
        _ = try Drawn(hostile)
    }

    @Test func `the largest letters and the longest line are counted without overflow`() throws {
        let long = try layout(block(String(repeating: "W", count: 65536), size: 4096))
        let one = try layout(block("W", size: 4096))
        #expect(abs(long.width / (one.width * 65536) - 1) < 0.02)
        var far = block("W W", size: 4096) { $0.shadows = [TextShadow(x: 4096, y: -4096, blur: 1024, color: .black)] }
        far.runs[0].stroke = TextStroke(width: 1024)
        far.runs[0].scale = 100
        _ = try? Drawn(far)
    }
}
