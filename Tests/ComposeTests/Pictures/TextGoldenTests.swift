// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// A frame of a whole edit with texts of every kind, compared with one that was looked at and written down.
///
/// RECORD_GOLDENS=1 writes it again and fails, so that it is reviewed.
@Suite struct TextGoldenTests {
    private let size = PixelSize(width: 320, height: 180)
    private let path = Fixtures.folder + "/frames/texts.png"

    /// A title, captions with the word that is spoken, and a number that counts.
    private func edit(_ change: (inout CaptionsClip, inout CounterClip) -> Void = { _, _ in }) -> Edit {
        var title = TextStyle(size: 34, weight: 800)
        title.shadows = [TextShadow(x: 2, y: 3, blur: 5)]
        let words = ["Every", "word", "has", "its", "time."].enumerated().map { index, word in
            CaptionsClip.SpokenWord(
                word, start: .milliseconds(index * 400), end: .milliseconds(index * 400 + 400))
        }
        let yellow = Color(red: 255, green: 220, blue: 0)
        var captions = CaptionsClip(
            words: words, style: TextStyle(size: 20, weight: 600),
            active: ActiveWord(
                color: .black, background: TextBackground(yellow, padding: 2, cornerRadius: 3), scale: 1.1)
        ).grouped(by: .subtitles)
        var counter = CounterClip(to: 2000, duration: .seconds(2), style: TextStyle(size: 18, weight: 500))
            .position(x: 308, y: 10, anchor: .topRight)
        change(&captions, &counter)
        return Edit(size: size, frameRate: 20) {
            Track { ColorClip(Color(red: 20, green: 60, blue: 110), duration: .seconds(2)) }
            Track {
                TextClip("Title: Ångström", duration: .seconds(2), style: title)
                    .position(x: 160, y: 70, anchor: .center)
            }
            Track { captions }
            Track { counter }
        }
    }

    /// Shows the file at its own size.
    private var golden: Edit {
        Edit(size: size) { Track { ImageClip("frames/texts.png", duration: .seconds(1)) } }
    }

    @Test func `a title, captions and a counter look as they did when they were looked at`() async throws {
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try await Renderer().still(edit(), at: .milliseconds(1000), to: path)
            Issue.record("recorded \(path): look at it, then run again without RECORD_GOLDENS")
            return
        }
        let quality = try composed(edit(), frame: 20).lowestPSNR(composed(golden, frame: 0))
        #expect(quality >= 38, "\(quality) dB")
    }

    @Test func `another word, number or place is found`() throws {
        let old = try composed(golden, frame: 0)
        let others = [
            edit { captions, _ in captions.active?.style.color = .white },
            edit { captions, _ in captions.active?.scale = 1.3 },
            edit { _, counter in counter.to = 2010 },
            edit { _, counter in counter = counter.position(x: 300, y: 10, anchor: .topRight) },
        ]
        for other in others { #expect(try composed(other, frame: 20).lowestPSNR(old) < 38) }
        #expect(try composed(edit(), frame: 24).lowestPSNR(old) < 38)
        #expect(try composed(edit(), frame: 21).lowestPSNR(old) < 38)
    }
}
