// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// All kinds of clips under transforms, and what the plan makes of them.
struct LayerKindTests {
    static let size = PixelSize(width: 96, height: 64)

    /// Clips of each kind in the same box, with the colour that their box is drawn on.
    static let kinds: [String] = ["picture", "alpha", "video", "colour", "gradient", "text", "group"]

    private static func clip(_ kind: String) throws -> any VisualClip {
        let length = Duration.seconds(1)
        var clip: any VisualClip =
            switch kind {
            case "picture": ImageClip("inputs/gradient.png", duration: length)
            case "alpha": ImageClip("inputs/alpha.png", duration: length)
            case "video": VideoClip(try NumberedClips.shared().path("b_frames.mp4"), duration: length)
            case "colour": ColorClip(Color(red: 200, green: 120, blue: 40), duration: length)
            case "gradient": GradientClip([Color(red: 250, green: 90, blue: 30), .white], duration: length)
            case "text": changed(TextClip("Ag", duration: length)) { $0.style.size = 30 }
            default:
                GroupClip(duration: length) {
                    Track { GradientClip([Color(red: 30, green: 90, blue: 200), .white], duration: length) }
                    Track { ColorClip(.black, duration: length).size(width: 12, height: 10) }
                }
            }
        clip.visual.size = BoxSize(width: 48, height: 32)
        clip.visual.position = .constant(Position(x: 46, y: 34))
        return clip
    }

    private func frame(_ clip: any VisualClip, at index: Int = 5) throws -> Planes {
        try composed(Edit(size: Self.size, background: .black) { Track(clips: [clip.clip]) }, frame: index)
    }

    /// Returns a plane seen through a map from the canvas back to it, by bilinear interpolation at many points a pixel.
    private func mapped(_ plane: Raster, step: Double, site: Double, _ back: (Double, Double) -> (Double, Double))
        -> Raster
    {
        func value(_ u: Double, _ v: Double) -> Double {
            let (x, y) = ((u - 0.5) / step, (v - site) / step)
            let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
            let (a, b) = (x - Double(left), y - Double(top))
            return (plane[left, top] * (1 - a) + plane[left + 1, top] * a) * (1 - b)
                + (plane[left, top + 1] * (1 - a) + plane[left + 1, top + 1] * a) * b
        }
        return Raster(width: plane.width, height: plane.height) { x, y in
            var sum = 0.0
            for sample in 0..<16 {
                let (dx, dy) = (Double(sample % 4) / 4 - 0.375, Double(sample / 4) / 4 - 0.375)
                let at = back((Double(x) + dx) * step + 0.5, (Double(y) + dy) * step + site)
                sum += value(at.0, at.1) / 16
            }
            return sum
        }
    }

    @Test(arguments: kinds, [(30.0, 1.0, 1.0), (90, 1, 1), (180, 1.3, 1.3), (-20, 0.7, 1.1)])
    func `a clip of any kind is turned and scaled as its picture at rest would be`(
        kind: String, transform: (degrees: Double, x: Double, y: Double)
    ) throws {
        var clip = try Self.clip(kind)
        let rest = try frame(clip)
        clip.visual.rotation = .constant(transform.degrees)
        clip.visual.scale = .constant(Scale(x: transform.x, y: transform.y))
        let turned = try frame(clip)
        let angle = -transform.degrees * .pi / 180
        for plane in 0..<3 {
            let (step, site) = plane == 0 ? (1.0, 0.5) : (2, 1)
            let wanted = mapped(rest.raster(plane), step: step, site: site) { x, y in
                let (dx, dy) = (x - 46, y - 34)
                return (
                    (dx * cos(angle) - dy * sin(angle)) / transform.x + 46,
                    (dx * sin(angle) + dy * cos(angle)) / transform.y + 34
                )
            }
            // Interpolation softens the picture at rest: edges are compared roughly, and places exactly.
            let decibels = turned.raster(plane).decibels(to: wanted)
            #expect(decibels >= 24, "plane \(plane): \(decibels) dB")
        }
    }

    @Test(arguments: kinds) func `a clip of any kind is mirrored pixel for pixel`(kind: String) throws {
        var clip = try Self.clip(kind)
        clip.visual.position = .constant(Position(x: 48, y: 32))
        let rest = try frame(clip).raster(0)
        clip.visual.flip = .both
        let mirrored = try frame(clip).raster(0)
        let wanted = Raster(width: 96, height: 64) { rest[95 - $0, 63 - $1] }
        #expect(mirrored.decibels(to: wanted) >= 46, "\(mirrored.decibels(to: wanted)) dB")
    }

