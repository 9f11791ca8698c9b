// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// What is found of texts that viewers may not be able to read.
@Suite struct InspectionTests {
    private let size = PixelSize(width: 540, height: 960)
    private let grey = Color(red: 118, green: 118, blue: 118)

    private func edit(_ clips: [TextClip], over background: Color = .black, seconds: Int = 4) -> Edit {
        Edit(size: size) {
            Track { ColorClip(background, duration: .seconds(seconds)) }
            for clip in clips { Track { clip } }
        }
    }

    private func kinds(_ edit: Edit, platform: SafeArea? = nil) async throws -> [Inspection.Finding.Kind] {
        try await edit.inspection(platform: platform).findings.map(\.kind)
    }

    @Test func `a text that can be read is said to be where it is`() async throws {
        let style = TextStyle(size: 60, weight: 700)
        let found = try await edit([TextClip("Two\nlines", style: style)]).inspection()
        #expect(found.findings == [])
        #expect(found.layers.map(\.kind) == ["color", "text"])
        let text = try #require(found.layers[1].texts.first)
        #expect(text.text == "Two\nlines" && text.start == 0 && text.end == 4 && text.size == 60)
        #expect(text.lines.count == 2 && abs((text.lines[0].x + text.lines[0].width / 2) - 270) < 1)
        #expect(abs(text.lines[1].y + text.lines[1].height - text.lines[0].y - (960 - 2 * text.lines[0].y)) < 2)
        #expect(text.charactersPerSecond == 2)
    }

    /// WCAG's own example: #767676 on white has 4.54, #777777 has 4.48.
    @Test func `contrast is that of WCAG's formula`() async throws {
        func ratio(_ text: Color, on background: Color) async throws -> Double {
            let style = TextStyle(size: 40, color: text)
            let found = try await edit([TextClip("Text", style: style)], over: background).inspection()
            return try #require(found.layers[1].texts[0].contrast)
        }
        #expect(abs(try await ratio(.white, on: .black) - 21) < 0.1)
        #expect(abs(try await ratio(grey, on: .white) - 4.54) < 0.06)
        #expect(abs(try await ratio(Color(red: 255, green: 0, blue: 0), on: .white) - 4.0) < 0.1)
    }

    @Test func `low contrast is found against what lies behind the text, not against the background`() async throws {
        var clip = TextClip("White on light", style: TextStyle(size: 24, color: .white))
        let light = Color(red: 200, green: 210, blue: 220)
        #expect(try await kinds(edit([clip], over: light)) == [.contrast])
        clip.style.background = TextBackground(Color(red: 0, green: 0, blue: 0, alpha: 200), padding: 10)
        #expect(try await kinds(edit([clip], over: light)) == [])
        clip.style.background = nil
        clip.style.stroke = TextStroke(.black, width: 3)
        #expect(try await kinds(edit([clip], over: light)) == [])
        // A light box that another layer lays behind it.
        let covered = Edit(size: size) {
            Track { ColorClip(.black, duration: .seconds(3)) }
            Track { ColorClip(light).size(width: 400, height: 200) }
            Track { TextClip("White on light", style: TextStyle(size: 24)) }
        }
        #expect(try await kinds(covered) == [.contrast])
    }

