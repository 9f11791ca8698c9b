// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Typesetting

/// Layouts and pictures of many scripts, compared with those that were looked at and written down.
///
/// They hold for every version of Pango, HarfBuzz, FreeType and cairo that Compose is built with, so boxes may differ by a pixel
/// and edges in their shades. RECORD_GOLDENS=1 writes them again and fails, so that they are reviewed.
@Suite struct GoldenTests {
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil

    private func path(_ name: String) -> String { GoldenFonts.folder + "/Goldens/" + name }

    private func recorded(_ path: String) {
        Issue.record("recorded \(path): look at it, then run again without RECORD_GOLDENS")
    }

    @Test(arguments: GoldenCase.all)
    func `a text's lines and runs lie where they were written down`(_ golden: GoldenCase) throws {
        let layout = GoldenLayout(try GoldenFonts.set.get().layout(golden.block), of: golden.block)
        let path = path(golden.name + ".txt")
        if Self.isRecording {
            try layout.description.write(toFile: path, atomically: true, encoding: .utf8)
            return recorded(path)
        }
        let old = GoldenLayout(text: try String(contentsOfFile: path, encoding: .utf8))
        let difference = layout.difference(from: old)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test(arguments: GoldenCase.all)
    func `a text looks as it did when it was looked at`(_ golden: GoldenCase) throws {
        let path = path(golden.name + ".png")
        if Self.isRecording {
            try Data(try GoldenPicture(golden.block, margin: golden.margin).png()).write(to: URL(fileURLWithPath: path))
            return recorded(path)
        }
        let old = try GoldenPicture(path: path).planes
        let new = try GoldenPicture(golden.block, margin: golden.margin, like: old).planes
        let difference = try #require(new.difference(from: old))
        #expect(difference.isSlight, "\(difference)")
    }

    @Test func `the fonts have every character of the texts`() throws {
        #expect(GoldenFonts.texts.count >= 18)
        for text in GoldenFonts.texts.values { #expect(try GoldenFonts.set.get().unknown(in: text).isEmpty) }
    }

    @Test func `emoji come from the file that was given`() throws {
        #expect(try GoldenFonts.set.get().emojiPath == GoldenFonts.folder + "/Fonts/emoji.ttf")
    }

    @Test func `all files of goldens belong to a case`() throws {
        let expected = GoldenCase.all.flatMap { [$0.name + ".png", $0.name + ".txt"] }.sorted()
        let found = try FileManager.default.contentsOfDirectory(atPath: GoldenFonts.folder + "/Goldens").sorted()
        #expect(found == expected)
    }
}