    @Test func `what letters have outside of their box, as shadows, is not cut off when the layer turns`() throws {
        func light(_ degrees: Double) throws -> Int {
            let clip = changed(TextClip("g", duration: .seconds(1))) {
                $0.style.size = 16
                $0.style.shadows = [TextShadow(.white, x: 14, y: 12, blur: 0)]
                $0.visual.rotation = .constant(degrees)
            }
            return try frame(clip).planes[0].reduce(0) { $0 + Int($1) - 16 }
        }
        let (rest, turned) = (try light(0), try light(180))
        #expect(abs(rest - turned) * 20 < rest, "\(rest), and turned \(turned)")
    }

    @Test(arguments: kinds) func `a steady layer of any kind is composed once, however it is turned and shaped`(
        kind: String
    ) throws {
        var clip = try Self.clip(kind)
        if kind == "video" { return }
        clip.visual.rotation = 12
        clip.visual.scale = 0.8
        clip.visual.cornerRadius = 6
        clip.visual.border = Border(width: 2)
        clip.visual.shadow = Shadow()
        clip.visual.blend = .multiply
        let plan = try Edit(size: Self.size) { Track(clips: [clip.clip]) }.makePlan(in: Fixtures.folder)
        #expect(plan.spans.count == 1 && plan.spans[0].isHeld && plan.foldedFrameCount == 29)
    }

    @Test func `behind a picture that turns and always covers the canvas nothing is composed`() throws {
        func plan(_ change: (inout Visual) -> Void) throws -> Plan {
            var photo = ImageClip("inputs/gradient.png", duration: .seconds(2))
            photo.visual.scale = 2
            photo.visual.rotation = .keyframes([Keyframe(.zero, -10), Keyframe(.seconds(2), 10)])
            change(&photo.visual)
            return try Edit(size: Self.size) {
                Track { ImageClip("inputs/odd.png", duration: .seconds(2)) }
                Track { photo }
            }.makePlan(in: Fixtures.folder)
        }
        let whole = try plan { _ in }
        #expect(whole.spans.count == 1 && whole.spans[0].composition.draws.count == 1)
        guard case .full = whole.spans[0].composition else {
            Issue.record("it is drawn over something: \(whole)")
            return
        }
        // In each of these, something behind it may be seen.
        let partly: [(inout Visual) -> Void] = [
            { $0.scale = 1 }, { $0.opacity = 0.9 }, { $0.cornerRadius = 8 }, { $0.blend = .screen },
            { $0.border = Border(.constant(Color(red: 9, green: 9, blue: 9, alpha: 90)), width: 3) },
            { $0.position = .keyframes([Keyframe(.zero, .center), Keyframe(.seconds(2), Position(x: 200, y: 32))]) },
            {
                $0.scale = .keyframes([Keyframe(.zero, 2), Keyframe(.seconds(1), 1), Keyframe(.seconds(2), 2)])
                $0.rotation = 10
            },
            { $0.exit = Entrance(.pop) }, { $0.enter = Entrance(.wipe(.left)) }, { $0.enter = Entrance(.blur) },
        ]
        for (index, change) in partly.enumerated() {
            let plan = try plan(change)
            #expect(plan.spans.contains { $0.composition.draws.count == 2 }, "change \(index)")
        }
    }

    @Test func `the picture that covers the canvas is the one it would be over another background`() throws {
        // Where the plan leaves the background out, no pixel may show that it is missing.
        for frame in [0, 7, 31, 59] {
            let frames = try [Color.black, .white].map { color in
                try composed(
                    Edit(size: Self.size, background: color) {
                        Track {
                            ImageClip("inputs/gradient.png", duration: .seconds(2)).scale(1.5)
                                .rotation(.keyframes([Keyframe(.zero, -8), Keyframe(.seconds(2), 8)]))
                        }
                    }, frame: frame)
            }
            #expect(frames[0].planes == frames[1].planes, "frame \(frame)")
        }
    }

    @Test func `a scale of zero is invisible and no error`() throws {
        var clip = try Self.clip("picture")
        for scale in [Scale(0), Scale(x: 0, y: 1), Scale(x: 1, y: 0)] {
            clip.visual.scale = .constant(scale)
            clip.visual.shadow = Shadow()
            clip.visual.border = Border(width: 3)
            let planes = try frame(clip)
            #expect(planes.planes[0].allSatisfy { $0 == 16 } && planes.planes[1].allSatisfy { $0 == 128 }, "\(scale)")
        }
    }
}
