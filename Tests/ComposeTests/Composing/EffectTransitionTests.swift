// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Transitions that change whole pictures, and what holds for transitions of every style.
struct EffectTransitionTests {
    private static let size = PixelSize(width: 160, height: 90)
    static let styles = Transition.Style.all + [.map("inputs/map.png")]
    static let effects = Transition.Style.all.filter { if case .effect = $0.family { true } else { false } }

    /// Returns an edit in which the second of three seconds is the transition.
    private static func edit(
        _ style: Transition.Style, _ first: [Clip], _ second: [Clip], easing: Easing = .linear,
        background: Color = .black, below: Color? = nil, output: Output = Output()
    ) -> Edit {
        var edit = Edit(size: size, frameRate: 30, background: background) {
            if let below { Track { ColorClip(below) } }
            Track(clips: first + [.transition(Transition(style, .seconds(1), easing: easing))] + second)
        }
        edit.output = output
        return edit
    }

    private static func pictures(_ style: Transition.Style, easing: Easing = .linear) -> Edit {
        edit(
            style, [.image(ImageClip("inputs/gradient.png", duration: .seconds(2)))],
            [.image(ImageClip("inputs/odd.png", duration: .seconds(2)))], easing: easing)
    }

    private static func frames(_ edit: Edit, _ range: ClosedRange<Int>) throws -> [Planes] {
        let plan = try edit.makePlan(in: Fixtures.folder)
        let queue = FrameQueue(plan)
        defer { queue.close() }
        return try (0...range.upperBound).compactMap { index in
            let frame = try queue.next()
            return range.contains(index) ? Planes(frame) : nil
        }
    }

    private static func difference(_ a: Planes, _ b: Planes) -> Double {
        let sum = zip(a.planes[0], b.planes[0]).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(a.planes[0].count)
    }

    private static func brightness(_ planes: Planes) -> Double {
        Double(planes.planes[0].reduce(0) { $0 + Int($1) }) / Double(planes.planes[0].count)
    }

    @Test(arguments: styles)
    func `no frame of a transition jumps or flashes`(_ style: Transition.Style) throws {
        let frames = try Self.frames(Self.pictures(style), 29...61)
        for (index, (before, after)) in zip(frames, frames.dropFirst()).enumerated() {
            let change = Self.difference(before, after)
            #expect(change < 32, "frame \(30 + index): pixels change by \(change)")
            let light = abs(Self.brightness(before) - Self.brightness(after))
            #expect(light < 17, "frame \(30 + index): brightness changes by \(light)")
        }
    }

    private static let kinds: [(name: String, clip: Clip)] = [
        ("image", .image(ImageClip("inputs/colours.png", duration: .seconds(2), fit: .contain))),
        ("colour", .color(ColorClip(.white, duration: .seconds(2)).size(width: 60, height: 40))),
        (
            "gradient",
            .gradient(GradientClip([Color(red: 255, green: 0, blue: 0), .white], duration: .seconds(2)))
        ),
        ("moving", .image(ImageClip("inputs/odd.png", duration: .seconds(2)).motion(.zoom(to: 1.3)))),
        ("text", .text(TextClip("Text", duration: .seconds(2), style: TextStyle(size: 40, color: .white)))),
        ("progress", .progress(ProgressClip(.white, duration: .seconds(2)))),
    ]

    @Test(arguments: effects)
    func `it joins clips of any two kinds`(_ style: Transition.Style) throws {
        let movie = try NumberedClips.shared().path("b_frames.mp4")
        let video: (name: String, clip: Clip) = (
            "video", .video(VideoClip(movie).trimmed(from: .zero, duration: .seconds(2)))
        )
        let kinds = Self.kinds + [video]
        for (index, first) in kinds.enumerated() {
            let second = kinds[(index + 1) % kinds.count]
            let joined = Self.edit(style, [first.clip], [second.clip])
            // The same clips alone, at their places in time.
            let alone = { (clip: Clip) in
                Edit(size: Self.size, frameRate: 30, background: .black) { Track(clips: [clip]) }
            }
            let begin = try composed(joined, frame: 30), end = try composed(joined, frame: 60)
            if style.family.movesClips {
                // Clips that move are sized with what lies outside of the canvas: compared with others that do, at rest.
                let other = Self.edit(.push(.left), [first.clip], [second.clip])
                #expect(try composed(other, frame: 30).planes == begin.planes, "\(first.name)")
                #expect(try composed(other, frame: 60).planes == end.planes, "\(second.name)")
            } else {
                #expect(try composed(alone(first.clip), frame: 30).planes == begin.planes, "\(first.name)")
                #expect(try composed(alone(second.clip), frame: 30).planes == end.planes, "\(second.name)")
            }
            let middle = try composed(joined, frame: 44)
            #expect(middle.planes != begin.planes && middle.planes != end.planes, "\(first.name)")
        }
    }

    @Test(arguments: effects)
    func `what lies below clips that do not hide it stays as it is`(_ style: Transition.Style) throws {
        let box = { (color: Color) in
            Clip.color(
                ColorClip(color, duration: .seconds(2)).size(width: 20, height: 20)
                    .position(x: 80, y: 45, anchor: .center))
        }
        let edit = Self.edit(
            style, [box(.white)], [box(.black)], below: Color(red: 0, green: 255, blue: 0))
        for frame in stride(from: 30, through: 60, by: 3) {
            let planes = try composed(edit, frame: frame)
            for (x, y) in [(1, 1), (158, 1), (1, 88), (158, 88)] {
                #expect(planes.luma(x, y) == 173, "frame \(frame)")
                let chroma = planes.chroma(x, y)
                #expect(chroma.u == 42 && chroma.v == 26, "frame \(frame)")
            }
        }
        #expect(try composed(edit, frame: 30).luma(80, 45) == 235)
        #expect(try composed(edit, frame: 60).luma(80, 45) == 16)
    }

