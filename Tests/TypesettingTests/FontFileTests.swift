// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Typesetting

/// Fonts given by file: good ones, and all that may be in their place.
@Suite struct FontFileTests {
    /// Writes a file, and calls `body` with its path.
    private func withFile(_ bytes: Data, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("font-" + UUID().uuidString).path
        try bytes.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func refusal(_ path: String) -> String? { message { try FontSet([FontFile(path: path)]) } }

    @Test(.enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"))
    func `a file has its own family, or the one it is given`() throws {
        let path = try #require(Fonts.dejaVu)
        let (own, given) = (
            try FontSet([FontFile(path: path)]), try FontSet([FontFile(path: path, family: "Märchen & <b>")])
        )
        #expect(own.has(family: "DejaVu Sans"))
        #expect(given.has(family: "märchen & <B>"))
        #expect(!given.has(family: "DejaVu Sans"))
        func width(_ fonts: FontSet, _ family: String) throws -> Double {
            try fonts.layout(block("Hamburg", families: [family])).width
        }
        #expect(try width(own, "DejaVu Sans") == width(given, "Märchen & <b>"))
        #expect(try width(own, "DejaVu Sans") != width(own, FontSet.defaultFamily))
    }

    @Test(.enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"))
    func `a file may take the bundled family's place`() throws {
        let path = try #require(Fonts.dejaVu)
        let replaced = try FontSet([FontFile(path: path, family: FontSet.defaultFamily)])
        let usual = try FontSet([FontFile(path: path, family: "Other")])
        let width = try replaced.layout(block("Hamburg")).width
        #expect(width == (try usual.layout(block("Hamburg", families: ["Other"])).width))
    }

    @Test(.enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"))
    func `a file may change or vanish once the set is open`() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: try #require(Fonts.dejaVu)))
        let text = block("Hamburg שלום", families: ["Own"])
        let expected = try Drawn(text, .success(FontSet([FontFile(path: try #require(Fonts.dejaVu), family: "Own")])))
        try withFile(bytes) { path in
            let fonts = try FontSet([FontFile(path: path, family: "Own")])
            try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 0)
            #expect(try Drawn(text, .success(fonts)) == expected)
        }
    }

    @Test func `the system's fonts come after the others`() throws {
        let (plain, system) = (try Fonts.plain.get(), try FontSet([], systemFonts: true))
        #expect(Set(system.families).isSuperset(of: plain.families))
        #expect(try system.layout(block("Hamburg")) == plain.layout(block("Hamburg")))
    }

    @Test(.enabled(if: Fonts.hasEmoji, "no font of colour emoji is installed"))
    func `a given font of emoji takes the place of the system's`() throws {
        let path = try #require(try Fonts.plain.get().emojiPath)
        let fonts = try FontSet([FontFile(path: path, family: "Faces")])
        #expect(fonts.emojiPath == path)
        #expect(fonts.has(family: "Faces"))
        #expect(!fonts.has(family: "Noto Color Emoji"))
        #expect(try Drawn(block("a 😀"), .success(fonts)) == Drawn(block("a 😀")))
    }

    @Test func `more files than a set may have are refused`() {
        let many = [FontFile](repeating: FontFile(path: "a.ttf"), count: 65)
        #expect(message { try FontSet(many) }?.contains("65 font files") == true)
    }

    @Test func `what is no font is refused in words`() throws {
        #expect(refusal("/nonexistent/a.ttf")?.contains("cannot be opened") == true)
        #expect(refusal(NSTemporaryDirectory())?.contains("is not a file") == true)
        #expect(refusal("a\0b")?.contains("NUL") == true)
        try withFile(Data("not a font at all, but some text".utf8)) {
            #expect(refusal($0)?.contains("is damaged") == true)
        }
        try withFile(Data()) { #expect(refusal($0)?.contains("is damaged") == true) }
        try withFile(Data("wOF2".utf8) + Data(count: 60)) { #expect(refusal($0)?.contains("web font") == true) }
        try withFile(Data([0, 1, 0, 0, 0xFF, 0xFF]) + Data(count: 60)) {
            #expect(refusal($0)?.contains("is damaged") == true)
        }
    }

    @Test func `a pipe is refused at once`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pipe-" + UUID().uuidString).path
        #expect(unsafe mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(refusal(path)?.contains("is not a file") == true)
    }

    @Test func `a file that is too large is refused unread`() throws {
        try withFile(Data([0, 1, 0, 0])) { path in
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.truncate(atOffset: 65 << 20)
            try handle.close()
            #expect(refusal(path)?.contains("larger than 64 MiB") == true)
        }
    }

    @Test(.enabled(if: Fonts.hasDejaVu, "DejaVu Sans is not installed"), arguments: 0..<24)
    func `a damaged font is refused or drawn, and ends nothing`(seed: Int) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: try #require(Fonts.dejaVu)))
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let tables = Int(bytes[4]) << 8 | Int(bytes[5])
        for _ in 0..<1 + next(40) {
            // Mostly in the beginnings of tables, which libraries trust most.
            let entry = 12 + 16 * next(tables)
            let start = bytes[(entry + 8)..<(entry + 12)].reduce(0) { $0 << 8 | Int($1) }
            bytes[min(start + next(300), bytes.count - 1)] = UInt8(next(256))
        }
        if seed % 4 == 3 { bytes = bytes.prefix(bytes.count / 2 + next(bytes.count / 2)) }
        try withFile(bytes) { path in
            guard let fonts = try? FontSet([FontFile(path: path, family: "Damaged")]) else { return }
            var text = block("Hamburgefonts ffi ǵ Ωж ½ مرحبا שלום", families: ["Damaged"]) { $0.maxWidth = 300 }
            text.runs[0].stroke = TextStroke(width: 3)
            _ = try? fonts.draw(text, x: 10, y: 10, width: 320, height: 400)
        }
    }
}
