// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ComposeScene

@Suite struct ValueRulesTrackTests {
    func lines(@ClipBuilder _ clips: () -> [Clip]) -> [String] {
        let tracks = [Track(clips: [.gap(Gap(.seconds(1)))]), Track(clips: clips())]
        return Edit(timeline: Timeline(size: .hd720, tracks: tracks)).valueProblems().map(\.description)
    }

    func box(_ duration: Duration?) -> ColorClip { ColorClip(.white, duration: duration) }
    let fade = Transition(.fade, .seconds(1))

    @Test func `a clip shorter than the transitions around it is refused`() {
        let found = lines {
            box(.seconds(2))
            fade
            box(.milliseconds(500))
            fade
            box(.milliseconds(250))
        }
        #expect(
            found == [
                "tracks[1].clips[2].duration: 0.5 s is shorter than the transitions around it (1 s + 1 s); "
                    + "lengthen the clip or shorten them",
                "tracks[1].clips[4].duration: 0.25 s is shorter than the transition before it (1 s); "
                    + "lengthen the clip or shorten the transition",
            ])
    }

    @Test func `transitions may fill a clip exactly`() {
        let found = lines {
            ImageClip("a", duration: .seconds(1))
            fade
            ImageClip("b", duration: .seconds(2))
            fade
            box(nil)
        }
        #expect(found == [])
    }

    @Test func `a sound's trimmed length counts as well`() {
        let found = lines {
            AudioClip("a").trimmed(from: .zero, duration: .milliseconds(400))
            fade
            AudioClip("b")
        }
        #expect(
            found == [
                "tracks[1].clips[0].source.duration: 0.4 s is shorter than the transition after it (1 s); "
                    + "lengthen the clip or shorten the transition"
            ])
    }

    @Test func `a transition stands between two clips`() {
        #expect(
            lines {
                fade
                box(.seconds(2))
                fade
            } == [
                "tracks[1].clips[0]: no clip is before this transition; put one there or remove the transition",
                "tracks[1].clips[2]: no clip is after this transition; put one there or remove the transition",
            ])
        #expect(
            lines { fade }
                == ["tracks[1].clips[0]: no clip is before this transition; put one there or remove the transition"])
    }

    @Test func `a transition joins neither gaps nor transitions`() {
        #expect(
            lines {
                box(.seconds(2))
                fade
                Gap(.seconds(2))
                fade
                fade
                box(.seconds(2))
            } == [
                "tracks[1].clips[1]: a gap is after this transition; "
                    + "it needs a picture or a sound there, or remove it",
                "tracks[1].clips[3]: a gap is before this transition; "
                    + "it needs a picture or a sound there, or remove it",
                "tracks[1].clips[4]: a transition is before this transition; "
                    + "it needs a picture or a sound there, or remove it",
            ])
    }

    @Test func `a transition does not join a picture and a sound`() {
        #expect(
            lines {
                box(.seconds(2))
                fade
                AudioClip("a")
            } == [
                "tracks[1].clips[1]: a transition joins two pictures or two sounds, not a picture and a sound; "
                    + "remove it or move one of them to a track of its own"
            ])
    }

    @Test func `two sounds can only be faded`() {
        #expect(
            lines {
                AudioClip("a")
                Transition(.push(.up), .seconds(1))
                AudioClip("b")
            } == ["tracks[1].clips[1].name: \"pushUp\" cannot join two sounds; use \"fade\""])
    }

    @Test func `a clip after a transition has no start of its own`() {
        #expect(
            lines {
                box(.seconds(2))
                fade
                box(.seconds(2)).starting(at: .seconds(1))
            } == [
                "tracks[1].clips[2].start: the transition before this clip places it; "
                    + "remove the start or the transition"
            ])
    }

    @Test func `what lasts to the end of the timeline is followed by nothing`() {
        let line = "tracks[1].clips[0].duration: missing; without one "
        #expect(
            lines {
                box(nil)
                box(.seconds(1))
            } == [line + "a color lasts to the end of the timeline, but the next clip follows; give it a duration"])
        #expect(
            lines {
                box(nil)
                Gap(.seconds(1))
            } == [line + "a color lasts to the end of the timeline, but the next clip follows; give it a duration"])
        #expect(
            lines {
                AudioClip("a").looping()
                fade
                AudioClip("b")
            } == [
                line + "a looped audio lasts to the end of the timeline, but a transition follows; give it a duration"
            ])
        #expect(
            lines {
                box(nil)
                box(.seconds(1)).starting(at: .seconds(3))
            } == [])
        #expect(
            lines {
                AudioClip("a")
                AudioClip("b").looping()
            } == [])
    }

    @Test func `a transition has a length, a softness and a map`() {
        #expect(
            lines {
                box(.seconds(2))
                Transition(.map(""), .zero, easing: .cubicBezier(0, 0, 7, 1), softness: 1.5)
                box(.seconds(2))
            } == [
                "tracks[1].clips[1].src: empty; name a file",
                "tracks[1].clips[1].duration: 0 s is not a length of time; use more than 0",
                "tracks[1].clips[1].easing[2]: 7 is out of range; use 0…1",
                "tracks[1].clips[1].softness: 1.5 is out of range; use 0…1",
            ])
    }

    @Test func `a track joined by a transition is in order`() {
        let track = Track {
            box(.seconds(2))
            box(.seconds(2))
            Gap(.seconds(1))
            box(.seconds(2))
        }
        let edit = Edit(timeline: Timeline(size: .hd720, tracks: [track.joined(by: .clock, .seconds(1))]))
        #expect(edit.valueProblems() == [])
    }
}

