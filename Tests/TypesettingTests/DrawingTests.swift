// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// Pixels of letters, strokes, shadows and boxes.
@Suite struct DrawingTests {
    private let red = TextColor(red: 255, green: 0, blue: 0)

    @Test func `letters follow fractions of a pixel`() throws {
        let whole = try Drawn(block("l")).moments()
        for step in 1..<8 {
            let shift = Double(step) / 8
            let moved = try Drawn(block("l"), x: 20 + shift, y: 20 + shift).moments()
            #expect(abs(moved.x - whole.x - shift) < 0.01)
            #expect(abs(moved.y - whole.y - shift) < 0.05)
            #expect(abs(moved.sum / whole.sum - 1) < 0.005)
        }
    }

    @Test func `a scale draws as a larger size would`() throws {
        let (scaled, large) = (try Drawn(block("Rag", size: 40), scale: 2), try Drawn(block("Rag", size: 80)))
        #expect(abs(scaled.moments().x - large.moments().x) < 0.1)
        #expect(abs(scaled.moments().sum / large.moments().sum - 1) < 0.003)
    }

    @Test func `white text is white all through`() throws {
        let picture = try Drawn(block("Hamburg"))
        for index in picture.alpha.indices {
            // Premultiplied: 16 + 219 × alpha.
            let expected = 16 + 219 * Double(picture.alpha[index]) / 255
            #expect(abs(Double(picture.luma[index]) - expected) <= 1)
        }
        #expect(picture.u.allSatisfy { $0 == 128 })
        #expect(picture.v.allSatisfy { $0 == 128 })
    }

    @Test func `nothing is painted outside the bounds`() throws {
        var text = block("fjÅ") {
            $0.shadows = [TextShadow(x: 9, y: -4, blur: 12, color: .black)]
            $0.background = TextBox(paint: .color(red), paddingX: 3, paddingY: 2, radius: 4)
        }
        text.runs[0].face.italic = true
        text.runs[0].stroke = TextStroke(width: 5)
        let bounds = try layout(text).bounds
        let extent = try #require(try Drawn(text, x: 50.4, y: 40.7).extent)
        #expect(Double(extent.left) >= (50.4 + bounds.x).rounded(.down))
        #expect(Double(extent.top) >= (40.7 + bounds.y).rounded(.down))
        #expect(Double(extent.right) < (50.4 + bounds.x + bounds.width).rounded(.up))
        #expect(Double(extent.bottom) < (40.7 + bounds.y + bounds.height).rounded(.up))
    }

    @Test(arguments: [1.0, 2.5, 6])
    func `a stroke is as wide outside the letter as it says`(width: Double) throws {
        func across(_ stroke: TextStroke?) throws -> Double {
            var text = block("l")
            text.runs[0].stroke = stroke
            let picture = try Drawn(text, width: 100, height: 140)
            let row = 20 + Int(try layout(text).lines[0].baseline) - 20
            return (0..<100).reduce(0.0) { $0 + Double(picture.alpha($1, row)) / 255 }
        }
        #expect(abs(try across(TextStroke(width: width)) - across(nil) - 2 * width) < 0.05)
    }

    @Test func `a stroke lies beneath the fill`() throws {
        var text = block("l")
        text.runs[0].paint = .color(red)
        text.runs[0].stroke = TextStroke(width: 4, paint: .color(.white))
        let picture = try Drawn(text, width: 100, height: 140)
        let middle = Int(try layout(text).width / 2) + 20
        #expect(picture.chroma(middle, 70).v > 230)
        #expect(picture.alpha(middle, 70) == 255)
    }

    @Test func `a stroke is not seen through letters that let through`() throws {
        var text = block("l")
        text.runs[0].paint = .color(TextColor(red: 255, green: 255, blue: 255, alpha: 0))
        text.runs[0].stroke = TextStroke(width: 4)
        let picture = try Drawn(text, width: 100, height: 140)
        #expect(picture.alpha(Int(try layout(text).width / 2) + 20, 70) == 0)
        #expect(picture.extent != nil)
    }

