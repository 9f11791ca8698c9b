// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing
import Typesetting

@testable import Compose

/// Texts on the canvas: where they lie, what they cost, and what is refused.
@Suite struct TextTests {
    private let size = PixelSize(width: 320, height: 180)

    private func edit(_ clips: TextClip..., background: Color = .black, seconds: Int = 1) -> Edit {
        Edit(size: size, background: background) {
            Track { ColorClip(background, duration: .seconds(seconds)) }
            for clip in clips { Track { clip } }
        }
    }

    /// Returns the smallest rectangle around everything that differs from the background.
    private func ink(_ planes: Planes, background: Int = 16) -> (left: Int, top: Int, right: Int, bottom: Int)? {
        var box: (left: Int, top: Int, right: Int, bottom: Int)?
        for y in 0..<planes.height {
            for x in 0..<planes.width where abs(Int(planes.luma(x, y)) - background) > 8 {
                let old = box ?? (x, y, x, y)
                box = (min(old.left, x), min(old.top, y), max(old.right, x), max(old.bottom, y))
            }
        }
        return box
    }

    private func problems(_ edit: Edit, in folder: String = Fixtures.folder) async -> [String] {
        await edit.problems(in: folder).map(\.description)
    }

    @Test func `a text lies where its anchor says, and is centred by its widths`() throws {
        let style = TextStyle(size: 40, weight: 700)
        let middle = try #require(ink(try composed(edit(TextClip("HOH", style: style)), frame: 0)))
        #expect(abs((middle.left + middle.right) - 319) <= 2, "\(middle)")
        let corner = try #require(
            ink(
                try composed(
                    edit(TextClip("H", style: style).position(x: 320, y: 180, anchor: .bottomRight)), frame: 0)))
        #expect(corner.right < 320 && corner.right > 312 && corner.bottom < 178 && corner.bottom > 160, "\(corner)")
    }

    @Test func `a baseline does not move with the letters`() throws {
        var bottoms: Set<Int> = []
        for text in ["x", "xÅ", "xg", "x中", "x\u{0F40}"].prefix(3) {
            let clip = TextClip(text, style: TextStyle(size: 60, align: .start)).position(
                x: 20, y: 20, anchor: .topLeft)
            let planes = try composed(edit(clip), frame: 0)
            // The first letter alone: an x ends at the baseline.
            let rows = (0..<180).filter { y in (20..<48).contains { planes.luma($0, y) > 100 } }
            bottoms.insert(rows.last ?? 0)
        }
        #expect(bottoms.count == 1, "\(bottoms)")
    }

    @Test func `white text on white leaves no rim`() throws {
        var style = TextStyle(size: 70, weight: 600, color: .white)
        style.background = nil
        let planes = try composed(edit(TextClip("Rim@&", style: style), background: .white), frame: 0)
        let lumas = Set(planes.planes[0])
        #expect(lumas.isSubset(of: [234, 235, 236]), "\(lumas.sorted())")
        for plane in planes.planes[1...] { #expect(Set(plane).isSubset(of: [127, 128, 129])) }
    }

    /// What is composed is what arithmetic without rounding makes of the two pictures, chroma included.
    @Test func `a text over a gradient is composed as in floating point`() throws {
        let stops = [
            ColorStop(0, Color(red: 250, green: 60, blue: 20)), ColorStop(1, Color(red: 10, green: 90, blue: 240)),
        ]
        let below = Track { GradientClip(stops, shape: .linear(angle: 90), duration: .seconds(1)) }
        var style = TextStyle(size: 70, weight: 800, color: Color(red: 30, green: 230, blue: 80, alpha: 200))
        style.shadows = [TextShadow(x: 3, y: 5, blur: 9)]
        let clip = TextClip("Mix&Æ", style: style)
        let edit = Edit(size: size) {
            below
            Track { clip }
        }
        let plan = try edit.makePlan(in: Fixtures.folder)
        let index = try #require(plan.sources.firstIndex { $0.source is TextSource<StillText> })
        let draw = try #require(plan.spans[0].composition.draws.first { $0.source == index })
        guard case .aligned(let left, let top) = draw.view else { throw CancellationError() }
        let source = try #require(plan.sources[index].source as? TextSource<StillText>)
        let text = try #require(try TextReader(source).picture(at: 0).pixels)
        let (picture, background) = (
            try composed(edit, frame: 0), try composed(Edit(size: size) { below }, frame: 0)
        )
        let alpha = text.plane(3)
        for plane in 0..<3 {
            let (shift, base) = plane == 0 ? (0, 16.0) : (1, 128.0)
            let (width, wide) = (text.width >> shift, picture.width >> shift)
            let own = text.plane(plane)
            var worst = 0.0
            for y in 0..<text.height >> shift {
                for x in 0..<width {
                    // Chroma has the mean opacity of its four pixels.
                    let cells =
                        shift == 0
                        ? [(x, y)] : [(2 * x, 2 * y), (2 * x + 1, 2 * y), (2 * x, 2 * y + 1), (2 * x + 1, 2 * y + 1)]
                    let cover =
                        cells.reduce(0.0) { $0 + Double(alpha[$1.1 * text.width + $1.0]) } / Double(cells.count) / 255
                    let place = (y + (top >> shift)) * wide + x + (left >> shift)
                    let under = Double(background.planes[plane][place])
                    let expected = Double(own[y * width + x]) + (under - base) * (1 - cover)
                    worst = max(worst, abs(Double(picture.planes[plane][place]) - expected))
                }
            }
            #expect(worst <= 2, "plane \(plane): \(worst)")
        }
    }

    @Test func `colours of a text and its box come out as they are written`() throws {
        let boxed = TextClip(
            "I",
            style: TextStyle(
                size: 40, color: Color(red: 255, green: 0, blue: 0),
                background: TextBackground(Color(red: 0, green: 255, blue: 0), padding: 30)))
        let planes = try composed(edit(boxed), frame: 0)
        // BT.709: green is 173, 42, 26.
        let corner = planes.chroma(160 - 28, 90 - 36)
        #expect(abs(corner.u - 42) <= 2 && abs(corner.v - 26) <= 2, "\(corner)")
        #expect(abs(planes.luma(160 - 28, 90 - 36) - 173) <= 2)
        // Red is 63, 102, 240, in the middle of the letter.
        #expect((150..<170).contains { abs(planes.luma($0, 90) - 63) <= 6 })
    }

    @Test func `a title that stays costs one composition`() async throws {
        let plan = try await edit(TextClip("Title"), seconds: 5).plan()
        #expect(plan.spans.count == 1 && plan.spans[0].isHeld)
        #expect(plan.foldedFrameCount == plan.frameCount - 1)
    }

    @Test func `what looks like a command of a filter is drawn and does nothing else`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let texts = [
                "hi,metadata=mode=print:file=x", "50% off", "it's", #"C:\new"#, "%{pts}", #"{\an8}"#, "</span>",
                "[a][b]",
            ]
            for text in texts {
                let planes = try composed(edit(TextClip(text, style: TextStyle(size: 20))), frame: 0, in: folder)
                #expect(ink(planes) != nil, "\(text)")
            }
            let files = try Fixtures.contents(of: folder)
            #expect(files == [])
        }
    }

    @Test func `a family that is not there is refused, with the nearest name`() async {
        var span = TextClip(spans: ["a", TextSpan("b", SpanStyle(color: nil, font: "Helvetica"))])
        #expect(
            await problems(edit(TextClip("a", style: TextStyle(font: "Intre")))) == [
                #"tracks[1].clips[0].style.font: "Intre" is none of the edit's fonts (did you mean "Inter"?); add its file to the timeline's fonts, or use "Inter""#
            ])
        #expect(
            await problems(edit(span)).first?.hasPrefix(
                #"tracks[1].clips[0].spans[1].style.font: "Helvetica" is none of the edit's fonts; "#) == true)
        span.spans[1].style.font = "inter"
        #expect(await problems(edit(span)) == [])
    }

    @Test func `a character that no font has is refused with its place`() async {
        #expect(
            await problems(edit(TextClip("ab\u{0F40}d"))) == [
                "tracks[1].clips[0].text: no font has “\u{0F40}” (U+0F40), character 3; add a font that has it to the timeline's fonts"
            ])
        #expect(
            await problems(edit(TextClip(spans: ["fine", TextSpan("\u{1FFFD}", SpanStyle(color: .white))]))) == [
                "tracks[1].clips[0].spans[1].text: no font has “\u{1FFFD}” (U+1FFFD), character 1; add a font that has it to the timeline's fonts"
            ])
    }

    @Test func `a file that is no font is refused at its place`() async throws {
        var edit = edit(TextClip("a"))
        edit.timeline.fonts = [FontFile("inputs/gradient.png"), FontFile("nothing.ttf")]
        let found = await problems(edit)
        #expect(found.count == 2)
        #expect(found[0].hasPrefix("fonts[0].src: inputs/gradient.png cannot be used: "), "\(found)")
        #expect(found[1].hasPrefix("fonts[1].src: nothing.ttf does not exist"), "\(found)")
    }

    @Test func `texts that differ in anything have other keys`() async throws {
        func key(_ change: (inout TextClip) -> Void = { _ in }) async throws -> [String] {
            var clip = TextClip("Text", duration: .seconds(1), style: TextStyle(size: 40))
            change(&clip)
            return try await Renderer().segmentKeys(of: try await edit(clip).plan())
        }
        let keys = [
            try await key(), try await key { $0.spans[0].text = "Test" }, try await key { $0.style.size = 41 },
            try await key { $0.style.weight = 500 }, try await key { $0.style.italic = true },
            try await key { $0.style.color = .black }, try await key { $0.style.letterSpacing = 1 },
            try await key { $0.style.stroke = TextStroke(.black, width: 2) },
            try await key { $0.style.shadows = [TextShadow()] },
            try await key { $0.style.background = TextBackground(.black) },
            try await key { $0.style.gradient = TextGradient([ColorStop(0, .white), ColorStop(1, .black)]) },
            try await key { $0.style.underline = true }, try await key { $0.style.features = ["ss01"] },
            try await key { $0.style.letterCase = .upper },
            try await key { $0.visual.position = .constant(Position(x: 10, y: 10)) },
        ]
        #expect(Set(keys).count == keys.count)
        let again = try await key()
        #expect(again == keys[0])
    }

    @Test func `what a text's key is made of has no property that the key forgets`() async throws {
        func names(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
        let plan = try await edit(TextClip("a")).plan()
        let source = try #require(plan.sources.compactMap { $0.source as? TextSource<StillText> }.first)
        #expect(
            names(source) == [
                "fonts",  // their contents are what counts
                "fontIdentity", "states", "box", "align", "verticalAlign", "scale", "size",
            ])
        let block = source.states.block
        #expect(
            names(block) == [
                "runs", "align", "direction", "language", "maxWidth", "maxHeight", "maxLines", "wraps", "ellipsis",
                "shrinkToFit", "lineHeight", "shadows", "background", "backgroundPerLine",
            ])
        #expect(names(block.runs[0]) == ["text", "face", "paint", "stroke", "box", "scale", "sweep"])
        #expect(
            names(block.runs[0].face) == [
                "families", "weight", "width", "italic", "size", "letterSpacing", "features", "variations", "underline",
                "strikethrough",
            ])
        let cue = PlannedCue(frames: 0..<1, pieces: [PlannedCue.Piece(text: "", look: SpanStyle(), word: nil)])
        #expect(names(cue) == ["frames", "pieces"] && names(cue.pieces[0]) == ["text", "look", "word"])
        let look = CaptionLook(
            TextStyle(), ActiveWord(color: .white), box: (1, 1), on: size, 30)
        #expect(
            names(look) == [
                "block", "base", "canvas", "rate", "active",
                "style",  // the runs that it makes are part of the key
            ])
        #expect(names(try #require(look.active)) == ["style", "scale", "popFrames", "mode"])
    }

    @Test func `a text takes part in transitions, opacity and slides`() async throws {
        let style = TextStyle(size: 60)
        let edit = Edit(size: size) {
            Track { ColorClip(Color(red: 40, green: 40, blue: 90), duration: .seconds(3)) }
            Track {
                TextClip("One", duration: .seconds(1), style: style).opacity(0.5)
                Transition(.push(.left), .milliseconds(500))
                TextClip("Two", duration: .seconds(1), style: style)
                Transition(.fade, .milliseconds(500))
                TextClip("Three", duration: .seconds(1), style: style)
            }
        }
        try await Fixtures.withTemporaryFolder { folder in
            let report = try await Renderer().render(edit, to: folder + "/out.mp4").result
            #expect(report.video?.frames == 90)
        }
    }

    @Test func `a text lies on transparency with straight edges`() async throws {
        var edit = Edit(size: size, background: Color(red: 0, green: 0, blue: 0, alpha: 0)) {
            Track { TextClip("Alpha", duration: .seconds(1), style: TextStyle(size: 60, color: .white)) }
        }
        edit.output.format = .png
        try await Fixtures.withTemporaryFolder { folder in
            _ = try await Renderer().still(edit, at: .zero, to: folder + "/out.png")
            let raw = try run(
                "ffmpeg", ["-v", "error", "-i", folder + "/out.png", "-f", "rawvideo", "-pix_fmt", "rgba", "-"])
            // Wherever anything is seen, it is white: black behind the letters would show as grey rims.
            let pixels = Array(raw)
            let seen = stride(from: 0, to: pixels.count, by: 4).filter { pixels[$0 + 3] > 60 }
            #expect(seen.count > 500)
            #expect(seen.allSatisfy { index in (0..<3).allSatisfy { pixels[index + $0] > 245 } })
        }
    }

    @Test func `a font of the edit is used by its name, its contents are part of the key, and a change is noticed`()
        async throws
    {
        try await Fixtures.withTemporaryFolder { folder in
            let fonts = Fixtures.photos + "/../../Sources/CTextShim/fonts/"
            let font = folder + "/brand.ttf"
            try FileManager.default.copyItem(atPath: fonts + "Inter-roman.var.ttf", toPath: font)
            var edit = edit(TextClip("Text", style: TextStyle(font: "Brand", size: 40)))
            edit.timeline.fonts = [FontFile("brand.ttf", family: "Brand")]
            let plan = try await edit.plan(in: folder)
            #expect(plan.files.map(\.reference.path) == ["fonts[0].src"])
            let keys = try await Renderer().segmentKeys(of: plan)
            let found = await edit.problems(in: folder)
            #expect(found == [])
            // Other contents under the same name.
            try FileManager.default.removeItem(atPath: font)
            try FileManager.default.copyItem(atPath: fonts + "Inter-italic.var.ttf", toPath: font)
            await #expect(throws: ComposeError.self) {
                try await Renderer(cache: RenderCache(folder: folder + "/cache")).render(plan, to: folder + "/a.mp4")
                    .result
            }
            let other = try await Renderer().segmentKeys(of: try await edit.plan(in: folder))
            #expect(other != keys)
        }
    }

    @Test func `a plan from JSON draws the same text, and misses no font in silence`() async throws {
        let edit = edit(TextClip("Text"))
        let plan = try await edit.plan()
        let again = try Plan(json: try plan.json())
        #expect(again.sources == plan.sources)
    }
}
