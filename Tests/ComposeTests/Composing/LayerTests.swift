// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Compose

struct LayerTests {
    private func over(_ track: Track) throws -> Planes {
        try composed(
            Edit(size: PixelSize(width: 64, height: 48), background: .black) {
                track
                Track { ColorClip(.black, duration: .seconds(1)).opacity(0) }
            }, frame: 0)
    }

    @Test func `a layer at an odd position lands on it`() throws {
        let planes = try over(
            Track {
                ColorClip(.white, duration: .seconds(1)).size(width: 9, height: 7)
                    .position(x: 11, y: 13, anchor: .topLeft)
            })
        for (x, y, inside) in [
            (10, 15, false), (11, 13, true), (19, 19, true), (20, 15, false), (15, 12, false), (15, 20, false),
        ] {
            #expect(planes.luma(x, y) == (inside ? 235 : 16), "\(x),\(y)")
        }
    }

    @Test func `a layer that covers a part of a pixel mixes by that part`() throws {
        let planes = try over(
            Track {
                ColorClip(.white, duration: .seconds(1)).size(width: .pixels(10.5), height: 10)
                    .position(x: .pixels(10.25), y: 10, anchor: .topLeft)
            })
        #expect(abs(planes.luma(10, 15) - (16 + 219 * 3 / 4)) <= 1)
        #expect(abs(planes.luma(20, 15) - (16 + 219 * 3 / 4)) <= 1)
        #expect(planes.luma(15, 15) == 235)
    }

    @Test(arguments: [(alpha: 0, luma: 16), (alpha: 128, luma: 126), (alpha: 255, luma: 235)])
    func `a border is as solid as its own colour, whatever it surrounds`(inside: (alpha: Int, luma: Int)) throws {
        let color = Color(red: 255, green: 255, blue: 255, alpha: UInt8(inside.alpha))
        let planes = try over(
            Track {
                ColorClip(color, duration: .seconds(1)).size(width: 40, height: 24)
                    .border(Border(.constant(.white), width: 4))
            })
        for x in [13, 14, 15, 48, 50] { #expect(planes.luma(x, 24) == 235, "\(x)") }
        for x in [17, 30, 46] { #expect(abs(planes.luma(x, 24) - inside.luma) <= 1, "\(x)") }
        #expect(planes.luma(10, 24) == 16 && planes.luma(53, 24) == 16)
    }

    @Test(arguments: [0, 6])
    func `a colour that changes is the one of its frame, in a box with any corners`(radius: Int) throws {
        let grey = Animated<Color>.keyframes([Keyframe(.zero, .black), Keyframe(.seconds(1), .white)])
        let edit = Edit(size: PixelSize(width: 64, height: 48), frameRate: 10) {
            Track {
                ColorClip(grey, duration: .seconds(1)).size(width: 40, height: 24)
                    .cornerRadius(Corners(.constant(.pixels(Double(radius)))))
            }
        }
        let plan = try edit.makePlan(in: Fixtures.folder)
        let composer = try FrameComposer(plan, PictureSchedule(plan, rack: Rack(plan)))
        for frame in [0, 2, 5, 9] {
            let planes = Planes(try composer.frame(at: frame))
            #expect(abs(planes.luma(32, 24) - (16 + 219 * frame / 10)) <= 1, "frame \(frame)")
        }
    }

    @Test func `a wipe hides and shows a border with what it surrounds`() throws {
        func card(_ frame: Int) throws -> Planes {
            try composed(
                Edit(size: PixelSize(width: 64, height: 48), frameRate: 10) {
                    Track {
                        ColorClip(Color(red: 128, green: 128, blue: 128), duration: .seconds(2))
                            .size(width: 40, height: 24)
                            .border(Border(.constant(.white), width: 4))
                            .enter(.wipe(.right), .seconds(1), easing: .linear)
                    }
                    Track { ColorClip(.black, duration: .seconds(2)).opacity(0) }
                }, frame: frame)
        }
        let (before, half, after) = (try card(0), try card(5), try card(10))
        for x in 0..<64 { #expect(before.luma(x, 13) == 16 && before.luma(x, 24) == 16, "\(x)") }
        #expect(half.luma(13, 24) == 235 && half.luma(30, 13) == 235 && half.luma(30, 34) == 235)
        #expect(half.luma(24, 24) == after.luma(24, 24))
        for x in 34..<64 { #expect(half.luma(x, 13) == 16 && half.luma(x, 24) == 16, "\(x)") }
        #expect(after.luma(50, 24) == 235 && after.luma(40, 13) == 235)
    }

    @Test func `opacity mixes with what lies below`() throws {
        let planes = try over(Track { ColorClip(.white, duration: .seconds(1)).opacity(0.5) })
        #expect(abs(planes.luma(30, 20) - 126) <= 1)
    }

    @Test func `keyframed opacity follows its curve`() throws {
        let edit = Edit(size: PixelSize(width: 32, height: 32), frameRate: 30, background: .black) {
            Track {
                ColorClip(.white, duration: .seconds(2)).opacity(
                    .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(1), 1)]))
            }
        }
        for (frame, expected) in [(0, 16.0), (15, 125.5), (30, 235), (59, 235)] {
            let luma = Double(try composed(edit, frame: frame).luma(10, 10))
            #expect(abs(luma - expected) <= 1.5, "frame \(frame)")
        }
        // There is one span, which is held after the last keyframe.
        #expect(try edit.makePlan(in: Fixtures.folder).spans.count == 1)
    }

    @Test func `later tracks paint over earlier ones, and later clips over earlier ones`() throws {
        let edit = Edit(size: PixelSize(width: 32, height: 32)) {
            Track {
                ColorClip(.white, duration: .seconds(1))
                ColorClip(Color(red: 255, green: 0, blue: 0), duration: .seconds(1)).starting(at: .zero)
            }
            Track { ColorClip(.black, duration: .seconds(1)).size(width: 8, height: 8) }
        }
        let planes = try composed(edit, frame: 0)
        #expect(planes.luma(2, 2) == 63)
        #expect(planes.luma(16, 16) == 16)
    }

    @Test func `what is wholly covered is not in the plan's spans`() throws {
        let edit = Edit(size: PixelSize(width: 64, height: 48)) {
            Track { ImageClip("inputs/gradient.png", duration: .seconds(1)) }
            Track { ImageClip("inputs/alpha.png", duration: .seconds(1)) }
            Track { ImageClip("inputs/white.png", duration: .seconds(1)) }
        }
        let plan = try edit.makePlan(in: Fixtures.folder)
        #expect(plan.spans.count == 1)
        #expect(plan.spans[0].composition.draws.count == 1)
    }

    @Test func `a layer off the canvas is nothing, and no error`() throws {
        let planes = try over(
            Track {
                ImageClip("inputs/alpha.png", duration: .seconds(1)).size(width: 10, height: 10).position(
                    x: -100, y: 20)
            })
        #expect(planes.planes[0].allSatisfy { $0 == 16 })
    }

    @Test func `a clear picture over a colour leaves no dark rim`() throws {
        // Soft alpha over a background of its own colour: nothing may be darker than both.
        let edit = Edit(size: PixelSize(width: 200, height: 150), background: .white) {
            Track { ImageClip("inputs/alpha.png", duration: .seconds(1)).opacity(0.001) }
        }
        #expect((try composed(edit, frame: 0).planes[0].min() ?? 0) >= 233)
    }
}
