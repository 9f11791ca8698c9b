// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Captions in the looks of their file, in the document.
@Suite struct CaptionLooksTests {
    private func edit(_ clip: CaptionsClip) -> Edit {
        Edit(size: PixelSize(width: 64, height: 48), frameRate: 25) {
            Track { ColorClip(.black, duration: .seconds(1)) }
            Track { clip }
        }
    }

    @Test func `looks are read and written`() throws {
        let edit = edit(CaptionsClip("song.ass").looks(.file).opacity(0.5))
        #expect(try Edit(json: try edit.json()) == edit)
        #expect(String(decoding: try edit.json(), as: UTF8.self).contains("\"looks\""))
        let usual = try self.edit(CaptionsClip("song.ass")).json()
        #expect(!String(decoding: usual, as: UTF8.self).contains("\"looks\""))
        #expect(edit.valueProblems() == [])
    }

    @Test func `what the file says itself is refused, with words that say what that is`() {
        var clip = CaptionsClip("song.ass").looks(.file)
        clip.style.characters.size = .pixels(9)
        clip.active = ActiveWord(color: .white)
        clip.speakers = [CaptionsClip.SpeakerStyle("A", SpanStyle())]
        clip.grouping = .phrases
        clip.safeArea = .reels
        clip.visual.anchor = .top
        clip.visual.position = .constant(.center)
        clip.visual.size = BoxSize(width: .pixels(9), height: .pixels(9))
        let problems = edit(clip).valueProblems()
        let names = ["size", "position", "anchor", "style", "active", "speakers", "grouping", "safeArea"]
        #expect(Set(problems.map(\.path)) == Set(names.map { "tracks[1].clips[0].\($0)" }))
        #expect(problems.allSatisfy { $0.message.hasPrefix("with looks \"file\" the file says ") })
    }

    @Test func `words have no looks of a file`() {
        let word = CaptionsClip.SpokenWord("a", start: .zero, end: .seconds(1))
        let problems = edit(CaptionsClip(words: [word]).looks(.file)).valueProblems()
        #expect(problems.map(\.path) == ["tracks[1].clips[0].looks"])
    }
}