    @Test(arguments: [0.0, 3, 8, 20])
    func `a shadow is as wide as its blur says, and keeps its weight`(blur: Double) throws {
        let text = block(".") { $0.shadows = [TextShadow(x: 600, y: 300.25, blur: blur, color: .black)] }
        let (plain, cast) = (try Drawn(block("."), width: 1400, height: 900), try Drawn(text, width: 1400, height: 900))
        let (dot, shadow) = (plain.moments(), cast.moments(columns: 100..<1400))
        #expect(abs(shadow.x - dot.x - 600) < 0.1)
        #expect(abs(shadow.y - dot.y - 300.25) < 0.1)
        // Alpha of 8 bits loses the outermost parts, of which wide ones have most. A quarter of a pixel blurs by itself.
        let deviation = blur * blur / 4
        #expect(abs(shadow.varianceX - dot.varianceX - deviation) < 0.08 * deviation + 0.1)
        #expect(abs(shadow.varianceY - dot.varianceY - deviation) < 0.08 * deviation + 0.3)
        #expect(abs(shadow.sum / dot.sum - 1) < 0.06)
    }

    @Test func `a wide blur is a Gaussian`() throws {
        // The edge of a large area is the error function.
        let text = block(" ") {
            $0.shadows = [TextShadow(x: 0, y: 0, blur: 80, color: .black)]
        }
        var bar = text
        bar.runs[0] = TextRun("████████████", face: TextFace(families: ["Mixed"], size: 300))
        guard Fonts.hasDejaVu else { return }
        bar.shadows[0].y = 420
        let picture = try Drawn(bar, x: 0, y: 0, width: 1200, height: 1200, Fonts.mixed)
        let extent = try Drawn(
            block("█", size: 300, families: ["Mixed"]), x: 0, y: 0, width: 600, height: 600, Fonts.mixed)
        let bottom = try #require(extent.extent).bottom + 1 + 420
        for distance in [-80, -40, 0, 40, 80] {
            let z = (Double(distance) + 0.5) / 40
            let expected = 255 * 0.5 * complementaryError(z / 2.0.squareRoot())
            #expect(abs(Double(picture.alpha(600, bottom + distance)) - expected) < 3, "at \(distance)")
        }
    }

    /// Abramowitz and Stegun, 7.1.26.
    private func complementaryError(_ x: Double) -> Double {
        guard x >= 0 else { return 2 - complementaryError(-x) }
        let t = 1 / (1 + 0.3275911 * x)
        let series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
        return series * exponential(-x * x)
    }

    private func exponential(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1..<60 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }

    @Test func `strokes cast shadows too`() throws {
        func shadow(_ stroke: TextStroke?) throws -> Double {
            var text = block("l") { $0.shadows = [TextShadow(x: 100, y: 0, blur: 0, color: .black)] }
            text.runs[0].stroke = stroke
            return try Drawn(text).moments(columns: 100..<400).sum
        }
        #expect(try shadow(TextStroke(width: 4)) > 1.5 * shadow(nil))
    }

