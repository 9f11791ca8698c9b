// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// The division of a timeline into segments, and the segments that a change affects.
struct SegmentationTests {
    private struct Scene {
        var src = "odd"
        var seconds: Double
        var zoom = 1.2
    }

    private static func edit(_ scenes: [Scene], fade: Double? = nil, captions: Int = 0, backdrop: Bool = false) -> Edit
    {
        let length = scenes.reduce(0) { $0 + $1.seconds }
        return Edit(size: PixelSize(width: 64, height: 36), frameRate: 30) {
            if backdrop { Track { ColorClip(.black, duration: .seconds(length)) } }
            Track(
                clips: scenes.enumerated().flatMap { index, scene -> [Clip] in
                    let image = ImageClip("inputs/\(scene.src).png", duration: .seconds(scene.seconds))
                        .motion(.zoom(to: scene.zoom))
                    let way = fade.map { [Clip.transition(Transition(.fade, .seconds($0)))] } ?? []
                    return (index > 0 ? way : []) + [.image(image)]
                })
            if captions > 0 {
                Track(
                    clips: (0..<captions).map { index in
                        .color(
                            ColorClip(
                                Color(red: UInt8(index % 200), green: 9, blue: 9),
                                duration: .seconds(length / Double(captions))
                            )
                            .size(width: 20, height: 4))
                    })
            }
        }
    }

    private static func plan(_ edit: Edit) throws -> Plan { try edit.makePlan(in: Fixtures.folder) }

    private static func sources(_ count: Int, seconds: Double) -> [Scene] {
        let names = ["odd", "gradient", "colours", "edge", "white"]
        return (0..<count).map { Scene(src: names[$0 % 5], seconds: seconds, zoom: 1.1 + Double($0) / 1000) }
    }

    @Test func `segments follow each other without a gap, and none is shorter than a second`() throws {
        for (count, seconds, captions) in [
            (1, 3.0, 0), (3, 5, 0), (40, 0.5, 0), (9, 1.3, 7), (2, 47, 200), (1, 0.1, 0),
        ] {
            let plan = try Self.plan(Self.edit(Self.sources(count, seconds: seconds), captions: captions))
            let frames = plan.segments.map(\.frames)
            #expect(frames.first?.lowerBound == 0 && frames.last?.upperBound == plan.frameCount)
            #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
            #expect(frames.count == 1 || frames.allSatisfy { (30...300).contains($0.count) }, "\(frames)")
        }
    }

    @Test func `a scene begins a segment where it is seen alone`() throws {
        let plan = try Self.plan(Self.edit(Self.sources(3, seconds: 5), fade: 1))
        #expect(plan.segments.map(\.frames.lowerBound) == [0, 150, 270])
    }

    @Test func `a long scene is cut into slices from its own beginning`() throws {
        let plan = try Self.plan(Self.edit([Scene(seconds: 3), Scene(src: "edge", seconds: 21)]))
        #expect(plan.segments.map(\.frames.lowerBound) == [0, 90, 270, 450])
    }

    @Test func `what lies above a long scene says where it is cut`() throws {
        let plan = try Self.plan(Self.edit([Scene(seconds: 20)], captions: 4))
        #expect(plan.segments.map(\.frames.lowerBound) == [0, 150, 300, 450])
        // A colour below everything does not form a scene.
        let slides = try Self.plan(Self.edit(Self.sources(5, seconds: 4), backdrop: true))
        #expect(slides.segments.map(\.frames.lowerBound) == [0, 120, 240, 360, 480])
    }