    @Test func `large text needs less contrast`() async throws {
        let grey = Color(red: 140, green: 140, blue: 140)  // 3.4 on white
        #expect(try await kinds(edit([TextClip("Large", style: TextStyle(size: 60, color: grey))], over: .white)) == [])
        #expect(
            try await kinds(edit([TextClip("Small", style: TextStyle(size: 20, color: grey))], over: .white))
                == [.contrast])
    }

    @Test func `a text that is shown for too short a time is found`() async throws {
        let long = TextClip("Forty characters in all are read a second", style: TextStyle(size: 20))
        #expect(try await kinds(edit([long], seconds: 1)) == [.readingSpeed])
        #expect(try await kinds(edit([long], seconds: 4)) == [])
        let short = TextClip("a b", duration: .milliseconds(500), style: TextStyle(size: 20))
        #expect(try await kinds(edit([short])) == [.readingSpeed])
    }

    @Test func `texts that lie over each other, outside of the picture or of a safe area are found`() async throws {
        let style = TextStyle(size: 40)
        let middle = TextClip("In the middle", style: style)
        #expect(try await kinds(edit([middle, middle.position(x: 270, y: 500)])) == [.overlap])
        #expect(try await kinds(edit([middle, middle.position(x: 270, y: 700)])) == [])
        #expect(try await kinds(edit([middle.position(x: 20, y: 480)])) == [.offCanvas])
        #expect(try await kinds(edit([middle.position(x: 270, y: 900)])) == [])
        #expect(try await kinds(edit([middle.position(x: 270, y: 900)]), platform: .reels) == [.unsafe])
        #expect(try await kinds(edit([middle]), platform: .reels) == [])
    }

    @Test func `clips that show the same text are named each by itself`() async throws {
        let clip = TextClip("The same", duration: .seconds(2), style: TextStyle(size: 40))
        let twice = Edit(size: size) {
            Track { ColorClip(.black, duration: .seconds(8)) }
            Track { clip.position(x: 270, y: 300) }
            Track {
                clip.position(x: 20, y: 700)
                clip.position(x: 270, y: 300).starting(at: .seconds(5))
            }
        }
        let found = try await twice.inspection()
        #expect(found.findings.map(\.path) == ["tracks[2].clips[0]"])
        #expect(found.findings.map(\.kind) == [.offCanvas])
        let texts = found.layers.filter { $0.kind == "text" }.map { "\($0.path) \($0.start) \($0.end)" }
        #expect(
            texts.sorted() == [
                "tracks[1].clips[0] 0.0 2.0", "tracks[2].clips[0] 0.0 2.0", "tracks[2].clips[1] 5.0 7.0",
            ])
        // Moved together, the second one lies over the first.
        let over = Edit(size: size) {
            Track { clip.position(x: 270, y: 300) }
            Track { clip.position(x: 270, y: 310) }
        }
        #expect(
            try await over.inspection().findings.map(\.description).contains {
                $0.hasPrefix("tracks[1].clips[0]: ") && $0.contains("lies over the text of tracks[0].clips[0]")
            })
    }

    @Test func `texts at different times do not lie over each other`() async throws {
        let style = TextStyle(size: 40)
        let edit = Edit(size: size) {
            Track { ColorClip(.black, duration: .seconds(4)) }
            Track { TextClip("One thing", duration: .seconds(2), style: style) }
            Track { TextClip("Another thing", duration: .seconds(2), style: style).starting(at: .seconds(2)) }
        }
        #expect(try await kinds(edit) == [])
    }

    @Test func `text that is cut off, or larger than its box, is found`() async throws {
        var clip = TextClip("Far too many words for a single line of text", style: TextStyle(size: 40))
        clip.style.maxLines = 1
        clip.style.overflow = .ellipsis
        #expect(try await kinds(edit([clip])) == [.overflow])
        clip.style.overflow = .shrink
        #expect(try await kinds(edit([clip])) == [])
        clip.style.maxLines = nil
        clip.style.overflow = .visible
        clip.style.maxHeight = 60
        #expect(try await kinds(edit([clip])) == [.overflow])
    }

    @Test func `of many captions with the same fault three are named, and the number of the others`() async throws {
        let words = (0..<200).map {
            CaptionsClip.SpokenWord("word\($0)", start: .milliseconds($0 * 60), end: .milliseconds($0 * 60 + 60))
        }
        let edit = Edit(size: size) {
            Track { ColorClip(.black, duration: .seconds(12)) }
            Track { CaptionsClip(words: words, style: TextStyle(size: 30)) }
        }
        let findings = try await edit.inspection(contrast: false).findings
        #expect(findings.count == 3 && findings.allSatisfy { $0.kind == .readingSpeed })
        #expect(findings[2].message.hasSuffix("times more)"), "\(findings[2])")
    }

    @Test func `an edit with problems has no inspection`() async {
        let error = await #expect(throws: ComposeError.self) {
            try await edit([TextClip("a", style: TextStyle(font: "None"))]).inspection()
        }
        #expect(error?.code == .invalidEdit)
    }
}