    @Test func `a background fills the block's box and its padding, with round corners`() throws {
        let text = block("Hi") {
            $0.background = TextBox(paint: .color(red), paddingX: 10, paddingY: 6, radius: 8)
        }
        let box = try layout(text)
        let picture = try Drawn(text, x: 20, y: 20)
        let (right, bottom) = (20 + Int(box.width) + 9, 20 + Int(box.height) + 5)
        for (x, y) in [(10, 60), (right - 1, 60), (40, 14), (40, bottom - 1)] { #expect(picture.alpha(x, y) == 255) }
        for (x, y) in [(9, 60), (right + 2, 60), (40, 13), (40, bottom + 2), (10, 14)] {
            #expect(picture.alpha(x, y) == 0, "at \(x), \(y)")
        }
    }

    @Test func `each line may have a background as wide as itself`() throws {
        let half = TextColor(red: 255, green: 0, blue: 0, alpha: 128)
        let text = block("i\nmmm") {
            $0.background = TextBox(paint: .color(half), paddingX: 4, paddingY: 4)
            $0.backgroundPerLine = true
        }
        let box = try layout(text)
        let picture = try Drawn(text, height: 240)
        let right = 20 + Int(box.width) - 2
        #expect(picture.alpha(right, 30) == 0)
        #expect(picture.alpha(right, 20 + Int(box.height) - 6) == 128)
        // Where both overlap it is as dense as elsewhere.
        let seam = 20 + Int(box.lines[1].box.y)
        #expect(picture.alpha(18, seam) == 128)
    }

    @Test func `a gradient runs over the whole block`() throws {
        let face = TextFace(size: 72)
        let stops = [TextPaint.Stop(at: 0, color: .black), TextPaint.Stop(at: 1, color: .white)]
        let paint = TextPaint.gradient(stops: stops, angle: 90)
        let text = TextBlock([TextRun("lll", face: face, paint: paint), TextRun("lll", face: face, paint: paint)])
        let width = try layout(text).width
        let picture = try Drawn(text)
        for x in 20..<20 + Int(width) where picture.alpha(x, 70) == 255 {
            let expected = 16 + 219 * (Double(x) + 0.5 - 20) / width
            #expect(abs(Double(picture.luma(x, 70)) - expected) < 2)
        }
    }

    @Test func `a run's scale and box leave the layout as it is`() throws {
        let face = TextFace(size: 60)
        var text = TextBlock(["one ", "two", " three"].map { TextRun($0, face: face) })
        let (before, plain) = (try layout(text), try Drawn(text, width: 500))
        text.runs[1].scale = 1.3
        text.runs[1].box = TextBox(paint: .color(red), paddingX: 4, paddingY: 2, radius: 3)
        let (after, picture) = (try layout(text), try Drawn(text, width: 500))
        #expect(after.runs == before.runs)
        #expect(after.width == before.width)
        let box = try #require(after.runs[1].first).box
        let middle = (x: 20 + box.x + box.width / 2, y: 20 + box.y + box.height / 2)
        let reach = 1.3 * (box.width / 2 + 4)
        #expect(picture.alpha(Int(middle.x - reach) + 2, Int(middle.y)) == 255)
        #expect(
            picture.alpha(Int(middle.x - reach) - 2, Int(middle.y))
                == plain.alpha(Int(middle.x - reach) - 2, Int(middle.y)))
        // The first word is as it was.
        for x in 0..<80 { #expect(picture.alpha(x, 60) == plain.alpha(x, 60)) }
    }

    @Test func `a sweep paints the beginning of a run`() throws {
        var text = block("mmmm")
        text.runs[0].sweep = TextRun.Sweep(paint: .color(red), fraction: 0.5)
        let picture = try Drawn(text)
        let width = try layout(text).width
        for x in stride(from: 24, to: 16 + Int(width), by: 2)
        where picture.alpha(x, 66) == 255 && picture.alpha(x + 1, 66) == 255 {
            let place = (Double(x) - 20) / width
            if place < 0.48 { #expect(picture.chroma(x, 66).v > 220) }
            if place > 0.52 { #expect(picture.chroma(x, 66).v == 128) }
        }
        // The letters' edges are no softer than without it.
        #expect(picture.alpha == (try Drawn(block("mmmm"))).alpha)
    }

    @Test(.enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"))
    func `a sweep comes from the right where text is read so`() throws {
        var text = block("שששש")
        text.runs[0].sweep = TextRun.Sweep(paint: .color(red), fraction: 0.5)
        let picture = try Drawn(text, Fonts.mixed)
        let middle = 20 + Int(try layout(text, Fonts.mixed).width) / 2
        let reds = (0..<400).filter { picture.chroma($0, 66).v > 200 }
        #expect(!reds.isEmpty)
        #expect(reds.allSatisfy { $0 >= middle - 2 })
    }

    @Test func `lines under and through letters have the letters' paint`() throws {
        var text = block("    ")
        text.runs[0].face.underline = true
        text.runs[0].face.strikethrough = true
        text.runs[0].paint = .color(red)
        let picture = try Drawn(text)
        let baseline = 20 + Int(try layout(text).lines[0].baseline)
        let rows = (0..<160).filter { picture.alpha(40, $0) == 255 }
        #expect(rows.contains { $0 > baseline })
        #expect(rows.contains { $0 < baseline - 10 })
        #expect(rows.count < 20)
    }
}