@Suite struct ValueRulesTimelineTests {
    func lines(_ change: (inout Edit) -> Void) -> [String] {
        let edit = Edit(size: .hd720) { Track { Gap(.seconds(1)) } }
        return changed(edit, change).valueProblems().map(\.description)
    }

    @Test(arguments: [
        (0, "0 is out of range; use 2…16384 pixels"), (-2, "-2 is out of range; use 2…16384 pixels"),
        (16386, "16386 is out of range; use 2…16384 pixels"), (.max, "\(Int.max) is out of range; use 2…16384 pixels"),
        (.min, "\(Int.min) is out of range; use 2…16384 pixels"),
        (1081, "1081 is odd, and 4:2:0 video has only even sides; use 1080 or 1082"),
    ])
    func `each side of the canvas is even and of a possible size`(side: Int, message: String) {
        #expect(lines { $0.timeline.size.width = side } == ["size.width: \(message)"])
        #expect(lines { $0.timeline.size.height = side } == ["size.height: \(message)"])
    }

    @Test func `the canvas has at most 100 megapixels`() {
        #expect(lines { $0.timeline.size = PixelSize(width: 10000, height: 10000) } == [])
        #expect(
            lines { $0.timeline.size = PixelSize(width: 10002, height: 10000) }
                == ["size: 10002x10000 is 101 megapixels; at most 100 are possible"])
    }

    @Test func `a canvas that is wrong is reported once, not by every clip on it`() {
        let found = lines {
            $0.timeline.size = PixelSize(width: 0, height: .min)
            $0.timeline.tracks = [
                Track {
                    ColorClip(.white, duration: .seconds(1)).size(width: .percent(50), height: .pixels(9))
                        .position(x: .pixels(9), y: .percent(9))
                }
            ]
        }
        #expect(found.count == 2)
    }

    @Test(arguments: [
        (FrameRate(0), false), (FrameRate(-30), false), (FrameRate(30, 0), false), (FrameRate(-30, -1), false),
        (FrameRate(.max, .max), false), (FrameRate(1_000_001, 30000), false), (FrameRate(1, 2), false), (241, false),
        (1, true), (240, true), (.ntsc, true), (FrameRate(1_000_000, 1_000_000), true),
    ])
    func `frame rates lie in 1…240`(rate: FrameRate, isPossible: Bool) {
        let found = lines { $0.timeline.frameRate = rate }
        #expect(found.isEmpty == isPossible)
        #expect(found.allSatisfy { $0.hasPrefix("frameRate: ") })
    }

    @Test func `the background is solid, unless the output keeps transparency`() {
        let clear = Color(red: 16, green: 0, blue: 0, alpha: 128)
        #expect(
            lines { $0.timeline.background = clear } == [
                "background: #10000080 is not solid, and h264 as it is set keeps no transparency; use #100000, or an output such as webm, mov with prores, gif, webp or png"
            ])
        for format in [Output.Format.webm, .gif, .webp, .png, .tiff] {
            #expect(
                lines {
                    $0.timeline.background = clear
                    $0.output.format = format
                } == [])
        }
    }

    @Test func `quality and bitrate are such as encoders know`() {
        #expect(lines { $0.output.video.quality = .number(0) } == ["output.video.quality: 0 is out of range; use 1…51"])
        #expect(
            lines { $0.output.video.quality = .number(.nan) }
                == ["output.video.quality: NaN is not a finite number; use 1…51"])
        #expect(lines { $0.output.video.quality = .small } == [])
        #expect(
            lines { $0.output.audio.bitrate = 160 }
                == ["output.audio.bitrate: 160 is out of range; use 32000…320000"])
    }

    @Test func `a timeline that nothing gives a length is empty`() {
        let line = ["tracks: the timeline is empty: add a clip with a duration"]
        #expect(lines { $0.timeline.tracks = [] } == line)
        #expect(lines { $0.timeline.tracks = [Track(clips: [])] } == line)
        #expect(
            lines { $0.timeline.tracks = [Track { ColorClip(.white) }, Track { AudioClip("a").looping() }] } == line)
        #expect(lines { $0.timeline.tracks = [Track { AudioClip("a") }] } == [])
    }

    @Test func `all problems come at once and in document order`() {
        let found = lines {
            $0.timeline = Timeline(
                size: PixelSize(width: 1, height: 3), frameRate: 0,
                background: Color(red: 0, green: 0, blue: 0, alpha: 0),
                tracks: [
                    Track { ColorClip(.white, duration: .zero).opacity(2) },
                    Track { Transition(.fade, .zero) },
                ])
            $0.output.video.quality = .number(99)
        }
        #expect(
            found.map { $0.prefix { $0 != ":" } } == [
                "size.width", "size.height", "frameRate", "background", "tracks[0].clips[0].duration",
                "tracks[0].clips[0].opacity", "tracks[1].clips[0].duration", "tracks[1].clips[0]",
                "output.video.quality",
            ])
    }
}
