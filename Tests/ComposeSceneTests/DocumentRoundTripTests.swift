// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct DocumentRoundTripTests {
    /// An edit with every field of the format, none at its default.
    static let rich: Edit = {
        let metadata = JSONValue.object([
            "null": .null,
            "numbers": .array([.number("1.0"), .number("-0"), .number("1E+2"), .number("3.14159265358979323846264")]),
            "yes": .bool(true), "no": .bool(false), "text": .string("\"\\\n\t\u{1}/é😀\u{2028}"), "empty": .object([:]),
            "none": .array([]), "": .string(""),
        ])
        var image = ImageClip("pictures/ö \"1\".jpg", duration: .milliseconds(4250), fit: .containBlur)
            .motion(Motion(from: .init(zoom: 1.25, x: 0.1, y: 0.9), to: .init(zoom: 2, x: 0.3), easing: .easeInOut))
            .starting(at: .milliseconds(125))
            .size(width: .percent(80), height: .pixels(123.456))
            .position(x: .percent(-12.5), y: .pixels(1e-5), anchor: .bottomRight)
            .opacity(
                .keyframes([
                    Keyframe(.zero, 0), Keyframe(.milliseconds(400), 1, easing: .named(.elastic, .easeOut)),
                    Keyframe(.seconds(1), 0.1, easing: .cubicBezier(0.25, -0.1, 0.25, 1.5)),
                    Keyframe(.seconds(2), 1.0 / 3, easing: .hold),
                ])
            )
            .id("first")
        image.metadata = metadata
        var color = ColorClip(Color(red: 1, green: 2, blue: 3, alpha: 4), duration: .seconds(2))
        color.metadata = .null
        var gap = Gap(Duration(attoseconds: 33_366_666_666_666_667))
        gap.id = ""
        gap.metadata = .string("x")
        var fade = Transition(.map("maps/spiral.png"), .milliseconds(500), easing: .easeOut, softness: 0.25)
        fade.id = "t"
        fade.metadata = .array([.object(["a": .array([.null])])])
        var audio = AudioClip("a.wav", duration: .seconds(9)).starting(at: .seconds(1)).looping()
            .volume(.keyframes([Keyframe(.zero, 0.5)])).fadeIn(.milliseconds(10)).fadeOut(.seconds(2))
            .trimmed(from: .milliseconds(12500), duration: .seconds(6)).id("voice")
        audio.metadata = .number("12345678901234567890")
        var tracks = [
            Track(id: "pictures", clips: [.image(image), .transition(fade), .color(color), .gap(gap)]),
            Track(clips: []), Track(clips: [.audio(audio), .audio(AudioClip("b.mp3").trimmed(from: .zero))]),
            Track(clips: Transition.Style.all.map { .transition(Transition($0, .seconds(1))) }),
            Track(
                clips: Easing.names.compactMap(Easing.init(name:)).map {
                    .transition(Transition(.fade, .seconds(1), easing: $0))
                }),
            Track(
                clips: (Anchor.named.map(\.anchor) + [Anchor(x: 0.25, y: -1)]).map {
                    .color(ColorClip(.white).position(x: .pixels(1), y: .pixels(2), anchor: $0))
                }),
            Track(clips: turned),
            Track(
                clips: Entrance.Style.all.map {
                    .color(ColorClip(.white).enter($0).exit($0, .seconds(1), easing: .spring(Spring(damping: 4))))
                }),
            Track(clips: BlendMode.allCases.map { .color(ColorClip(.white).blend($0)) }),
            changed(
                Track {
                    GroupClip(duration: .seconds(2), background: .white) {
                        Track { ColorClip(.white).mask(.shape(.ellipse)) }
                    }
                    GridClip(rows: 2, columns: 3, gap: 4, background: .black, duration: .seconds(1)) {
                        ColorClip(.black)
                    }
                    SplitScreenClip(.column, shares: [1, 2.5], gap: .percent(1)) {
                        for _ in 0..<2 { ColorClip(.white) }
                    }
                    PictureInPictureClip(
                        ColorClip(.white), inset: ColorClip(.black), corner: Anchor(x: 0.2, y: 0.3), insetSize: 12.5,
                        margin: 3)
                    ColorClip(.white).mask(ClipMask.picture("m.png", by: .alpha).feathered(2.5)).id("window")
                    ColorClip(.white).mask(ClipMask.clip("window", by: .luma).inverted())
                    ColorClip(.white).mask(.path([.topLeft, .topRight, Anchor(x: 0.5, y: 1)]))
                }
            ) {
                $0.enter = Entrance(.pop, .seconds(1), delay: .milliseconds(250))
                $0.exit = Entrance(.fade)
                $0.stagger = .milliseconds(100)
            },
            Track(clips: Flip.allCases.map { .color(ColorClip(.white).flip($0)) }),
            Track(clips: Fit.allCases.map { .image(ImageClip("x", duration: .seconds(1), fit: $0).motion(Motion())) }),
        ]
        tracks[1].metadata = metadata
        return Edit(
            timeline: Timeline(
                size: .vertical1080, frameRate: FrameRate(60000, 2002),
                background: Color(red: 16, green: 17, blue: 18, alpha: 19), tracks: tracks),
            output: Output(
                video: VideoSettings(encoder: .x264, quality: .number(18.5), speed: .slow),
                audio: AudioSettings(bitrate: 96_000)))
    }()

    private static let turned: [Clip] = {
        let corners = Corners(
            topLeft: 1, topRight: .constant(.percent(10)), bottomRight: .keyframes([Keyframe(.zero, .pixels(2))]),
            bottomLeft: 4)
        let path = Animated<Position>.path([
            Keyframe(at: .percent(0), Position(x: 0, y: .percent(10)), easing: .steps(4)),
            Keyframe(at: .percent(62.5), Position(x: 10, y: 20), easing: .steps(3, atStart: true)),
            Keyframe(at: .fromEnd(.milliseconds(500)), .center, easing: .spring(Spring(mass: 2, velocity: -3))),
        ])
        let colors = Animated<Color>.keyframes([Keyframe(.zero, .black), Keyframe(.seconds(1), .white)])
        let growth = Animated<Scale>.keyframes([Keyframe(.zero, 0), Keyframe(.seconds(1), Scale(x: 1, y: 2))])
        return [
            .color(
                ColorClip(.white).position(path).scale(growth).rotation(-45.5).cornerRadius(corners)
                    .crop(Crop(left: .constant(.percent(5)), bottom: .keyframes([Keyframe(.zero, .pixels(2))])))
                    .border(Border(colors, width: .constant(.percent(2))))
                    .shadow(Shadow(colors, blur: 3, x: .constant(.percent(-1)), y: 2, spread: -4))),
            .color(
                ColorClip(.white).scale(.constant(Scale(x: 2, y: 1))).cornerRadius(8).border(Border(width: 1)).shadow(
                    Shadow())),
        ]
    }()

    @Test func `a rich edit survives a round trip exactly`() throws {
        let data = try Self.rich.json()
        #expect(try Edit(json: data) == Self.rich)
        #expect(try Edit(json: Edit(json: data).json()) == Self.rich)
        #expect(try Edit(json: data).json() == data)
    }

    @Test func `plain coders keep everything but the text of numbers in metadata`() throws {
        func plain(_ edit: Edit) -> Edit {
            changed(edit) { edit in
                edit.timeline.tracks[1].metadata = nil
                guard case .image(var image) = edit.timeline.tracks[0].clips[0] else { return }
                image.metadata = .object(["n": .array([.number("1.5"), .number("-3")])])
                edit.timeline.tracks[0].clips[0] = .image(image)
            }
        }
        let edit = plain(Self.rich)
        let data = try JSONEncoder().encode(edit)
        #expect(try JSONDecoder().decode(Edit.self, from: data) == edit)
        #expect(try Edit(json: data) == edit)
        #expect(try JSONDecoder().decode(Edit.self, from: Self.rich.json()).timeline.size == .vertical1080)
    }

    @Test func `an edit is a document of stable, readable text`() throws {
        let edit = Edit(size: .hd720, frameRate: .ntsc, output: Output(video: VideoSettings(quality: .high))) {
            Track("pictures") {
                ImageClip("a.jpg", duration: .milliseconds(2500))
                Transition(.wipe(.left), .seconds(1))
                ColorClip(.white)
            }
            Track(clips: [])
        }
        #expect(
            try String(data: edit.json(), encoding: .utf8) == """
                {
                  "version": 1,
                  "timeline": {
                    "size": {
                      "width": 1280,
                      "height": 720
                    },
                    "frameRate": "30000/1001",
                    "tracks": [
                      {
                        "id": "pictures",
                        "clips": [
                          {
                            "type": "image",
                            "src": "a.jpg",
                            "duration": 2.5
                          },
                          {
                            "type": "transition",
                            "name": "wipeLeft",
                            "duration": 1
                          },
                          {
                            "type": "color",
                            "color": "#ffffff"
                          }
                        ]
                      },
                      {
                        "clips": []
                      }
                    ]
                  },
                  "output": {
                    "video": {
                      "quality": "high"
                    }
                  }
                }

                """)
    }

    @Test func `a document as people write it is read`() throws {
        let edit = try Edit(
            json: ##"""
                {"version": 1, "timeline": {"size": {"width": 1080, "height": 1920}, "frameRate": 25,
                 "background": "#abc", "tracks": [
                  {"id": "pictures", "clips": [
                    {"type": "image", "src": "p0.jpg", "duration": 4,
                     "motion": {"to": {"zoom": 1.2, "y": 0.4}, "easing": "linear"}},
                    {"type": "transition", "name": "fade", "duration": "1/2"},
                    {"type": "color", "color": "#00000080", "position": {"x": "50%", "y": 12.5}, "anchor": "top",
                     "opacity": 0.5}]},
                  {"clips": [{"type": "audio", "src": "m.m4a", "loop": true, "source": {"duration": 3}}]}]},
                 "output": {"format": "mp4", "video": {"codec": "h264", "encoder": "automatic", "quality": 23},
                            "audio": {"codec": "aac", "bitrate": 128000}}}
                """##)
        let expected = Edit(
            size: .vertical1080, frameRate: 25, background: Color(red: 0xaa, green: 0xbb, blue: 0xcc),
            output: Output(
                format: .mp4, video: VideoSettings(codec: .h264, quality: .number(23)),
                audio: AudioSettings(codec: .aac, bitrate: 128_000))
        ) {
            Track("pictures") {
                ImageClip("p0.jpg", duration: .seconds(4)).motion(Motion(to: .init(zoom: 1.2, y: 0.4)))
                Transition(.fade, .milliseconds(500))
                ColorClip(Color(red: 0, green: 0, blue: 0, alpha: 128))
                    .position(x: .percent(50), y: .pixels(12.5), anchor: .top).opacity(0.5)
            }
            Track { AudioClip("m.m4a").looping().trimmed(from: .zero, duration: .seconds(3)) }
        }
        #expect(edit == expected)
    }

    @Test func `what no document can hold is refused when writing`() {
        func lines(_ edit: Edit) -> [String] {
            do throws(ComposeError) {
                _ = try edit.json()
                return []
            } catch { return error.problems.map(\.description) }
        }
        let clip = ColorClip(.black, duration: .seconds(1))
        #expect(
            lines(
                Edit(size: .hd720, frameRate: FrameRate(30, 0)) {
                    Track { clip.opacity(.constant(.nan)).position(x: .percent(.infinity), y: .pixels(0)) }
                }) == [
                    "frameRate: 30/0 cannot be written to an edit document",
                    "tracks[0].clips[0].position.x: inf cannot be written to an edit document",
                    "tracks[0].clips[0].opacity: nan cannot be written to an edit document",
                ])
        for wrong in [JSONValue.number("0x10"), .number("01"), .number(""), .number("1 "), .number("NaN")] {
            #expect(lines(Edit(size: .hd720) { Track { changed(clip) { $0.metadata = wrong } } }).count == 1)
        }
        var deep = JSONValue.null
        for _ in 0..<60 { deep = .array([deep]) }
        #expect(
            lines(Edit(size: .hd720) { Track { changed(clip) { $0.metadata = deep } } }).first?.hasSuffix(
                "nested more than 64 deep")
                == true)
        #expect(throws: ComposeError.self) { try JSONEncoder().encode(JSONValue.number("abc")) }
    }

    @Test func `random doubles survive a round trip`() throws {
        var values: [Double] = [
            0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, 1e-7, 1e22, -1.0 / 3, 1e300,
        ]
        for _ in 0..<500 {
            let value = Double(bitPattern: .random(in: 0...UInt64.max))
            if value.isFinite { values.append(value) }
        }
        let edit = Edit(size: .hd720) {
            Track(
                clips: values.map {
                    .color(ColorClip(.white).position(x: .pixels($0), y: .percent($0)).opacity(.constant($0)))
                })
        }
        #expect(try Edit(json: edit.json()) == edit)
        #expect(try JSONDecoder().decode(Edit.self, from: JSONEncoder().encode(edit)) == edit)
    }

    @Test func `tracks, clips and outputs can be coded by themselves`() throws {
        let rich = Self.rich
        #expect(try JSONDecoder().decode(Output.self, from: JSONEncoder().encode(rich.output)) == rich.output)
        for track in rich.timeline.tracks.dropFirst(2) {
            #expect(try JSONDecoder().decode(Track.self, from: JSONEncoder().encode(track)) == track)
            for clip in track.clips {
                #expect(try JSONDecoder().decode(Clip.self, from: JSONEncoder().encode(clip)) == clip)
            }
        }
        let timeline = Timeline(size: .uhd, tracks: rich.timeline.tracks.suffix(1))
        #expect(try JSONDecoder().decode(Timeline.self, from: JSONEncoder().encode(timeline)) == timeline)
    }
}