    @Test(arguments: effects)
    func `clips that hide what is below need no copy of it`(_ style: Transition.Style) throws {
        let clips: [Clip] = [.image(ImageClip("inputs/gradient.png", duration: .seconds(2)))]
        let plan = try Self.edit(style, clips, clips, below: .white).makePlan(in: Fixtures.folder)
        #expect(!plan.description.contains("lifted"))
    }

    @Test(arguments: effects)
    func `on a transparent timeline white stays white, and only its cover changes`(
        _ style: Transition.Style
    ) throws {
        let box = { (width: Double) in
            Clip.color(
                ColorClip(.white, duration: .seconds(2)).size(width: .pixels(width), height: 40)
                    .position(x: 80, y: 45, anchor: .center))
        }
        let plan = try Self.edit(
            style, [box(30)], [box(80)], background: Color(red: 0, green: 0, blue: 0, alpha: 0),
            output: Output(format: .mov, video: VideoSettings(codec: .prores))
        ).makePlan(in: Fixtures.folder)
        #expect(plan.output.hasAlpha)
        for frame in [30, 36, 42, 45, 48, 54, 60] {
            let picture = try compose(frame, of: plan)
            let (luma, alpha) = (picture.plane(0), picture.plane(3))
            // Where a tenth is covered, the rounding of premultiplied colours is no more than a few levels.
            #expect(zip(luma, alpha).allSatisfy { $1 < 26 || $0 > 220 }, "frame \(frame)")
            let covered = alpha.count { $0 == 255 }
            if frame == 30 { #expect(covered == 30 * 40) }
            if frame == 60 { #expect(covered == 80 * 40) }
        }
    }

    @Test(arguments: styles)
    func `easing bends its time and nothing else`(_ style: Transition.Style) throws {
        // A fade through a colour has two halves, each of which is held.
        if case .through = style.family {
        } else {
            let held = Self.pictures(style, easing: .hold)
            let first = try composed(held, frame: 30)
            #expect(try composed(held, frame: 59).planes == first.planes)
        }
        // Halfway through a quadratic start is a quarter of the way.
        let slow = try composed(Self.pictures(style, easing: .named(.quad, .easeIn)), frame: 46)
        let even = try composed(Self.pictures(style), frame: 46)
        #expect(slow.planes != even.planes)
        for frame in stride(from: 31, to: 60, by: 4) {
            _ = try composed(Self.pictures(style, easing: .named(.elastic, .easeInOut)), frame: frame)
        }
    }

    @Test(arguments: [
        (Transition.Style.zoom(.in), Transition.Style.zoom(.out)), (.zoomBlur(.in), .zoomBlur(.out)),
        (.spin(.left), .spin(.right)), (.whip(.left), .whip(.right)), (.whip(.up), .whip(.down)),
    ])
    func `directions differ`(_ one: Transition.Style, _ other: Transition.Style) throws {
        #expect(
            try composed(Self.pictures(one), frame: 42).planes != composed(Self.pictures(other), frame: 42).planes)
    }

    @Test func `a zoom in enlarges the first picture about its middle`() throws {
        let white = Clip.color(
            ColorClip(.white, duration: .seconds(2)).size(width: 40, height: 40)
                .position(x: 80, y: 45, anchor: .center))
        let edit = Self.edit(.zoom(.in), [white], [.color(ColorClip(.black, duration: .seconds(2)))])
        // A third of the way, 4/27 of the growth to 1.6 is done: 1.089 times 40 pixels.
        let planes = try composed(edit, frame: 40)
        let row = (0..<160).reduce(0.0) { $0 + Double(planes.luma($1, 45) - 16) / 219 }
        #expect(abs(row - 40 * (1 + 0.6 * 4 / 27)) < 0.4, "\(row)")
        #expect(abs(planes.luma(58, 45) - planes.luma(101, 45)) <= 1)
    }

    @Test func `a turned and blurred picture is kept apart by its key`() throws {
        func key(_ style: Transition.Style, easing: Easing = .linear) throws -> String {
            let plan = try Self.pictures(style, easing: easing).makePlan(in: Fixtures.folder)
            return try plan.segments.map {
                try plan.key(of: plan.part($0), nil, .fingerprint).description
            }.joined()
        }
        #expect(Set(try Self.styles.filter { $0.src == nil }.map { try key($0) }).count == Transition.Style.all.count)
        #expect(try key(.blur) != key(.blur, easing: .easeIn))
    }

    @Test(arguments: effects)
    func `a segment shows the same as the whole`(_ style: Transition.Style) throws {
        let plan = try Self.edit(
            style, [.image(ImageClip("inputs/gradient.png", duration: .seconds(9)))],
            [.image(ImageClip("inputs/odd.png", duration: .seconds(9)))]
        ).makePlan(in: Fixtures.folder)
        let segment = try #require(plan.segments.first { $0.frames.contains(255) })
        let part = plan.part(segment)
        for frame in [245, 255, 262] where segment.frames.contains(frame) {
            let whole = Planes(try compose(frame, of: plan))
            #expect(Planes(try compose(frame - segment.frames.lowerBound, of: part)).planes == whole.planes)
        }
    }
}
