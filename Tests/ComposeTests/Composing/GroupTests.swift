// SPDX-License-Identifier: Apache-2.0

import Libav
import Testing

@testable import Compose

/// Groups look like what is inside of them.
struct GroupTests {
    private static let size = PixelSize(width: 96, height: 64)

    private func plan(background: Color = .black, output: Output = Output(), @TrackBuilder _ tracks: () -> [Track])
        throws
        -> Plan
    {
        try Edit(size: Self.size, frameRate: 30, background: background, output: output, tracks: tracks)
            .makePlan(in: Fixtures.folder)
    }

    private func frames(_ plan: Plan, _ indices: [Int]) throws -> [Planes] {
        try indices.map { Planes(try compose($0, of: plan)) }
    }

    private func distance(_ a: [Planes], _ b: [Planes]) -> Double {
        zip(a, b).reduce(0) { most, pair in
            (0..<3).reduce(most) { max($0, pair.0.raster($1).distance(to: pair.1.raster($1))) }
        }
    }

    /// Tracks with pictures, a move, a fade, a transition and a text.
    @TrackBuilder private static var opaque: [Track] {
        Track {
            ImageClip("inputs/gradient.png", duration: .seconds(2)).motion(.zoom(to: 1.3))
            Transition(.wipe(.left), .milliseconds(500))
            ImageClip("inputs/odd.png", duration: .seconds(2))
        }
        Track {
            Gap(.milliseconds(500))
            ColorClip(Color(red: 200, green: 40, blue: 90), duration: .seconds(2)).size(width: 20, height: 30)
                .rotation(.keyframes([Keyframe(.zero, 0), Keyframe(.seconds(2), 90)])).exit(.fade)
        }
        Track { changed(TextClip("Text", duration: .seconds(3))) { $0.style.size = 20 } }
    }

    private static let indices = [0, 10, 30, 47, 52, 70, 100]

    @Test func `a group over the whole canvas is its clips without a group`() throws {
        let (alone, grouped) = (try plan { Self.opaque }, try plan { Track { GroupClip { Self.opaque } } })
        #expect(alone.frameCount == grouped.frameCount)
        let distance = distance(try frames(alone, Self.indices), try frames(grouped, Self.indices))
        #expect(distance <= 1, "off by \(distance)")
    }

    @Test func `a group of groups is the same again`() throws {
        let (alone, nested) = (
            try plan { Self.opaque },
            try plan { Track { GroupClip { Track { GroupClip { Track { GroupClip { Self.opaque } } } } } } }
        )
        let distance = distance(try frames(alone, Self.indices), try frames(nested, Self.indices))
        #expect(distance <= 1, "off by \(distance)")
    }

    @Test func `translucent clips in a group are laid over what is below it`() throws {
        @TrackBuilder func layers() -> [Track] {
            Track { ColorClip(Color(red: 220, green: 60, blue: 30, alpha: 140), duration: .seconds(2)) }
            Track {
                ImageClip("inputs/alpha.png", duration: .seconds(2)).size(width: 60, height: 50)
                    .opacity(.keyframes([Keyframe(.zero, 0.2), Keyframe(.seconds(2), 0.9)]))
            }
            Track {
                ImageClip("inputs/alpha.png", duration: .seconds(2)).rotation(30).scale(0.5).shadow(Shadow(blur: 4))
            }
        }
        @TrackBuilder func below() -> [Track] { Track { ImageClip("inputs/gradient.png", duration: .seconds(2)) } }
        let alone = try plan {
            below()
            layers()
        }
        let grouped = try plan {
            below()
            Track { GroupClip { layers() } }
        }
        let distance = distance(try frames(alone, [0, 20, 59]), try frames(grouped, [0, 20, 59]))
        #expect(distance <= 2, "off by \(distance)")
    }

