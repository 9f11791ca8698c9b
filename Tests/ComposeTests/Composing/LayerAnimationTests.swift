// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Compose

/// Keyframes, entrances and exits, through the whole engine.
struct LayerAnimationTests {
    private static let size = PixelSize(width: 96, height: 64)

    private func plan(_ clip: some VisualClip) throws -> Plan {
        try Edit(size: Self.size, frameRate: 30, background: .black) { Track { clip } }.makePlan(in: Fixtures.folder)
    }

    private func frame(_ index: Int, _ clip: some VisualClip) throws -> Planes {
        Planes(try compose(index, of: try plan(clip)))
    }

    private static let box = ImageClip("inputs/gradient.png", duration: .seconds(2)).size(width: 40, height: 30)

    @Test func `keyframes in percent and from the end are those of the clip's own length`() throws {
        let clip = ColorClip(.white, duration: .seconds(2)).opacity(
            .keyframes([
                Keyframe(at: .percent(25), 0), Keyframe(at: .percent(50), 1),
                Keyframe(at: .fromEnd(.milliseconds(500)), 1),
                Keyframe(at: .fromEnd(.zero), 0),
            ]))
        for (index, opacity) in [(0, 0.0), (15, 0), (22, 7.0 / 15), (30, 1), (45, 1), (51, 0.6), (59, 1.0 / 15)] {
            let luma = Double(try frame(index, clip).luma(9, 9))
            #expect(abs(luma - 16 - 219 * opacity) <= 1.5, "frame \(index): \(luma)")
        }
    }