    @Test(arguments: [nil, 0.5])
    func `one scene's change changes its own segments, and with a transition the one before`(fade: Double?) throws {
        let scenes = Self.sources(20, seconds: 5)
        let before = try Self.plan(Self.edit(scenes, fade: fade))
        for change in [
            { (scene: inout Scene) in scene.seconds = 7 }, { $0.seconds = 3.2 }, { $0.src = "alpha" },
            { $0.zoom = 1.5 },
        ] {
            var changed = scenes
            change(&changed[9])
            let after = try Self.plan(Self.edit(changed, fade: fade))
            let shared = try after.segmentsShared(with: before)
            let new = shared.indices.filter { shared[$0] == nil }
            #expect(new == [9] || new == [8, 9], "\(new)")
            if fade == nil { #expect(new == [9]) }
        }
    }

    @Test func `after a change among many short scenes the old segments are soon met again`() throws {
        var scenes = (0..<400).map {
            Scene(src: ["odd", "gradient", "edge"][$0 % 3], seconds: 0.5, zoom: 1 + Double($0) / 500)
        }
        let before = try Self.plan(Self.edit(scenes))
        scenes[30].seconds = 1.5
        let after = try Self.plan(Self.edit(scenes))
        let shared = try after.segmentsShared(with: before)
        #expect(before.segments.count > 20)
        #expect(shared.count { $0 == nil } <= 3, "\(shared)")
    }

    @Test func `the same part is the same wherever it stands, and not with other pictures`() throws {
        let twice = try Self.plan(Self.edit([Scene(seconds: 4), Scene(src: "edge", seconds: 4), Scene(seconds: 4)]))
        let keys = try twice.segments.map { try twice.key(of: twice.part($0), nil, .fingerprint) }
        #expect(keys[0] == keys[2] && keys[0] != keys[1])
        let byContents = try twice.segments.map { try twice.key(of: twice.part($0), nil, .contents) }
        #expect(byContents[0] == byContents[2] && byContents[0] != byContents[1] && byContents[0] != keys[0])
    }

    @Test func `everything a picture depends on is part of its key`() throws {
        func key(_ change: (inout ImageClip) -> Void = { _ in }) throws -> String {
            var image = ImageClip("inputs/odd.png", duration: .seconds(2)).motion(.zoom(to: 1.2))
            change(&image)
            let plan = try Self.plan(
                Edit(size: PixelSize(width: 64, height: 36), frameRate: 30) {
                    Track {
                        image
                        Transition(.wipe(.left), .seconds(1))
                        ColorClip(.white, duration: .seconds(2))
                    }
                })
            return try plan.key(of: plan.part(plan.segments[0]), nil, .fingerprint).description
        }
        let changes: [(inout ImageClip) -> Void] = [
            { _ in }, { $0.motion = .zoom(to: 1.21) }, { $0.motion = .zoom(to: 1.2, easing: .easeInOut) },
            { $0.motion = .zoom(from: 1.2) }, { $0.motion = nil }, { $0.visual.opacity = 0.5 }, { $0.fit = .contain },
            { $0.visual.opacity = .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(1), 1)]) },
            { $0.visual.opacity = .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(1), 1, easing: .hold)]) },
            { $0.visual.size = BoxSize(width: .pixels(20), height: .pixels(20)) }, { $0.src = "inputs/edge.png" },
            { $0.visual.scale = 0.5 }, { $0.visual.rotation = 5 }, { $0.visual.flip = .vertical },
            { $0.visual.crop.left = 3 },
            { $0.visual.crop.left = .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(1), 3)]) },
            { $0.visual.cornerRadius = 4 }, { $0.visual.border = Border(width: 2) },
            { $0.visual.border = Border(.constant(.black), width: 2) }, { $0.visual.shadow = Shadow() },
            { $0.visual.shadow = Shadow(x: 3) }, { $0.visual.blend = .multiply }, { $0.visual.enter = Entrance(.pop) },
            { $0.visual.exit = Entrance(.pop) }, { $0.visual.enter = Entrance(.wipe(.left)) },
            { $0.visual.enter = Entrance(.pop, delay: .milliseconds(100)) },
            { $0.visual.mask = .shape(.ellipse) }, { $0.visual.mask = .shape(.rectangle).inverted() },
            { $0.visual.mask = .shape(.ellipse).inverted() }, { $0.visual.mask = .shape(.ellipse).feathered(3) },
            { $0.visual.mask = .picture("inputs/edge.png") },
            { $0.visual.mask = .picture("inputs/edge.png", by: .alpha) },
            { $0.visual.rotation = .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(1), 5, easing: .steps(3))]) },
            {
                $0.visual.rotation = .keyframes([
                    Keyframe(.zero, 0), Keyframe(.seconds(1), 5, easing: .spring(Spring())),
                ])
            },
            {
                $0.visual.rotation = .keyframes([
                    Keyframe(.zero, 0), Keyframe(.seconds(1), 5, easing: .spring(Spring(mass: 2))),
                ])
            },
            {
                $0.visual.position = .keyframes([Keyframe(.zero, .center), Keyframe(.seconds(1), Position(x: 1, y: 1))])
            },
            { $0.visual.position = .path([Keyframe(.zero, .center), Keyframe(.seconds(1), Position(x: 1, y: 1))]) },
        ]
        #expect(Set(try changes.map { try key($0) }).count == changes.count)
    }

    @Test func `what a key is made of has no property that the key forgets`() throws {
        func names(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
        let plan = try Self.plan(Self.edit([Scene(seconds: 2)]))
        let draw = plan.spans[0].composition.draws[0]
        guard case .moving(let path) = draw.view else { return }
        // Whoever adds a property here adds it to the key, or says why it does not belong there.
        #expect(names(plan.spans[0]) == ["frames", "composition"])
        #expect(names(plan.sources[0]) == ["source", "start"])
        #expect(
            names(plan.sources[0].source) == [
                "src",  // moving a file does not change it
                "fingerprint", "format", "copy",
            ])
        let still = try #require(plan.sources[0].source as? StillSource)
        #expect(
            names(still.copy) == ["original", "orientation", "hasAlpha", "color", "region", "size", "blur"])
        let movie = try NumberedClips.shared().path("b_frames.mp4")
        let playing = try Self.plan(Edit(size: plan.size) { Track { VideoClip(movie) } })
        #expect(
            names(playing.sources[0].source) == [
                "copy",
                "src",  // moving a file does not change it
                "fingerprint",
                "times",  // follows from the file's contents
                "timing", "rate",
                "stored", "codec",  // follow from the file's contents
                "failsOnDamage",
            ])
        let playback = try #require(playing.sources[0].source as? VideoSource)
        #expect(names(playback.timing) == ["start", "length", "rate", "isReversed", "isLooped"])
        #expect(names(ColorSource(color: .black, alpha: 255)) == ["color", "alpha"])
        let gradient = Gradient(stops: [], geometry: .linear(a: 0, b: 0, c: 0))
        #expect(
            names(GradientSource(gradient: gradient, copy: plan.size, hasAlpha: false)) == [
                "gradient", "copy", "hasAlpha",
            ])
        #expect(names(gradient) == ["stops", "geometry"])
        #expect(
            names(Gradient.Stop(at: 0, red: 0, green: 0, blue: 0, alpha: 0)) == ["at", "red", "green", "blue", "alpha"])
        #expect(
            names(draw) == [
                "source", "view", "clip", "covers", "opacity", "shiftX", "shiftY", "bleed", "tint", "reveals", "look",
                "isHeld",  // follows from the others
            ])
        #expect(names(Draw.Tint(color: .black, amount: .constant(0))) == ["color", "amount"])
        #expect(names(Draw.Reveal(from: .left, amount: .constant(0))) == ["from", "amount"])
        #expect(names(path) == ["picture", "motion", "part", "copy", "frames"])
        #expect(
            names(path.picture) == [
                "width", "height", "box", "fit",
                "motion",  // that of the path
                "crop",
            ])
        let look = LayerLook(box: path.picture.box, anchorX: 0, anchorY: 0)
        #expect(
            names(look) == [
                "box", "anchorX", "anchorY", "flipsX", "flipsY", "scaleX", "scaleY", "rotation", "insets", "radii",
                "border", "shadow", "blur", "blend", "mask",
            ])
        let color = ColorCurve.constant(.white)
        #expect(names(LayerLook.Border(width: .constant(0), color: color)) == ["width", "color"])
        let zero = Curve.constant(0)
        #expect(
            names(LayerLook.Shadow(color: color, sigma: zero, x: zero, y: zero, spread: zero)) == [
                "color", "sigma", "x", "y", "spread",
            ])
        let picture = LayerLook.Mask.Picture(
            source: 0, view: .aligned(x: 0, y: 0), isOnCanvas: false, frames: 0..<1, isBright: true)
        #expect(names(picture) == ["source", "view", "isOnCanvas", "frames", "isBright"])
        #expect(
            names(LayerLook.Mask(content: .picture(picture), isInverted: false, sigma: 0)) == [
                "content", "isInverted", "sigma",
            ])
        #expect(names(Point(x: 0, y: 0)) == ["x", "y"])
        #expect(names(Spring()) == ["mass", "stiffness", "damping", "velocity"])
        #expect(names(path.motion) == ["from", "to", "easing"])
        #expect(names(path.motion.from) == ["zoom", "x", "y"])
        #expect(names(Mask(map: .flat, softness: 0, amount: .constant(0))) == ["map", "softness", "amount"])
        #expect(names(Ramp(frames: 0..<1, easing: .linear)) == ["frames", "easing"])
        #expect(names(CanvasTurn()) == ["scale", "degrees", "edges"])
        #expect(names(Keyframe(.zero, 0)) == ["time", "value", "easing"])
        #expect(names(YUVColor.black) == ["y", "u", "v"])
        #expect(
            names(AudioSettings()) == [
                "codec", "bitrate", "sampleRate", "channels",
                "tracks", "stems",  // which sounds are heard in a chunk
            ])
        let parameters = Encoder.VideoParameters(name: "", width: 2, height: 2, rate: Encoder.Rate(1, 1))
        #expect(
            names(parameters) == [
                "name", "pixelFormat", "width", "height", "rate", "threads", "keyframeInterval", "options",
                "machine",  // does not change the output
            ])
        let sounding = try Self.plan(
            Edit(size: plan.size) { Track { AudioClip("inputs/tone44.wav") } })
        #expect(
            names(sounding.audio.sounds[0]) == [
                "src", "path",  // where a sound comes from does not change it
                "fingerprint",
                "fileLength", "fileStart",  // follow from the file's contents
                "samples", "anchor", "sourceStart", "sourceCount", "keepsTime", "loop", "loopCrossfade", "speed",
                "keepsPitch",
                "volume", "pan", "fadeCurve", "fadeIn", "fadeOut", "crossIn", "crossOut", "effects", "duck",
                "declicks",  // follows from the ramps
                "cutIn", "cutOut",
            ])
    }

    @Test func `an output that cannot be put together is one segment`() throws {
        for output in [
            Output(format: .gif), Output(format: .mov, video: VideoSettings(codec: .prores)),
            Output(video: VideoSettings(maxBitrate: 1_000_000)), Output(format: .m4a),
        ] {
            var edit = Self.edit(Self.sources(4, seconds: 4))
            edit.output = output
            if output.format == .m4a { edit.timeline.tracks.append(Track { AudioClip("inputs/tone.wav").looping() }) }
            #expect(try Self.plan(edit).segments.count == 1)
        }
    }
}