    @Test func `a group's opacity applies to all of it together`() throws {
        let grouped = try plan(background: .black) {
            Track {
                GroupClip {
                    Track { ColorClip(.white, duration: .seconds(1)).size(width: 40, height: 30) }
                    Track { ColorClip(.white, duration: .seconds(1)).size(width: 30, height: 40) }
                }.opacity(0.5)
            }
        }
        let frame = try frames(grouped, [0])[0]
        // One over the other would be brighter where they overlap.
        for (x, y) in [(48, 32), (31, 32), (48, 14)] { #expect(abs(frame.luma(x, y) - 126) <= 1, "\(x), \(y)") }
        #expect(frame.luma(31, 14) == 16)
    }

    @Test func `places, percentages and times inside are those of the group`() throws {
        let grouped = try plan {
            Track {
                Gap(.milliseconds(500))
                GroupClip {
                    Track {
                        ColorClip(.white, duration: .milliseconds(500)).starting(at: .milliseconds(200))
                            .size(width: .percent(50), height: .percent(50)).position(x: 0, y: 0, anchor: .topLeft)
                    }
                }.size(width: 40, height: 32).position(x: 50, y: 20, anchor: .topLeft)
            }
        }
        #expect(grouped.frameCount == 36)
        let (before, first, last) = (20, 21, 35)
        let shown = try frames(grouped, [before, first, last])
        #expect(shown[0].planes[0].allSatisfy { $0 == 16 })
        for frame in shown[1...] {
            let wanted = Raster(width: 96, height: 64) { x, y in
                (50..<70).contains(x) && (20..<36).contains(y) ? 235 : 16
            }
            #expect(frame.raster(0).distance(to: wanted) == 0)
        }
    }

    @Test func `a group is cut off at its own end, and fills it where what is inside is shorter`() throws {
        let short = try plan {
            Track {
                GroupClip(duration: .seconds(1)) { Track { ColorClip(.white, duration: .seconds(3)) } }
                GroupClip(duration: .seconds(1)) {
                    Track { ColorClip(.white, duration: .milliseconds(500)) }
                    Track { ColorClip(.white).size(width: 20, height: 20) }
                }
            }
        }
        #expect(short.frameCount == 60)
        let shown = try frames(short, [29, 30, 44, 45, 59])
        #expect(shown.map { $0.luma(2, 2) } == [235, 235, 235, 16, 16])
        #expect(shown.map { $0.luma(48, 32) } == [235, 235, 235, 235, 235])
    }

    @Test func `a group that holds still is composed once, and one that moves inside is not`() throws {
        func group(_ angle: Animated<Double>) -> GroupClip {
            GroupClip(duration: .seconds(2)) {
                Track { ImageClip("inputs/gradient.png", duration: .seconds(2)) }
                Track { ColorClip(.white, duration: .seconds(2)).size(width: 20, height: 10).rotation(angle) }
            }.size(width: 60, height: 40)
        }
        let still = try plan { Track { group(20).rotation(10) } }
        #expect(still.spans.count == 1 && still.spans[0].isHeld && still.foldedFrameCount == 59)
        // Its picture stays while it turns.
        let turning: Animated<Double> = .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(2), 50)])
        let outside = try plan { Track { group(20).rotation(turning) } }
        #expect(outside.foldedFrameCount == 0 && outside.sources.allSatisfy { $0.source.isStill })
        let inside = try plan { Track { group(turning) } }
        #expect(inside.foldedFrameCount == 0 && !inside.sources.allSatisfy { $0.source.isStill })
    }

    @Test(arguments: [Transition.Style.fade, .wipe(.left), .push(.up), .fadeBlack])
    func `a transition joins a group with a clip of any kind as it joins pictures`(style: Transition.Style) throws {
        let (red, blue) = (Color(red: 220, green: 30, blue: 30), Color(red: 30, green: 60, blue: 220))
        let grouped = try plan {
            Track {
                GroupClip { Track { ColorClip(red, duration: .seconds(1)) } }
                Transition(style, .milliseconds(500))
                GroupClip { Track { GradientClip([blue, .white], duration: .seconds(1)) } }
                Transition(style, .milliseconds(500))
                changed(TextClip("Text", duration: .seconds(1))) { $0.style.size = 20 }
                Transition(style, .milliseconds(500))
                GroupClip { Track { ColorClip(red, duration: .seconds(1)) } }
            }
        }
        let alone = try plan {
            Track {
                ColorClip(red, duration: .seconds(1))
                Transition(style, .milliseconds(500))
                GradientClip([blue, .white], duration: .seconds(1))
                Transition(style, .milliseconds(500))
                changed(TextClip("Text", duration: .seconds(1))) { $0.style.size = 20 }
                Transition(style, .milliseconds(500))
                ColorClip(red, duration: .seconds(1))
            }
        }
        let indices = [0, 14, 15, 20, 29, 33, 50, 59, 74]
        let distance = distance(try frames(alone, indices), try frames(grouped, indices))
        #expect(distance <= 1, "off by \(distance)")
    }

    @Test func `a group over a transparent canvas has the alpha of what is inside`() throws {
        let output = Output(format: .mov, video: VideoSettings(codec: .prores))
        @TrackBuilder func layers() -> [Track] {
            Track {
                ColorClip(Color(red: 200, green: 100, blue: 50, alpha: 128), duration: .seconds(1)).size(
                    width: 60, height: 40)
            }
            Track { ImageClip("inputs/alpha.png", duration: .seconds(1)).size(width: 40, height: 40) }
        }
        let plans = [
            try plan(background: .clear, output: output) { layers() },
            try plan(background: .clear, output: output) { Track { GroupClip { layers() } } },
        ]
        let shown = try plans.map { plan in
            let queue = FrameQueue(plan)
            defer { queue.close() }
            return try queue.next()
        }
        #expect(plans[1].output.hasAlpha)
        for plane in 0..<4 {
            let distance = Raster(shown[0], plane).distance(to: Raster(shown[1], plane))
            #expect(distance <= 2, "plane \(plane): off by \(distance)")
        }
        let alpha = Raster(shown[1], 3)
        #expect(alpha[2, 2] == 0 && alpha[20, 14] == 128)
    }

    @Test func `a group's background lies behind everything inside, in its box alone`() throws {
        let grouped = try plan(background: .black) {
            Track {
                GroupClip(background: .white) {
                    Track { ColorClip(.black, duration: .seconds(1)).size(width: 10, height: 10) }
                }
                .size(width: 40, height: 30)
            }
        }
        let frame = try frames(grouped, [0])[0]
        let wanted = Raster(width: 96, height: 64) { x, y in
            let isInner = (43..<53).contains(x) && (27..<37).contains(y)
            return (28..<68).contains(x) && (17..<47).contains(y) && !isInner ? 235 : 16
        }
        #expect(frame.raster(0).distance(to: wanted) <= 1)
    }

    @Test func `everything inside of a group is part of its segments' keys`() throws {
        func key(_ change: (inout GroupClip) -> Void = { _ in }) throws -> String {
            var group = GroupClip(duration: .seconds(2)) {
                Track {
                    ImageClip("inputs/gradient.png", duration: .seconds(1))
                    ImageClip("inputs/odd.png", duration: .seconds(1))
                }
            }
            change(&group)
            let plan = try plan { Track { group } }
            return try plan.key(of: plan.part(plan.segments[0]), nil, .fingerprint).description
        }
        let changes: [(inout GroupClip) -> Void] = [
            { _ in }, { $0.background = .white }, { $0.visual.opacity = 0.5 }, { $0.visual.rotation = 3 },
            { $0.visual.size = BoxSize(width: 40, height: 40) },
            { $0.tracks[0].clips[0] = ImageClip("inputs/edge.png", duration: .seconds(1)).clip },
            { $0.tracks[0].clips[0] = ImageClip("inputs/gradient.png", duration: .milliseconds(900)).clip },
            { $0.tracks[0].clips[0] = ImageClip("inputs/gradient.png", duration: .seconds(1)).rotation(1).clip },
            { $0.tracks[0].clips[0] = ImageClip("inputs/gradient.png", duration: .seconds(1)).enter(.pop).clip },
            { $0.tracks.append(Track { ColorClip(.white, duration: .seconds(1)).opacity(0.1) }) },
            { $0.tracks = [Track { GroupClip(tracks: [Track { ColorClip(.white, duration: .seconds(2)) }]) }] },
            { $0.tracks = [Track { GroupClip(tracks: [Track { ColorClip(.black, duration: .seconds(2)) }]) }] },
        ]
        let keys = try changes.map { try key($0) }
        #expect(Set(keys).count == changes.count)
        #expect(try key() == keys[0])
    }
}