    @Test func `a layer follows the keyframes of its place, its turn and its size`() throws {
        let clip = changed(Self.box) {
            $0.visual.position = .path([
                Keyframe(.zero, Position(x: 20, y: 20)), Keyframe(.seconds(1), Position(x: 60, y: 40), easing: .easeIn),
                Keyframe(at: .percent(100), Position(x: .percent(75), y: 20)),
            ])
            $0.visual.rotation = .keyframes([
                Keyframe(.zero, 0), Keyframe(.seconds(2), 90, easing: .named(.back, .easeOut)),
            ])
            $0.visual.scale = .keyframes([Keyframe(.zero, Scale(x: 1, y: 0.5)), Keyframe(.seconds(1), 1.5)])
        }
        for index in [0, 10, 30, 44, 59] {
            let time = Duration.seconds(index) / 30
            let (x, y) = (
                clip.visual.position?.map { $0.x.resolved(along: 96) }.value(at: time, of: .seconds(2)) ?? 0,
                clip.visual.position?.map { $0.y.resolved(along: 64) }.value(at: time, of: .seconds(2)) ?? 0
            )
            let still = changed(clip) {
                $0.visual.position = .constant(Position(x: .pixels(x), y: .pixels(y)))
                $0.visual.rotation = .constant(clip.visual.rotation.value(at: time))
                $0.visual.scale = .constant(clip.visual.scale.value(at: time))
            }
            let (moving, wanted) = (try frame(index, clip), try frame(0, still))
            for plane in 0..<3 {
                #expect(
                    moving.psnr(wanted, plane: plane) >= 44,
                    "frame \(index), plane \(plane): \(moving.psnr(wanted, plane: plane))")
            }
        }
    }

    @Test func `crop, corners, border and shadow follow their keyframes`() throws {
        func ramp(_ from: Length, _ to: Length) -> Animated<Length> {
            .keyframes([Keyframe(.zero, from), Keyframe(.seconds(1), to)])
        }
        let colors: Animated<Color> = .keyframes([Keyframe(.zero, .white), Keyframe(.seconds(1), .black)])
        let clip = changed(Self.box) {
            $0.visual.crop = Crop(left: ramp(0, .percent(40)), bottom: ramp(10, 0))
            $0.visual.cornerRadius = Corners(ramp(0, 10))
            $0.visual.border = Border(colors, width: ramp(0, 8))
            $0.visual.shadow = Shadow(colors, blur: ramp(0, 6), x: ramp(-4, 4), y: 0, spread: ramp(0, 2))
        }
        let half = changed(Self.box) {
            let grey: Animated<Color> = .constant(Color(red: 128, green: 128, blue: 128))
            $0.visual.crop = Crop(left: .constant(.percent(20)), bottom: 5)
            $0.visual.cornerRadius = 5
            $0.visual.border = Border(grey, width: 4)
            $0.visual.shadow = Shadow(grey, blur: 3, x: 0, y: 0, spread: 1)
        }
        let (moving, wanted) = (try frame(15, clip), try frame(0, half))
        for plane in 0..<3 {
            #expect(moving.psnr(wanted, plane: plane) >= 40, "plane \(plane): \(moving.psnr(wanted, plane: plane))")
        }
    }

    @Test(arguments: Entrance.Style.all) func `an entrance begins with nothing and ends with the layer as it is`(
        style: Entrance.Style
    ) throws {
        let clip = Self.box.enter(style, .milliseconds(500))
        let (first, own) = (try frame(0, clip), try frame(0, Self.box))
        #expect(first.planes[0].allSatisfy { $0 == 16 } && first.planes[1].allSatisfy { $0 == 128 }, "\(style.name)")
        // Its pixels may be resampled once more than those of a layer that never moves.
        for index in [15, 16, 40, 59] {
            let decibels = try frame(index, clip).lowestPSNR(own)
            #expect(decibels >= 45, "\(style.name), frame \(index): \(decibels) dB")
        }
        #expect(try frame(15, clip).planes == frame(59, clip).planes, "\(style.name)")
        let between = try frame(7, clip)
        #expect(between.planes != own.planes && between.planes != first.planes, "\(style.name)")
    }

    @Test(arguments: Entrance.Style.all) func `an exit begins with the layer as it is and ends next to nothing`(
        style: Entrance.Style
    ) throws {
        let clip = Self.box.exit(style, .milliseconds(500), easing: .linear)
        let own = try frame(0, Self.box)
        for index in [0, 44, 45] {
            let decibels = try frame(index, clip).lowestPSNR(own)
            #expect(decibels >= 45, "\(style.name), frame \(index): \(decibels) dB")
        }
        func light(_ planes: Planes) -> Int { planes.planes[0].reduce(0) { $0 + Int($1) - 16 } }
        let lights = try [45, 52, 56, 59].map { light(try frame($0, clip)) }
        #expect(zip(lights, lights.dropFirst()).allSatisfy { $0 > $1 }, "\(style.name): \(lights)")
        // One frame more would be the first without the clip.
        #expect(Double(lights[3]) < 0.25 * Double(lights[0]), "\(style.name): \(lights)")
    }

    @Test(arguments: [
        (Entrance.Style.fade, Entrance.Style.fade), (.pop, .pop), (.zoom, .zoom), (.blur, .blur),
        (.slide(.right), .slide(.left)), (.slide(.up), .slide(.down)), (.wipe(.right), .wipe(.left)),
        (.wipe(.down), .wipe(.up)),
    ]) func `an exit is its entrance backwards`(enter: Entrance.Style, exit: Entrance.Style) throws {
        for easing in [Easing.linear, .named(.cubic, .easeInOut)] {
            let (coming, going) = (
                Self.box.enter(enter, .milliseconds(400), easing: easing),
                Self.box.exit(exit, .milliseconds(400), easing: easing)
            )
            for step in [1, 3, 6, 9, 11] {
                let (a, b) = (try frame(step, coming), try frame(60 - step, going))
                #expect(a.lowestPSNR(b) >= 45, "\(enter.name), step \(step): \(a.lowestPSNR(b))")
            }
        }
    }

    @Test func `an entrance waits for its delay, and an exit is over by its own`() throws {
        for style in [Entrance.Style.fade, .slide(.left), .pop] {
            let soon = changed(Self.box) {
                $0.visual.enter = Entrance(style, .milliseconds(500))
                $0.visual.exit = Entrance(style, .milliseconds(500))
            }
            let late = changed(soon) {
                $0.visual.enter?.delay = .milliseconds(300)
                $0.visual.exit?.delay = .milliseconds(200)
            }
            let nothing = try frame(0, soon)
            for index in [0, 5, 9] { #expect(try frame(index, late).planes == nothing.planes) }
            for index in [0, 4, 12, 15] {
                #expect(try frame(index + 9, late).planes == frame(index, soon).planes, "\(style.name), \(index)")
            }
            for index in [46, 52, 59] {
                #expect(try frame(index - 6, late).planes == frame(index, soon).planes, "\(style.name), \(index)")
            }
            for index in [54, 59] {
                #expect(try frame(index, late).planes == nothing.planes, "\(style.name), \(index)")
            }
        }
    }

    @Test func `an entrance changes what the layer's own keyframes have`() throws {
        let clip = Self.box.opacity(0.5).rotation(30).scale(0.8)
        let entering = clip.enter(.spin, .milliseconds(500))
        #expect(try frame(15, entering).planes == frame(0, clip).planes)
        #expect(try frame(0, entering).planes[0].allSatisfy { $0 == 16 })
    }

    @Test func `an entrance as long as its clip, or longer, ends with it`() throws {
        for length in [Duration.seconds(2), .seconds(90)] {
            let clip = Self.box.enter(.fade, length, easing: .linear).exit(.fade, length, easing: .linear)
            let middle = try frame(30, clip)
            let quarter = try frame(0, Self.box.opacity(0.25))
            #expect(middle.lowestPSNR(quarter) >= 45)
        }
    }
}
