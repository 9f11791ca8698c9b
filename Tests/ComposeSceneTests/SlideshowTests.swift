// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct SlideshowTests {
    private func read(_ text: String) throws -> Slideshow { try Slideshow(json: JSONValue(json: Data(text.utf8))) }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let error as ComposeError {
            return error.problems.map(\.description)
        } catch { return ["\(error)"] }
    }

    @Test func `what the short form leaves out has the same defaults as in a program`() throws {
        #expect(try read(#"{"images": ["a.jpg", "b.jpg"]}"#) == Slideshow([.init("a.jpg"), .init("b.jpg")]))
        #expect(
            try read(#"{"images": ["a.jpg"], "audio": "m.mp3"}"#).edit
                == Slideshow([.init("a.jpg")], audio: "m.mp3").edit)
    }

    @Test func `every field of the short form has its place in the edit`() throws {
        let edit = try read(
            ##"""
            {"images": ["a.jpg", {"src": "b.jpg", "duration": 2.5}, {"src": "c.jpg"}], "audio": "m.mp3",
             "durationPerImage": "3/2", "transition": {"name": "wipeLeft", "duration": 0.25}, "motion": "zoomIn", "zoom": 1.5,
             "size": "640x480", "frameRate": "30000/1001", "fit": "contain", "background": "#fff", "audioVolume": 0.5,
             "fadeOut": 1}
            """##
        ).edit
        #expect(edit.timeline.size == PixelSize(width: 640, height: 480))
        #expect(edit.timeline.frameRate == .ntsc)
        #expect(edit.timeline.background == .white)
        let clips = edit.timeline.tracks[0].clips
        #expect(clips.count == 5)
        #expect(clips[1] == .transition(Transition(.wipe(.left), .milliseconds(250))))
        guard case .image(let first) = clips[0], case .image(let second) = clips[2] else {
            Issue.record("the pictures are missing")
            return
        }
        #expect(first.visual.duration == .milliseconds(1500) && second.visual.duration == .milliseconds(2500))
        #expect(first.fit == .contain && first.motion?.to.zoom == 1.5 && second.motion?.to.zoom == 1.5)
        #expect(
            edit.timeline.tracks[1].clips
                == [.audio(AudioClip("m.mp3").looping().volume(0.5).fadeOut(.seconds(1)))])
        #expect(edit.valueProblems() == [])
    }

    @Test func `videos among the pictures play for their own length, and do not move`() throws {
        let edit = try read(
            #"{"images": ["a.jpg", "b.MP4", {"src": "c.mov", "duration": 2}], "videoVolume": 0.25, "transition": "none"}"#
        ).edit
        let clips = edit.timeline.tracks[0].clips
        guard case .image = clips[0], case .video(let first) = clips[1], case .video(let second) = clips[2] else {
            Issue.record("not a picture and two videos: \(clips)")
            return
        }
        #expect(first == VideoClip("b.MP4").volume(0.25))
        #expect(second == VideoClip("c.mov", duration: .seconds(2)).volume(0.25))
        let silent = try read(#"{"images": ["b.mp4"], "videoVolume": 0}"#).edit
        #expect(silent.timeline.tracks[0].clips == [.video(VideoClip("b.mp4").volume(0).muted())])
    }

    @Test func `captions of a file lie over the pictures and last as long as they do`() throws {
        let slideshow = try read(#"{"images": ["a.jpg"], "audio": "m.mp3", "captions": "said.srt"}"#)
        #expect(slideshow.edit.timeline.tracks.count == 3)
        #expect(slideshow.edit.timeline.tracks[2].clips == [.captions(CaptionsClip("said.srt"))])
        #expect(slideshow.edit.media.map(\.src) == ["a.jpg", "m.mp3", "said.srt"])
        #expect(slideshow.edit.media.last?.use == .captions)
    }

    @Test func `captions may be given as words`() throws {
        let slideshow = try read(
            #"{"images": ["a"], "captions": [{"text": "Hi", "start": 0, "end": "1/2"}, {"text": "you", "start": 1, "end": 2, "speaker": "Ann"}]}"#
        )
        let words = [
            CaptionsClip.SpokenWord("Hi", start: .zero, end: .milliseconds(500)),
            CaptionsClip.SpokenWord("you", start: .seconds(1), end: .seconds(2), speaker: "Ann"),
        ]
        #expect(slideshow.captions == .words(words))
        #expect(slideshow.edit.timeline.tracks.last?.clips == [.captions(CaptionsClip(words: words))])
        #expect(slideshow.edit.valueProblems() == [])
    }

    @Test func `a size may be an object, and pictures may cut and hold still`() throws {
        let slideshow = try read(
            #"{"images": ["a", "b"], "size": {"width": 64, "height": 32}, "transition": "none", "motion": "none"}"#)
        #expect(slideshow.size == PixelSize(width: 64, height: 32))
        #expect(slideshow.edit.timeline.tracks[0].clips.count == 2)
        guard case .image(let image) = slideshow.edit.timeline.tracks[0].clips[0] else { return }
        #expect(image.motion == nil)
    }

    @Test(arguments: [
        (#"{}"#, "images: missing; expected an array of pictures"),
        (#"{"images": []}"#, "images: there are none; name at least one picture"),
        (#"{"images": [""]}"#, "images[0].src: empty; name a file"),
        (#"{"images": [5]}"#, #"images[0]: expected a picture's name, or {"src", "duration"}, found the number 5"#),
        (#"{"images": [{"duration": 1}]}"#, "images[0].src: missing; expected the path of a file"),
        (#"{"images": ["a"], "musik": "b"}"#, #"musik: unknown field "musik"; known fields: "#),
        (#"{"images": ["a"], "transition": "fad"}"#, #"transition: unknown transition "fad" (did you mean "fade"?)"#),
        (#"{"images": ["a"], "transition": {"name": "fade", "time": 1}}"#, #"transition.time: unknown field "time""#),
        (#"{"images": ["a"], "size": "big"}"#, #"size: expected text such as "1080x1920" or"#),
        (#"{"images": ["a"], "size": "63x64"}"#, "size.width: 63 is odd"),
        (#"{"images": ["a"], "durationPerImage": 0}"#, "durationPerImage: 0 s is not a length of time"),
        (#"{"images": ["a"], "zoom": 0.5}"#, "zoom: 0.5 is out of range; use 1…100"),
        (#"{"images": ["a"], "captions": ""}"#, "captions: empty; name a file"),
        (
            #"{"images": ["a"], "captions": 3}"#,
            "captions: expected the path of a file of captions, or an array of words, found the number 3"
        ),
        (#"{"images": ["a"], "captions": []}"#, "captions: there are none; give at least one word"),
        (#"{"images": ["a"], "captions": [{"text": "Hi", "start": 0}]}"#, "captions[0].end: missing"),
        (
            #"{"images": ["a"], "captions": [{"text": "Hi", "start": 2, "end": 1}]}"#,
            "captions[0].end: 1 s is before the word's start (2 s)"
        ),
        (#"{"images": ["a"], "motion": "spin"}"#, #"motion: unknown motion "spin""#),
    ])
    func `a wrong short form is refused with its place`(text: String, line: String) {
        #expect(problems(text).first?.hasPrefix(line) == true, "\(problems(text))")
    }
}
