// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

@_spi(Benchmarks) extension Workbench {
    /// A loop over pixels that is part of composing.
    public struct Kernel {
        /// A short description.
        public let name: String
        /// The number of luma pixels it produces, or consumes if it decodes.
        public let pixels: Int
        /// Whether it allocates memory.
        public let allocates: Bool
        /// A closure that runs it once.
        public let run: () throws -> Void
    }

    /// Returns all kernels for a size, on pictures of noise; decoding and converting use a photo.
    ///
    /// `photo` is the path of a JPEG file.
    public static func kernels(width: Int, height: Int, photo: String) throws -> [Kernel] {
        let opaque = try FramePool(.opaque, width: width, height: height)
        let alpha = try FramePool(.alpha, width: width, height: height)
        let (wide, layer) = (try FramePool(.opaque, width: width * 2, height: height * 2).frame(), try alpha.frame())
        let (first, second, target) = (try opaque.frame(), try opaque.frame(), try opaque.frame())
        // Soft noise at every level, so that nothing stays the same for long and nothing is clipped.
        let noise = try TransitionMap(.dissolve, width: width, height: height)
        noise.draw(progress: 0.5, softness: 1, into: first)
        noise.draw(progress: 0.3, softness: 1, into: second)
        noise.draw(progress: 0.6, softness: 1, into: target)
        wide.fill(YUVColor(y: 120, u: 110, v: 140))
        layer.fill(YUVColor(y: 120, u: 110, v: 140), alpha: 200)
        let mask = try TransitionMap(.downRight, width: width, height: height)
        let (resampler, effects) = (try Resampler(), try PictureEffects())
        func axis(_ scale: Double) -> Resampler.Axis { Resampler.Axis(scale: scale, offset: 3.3) }
        func graph(_ build: (FilterGraph) throws -> (inputs: [(FilterGraph.Node, Frame)], output: FilterGraph.Node))
            throws -> () throws -> Void
        {
            let graph = try FilterGraph()
            let (inputs, output) = try build(graph)
            try graph.configure(output: output, width: width, height: height)
            var index = 0
            return {
                for (node, frame) in inputs { try graph.push(frame, to: node, at: index) }
                _ = try graph.pull()
                index += 1
            }
        }
        let merge = try graph { graph in
            let nodes = try (0..<3).map { _ in try graph.input(.opaque, width: width, height: height) }
            return (
                Array(zip(nodes, [first, second, target])),
                try graph.merge(from: nodes[0], to: nodes[1], mask: nodes[2])
            )
        }
        let overlay = try graph { graph in
            let base = try graph.input(.opaque, width: width, height: height)
            let over = try graph.input(.alpha, width: width, height: height)
            return ([(base, first), (over, layer)], try graph.overlay(over, over: base, x: 0, y: 0))
        }
        // A still of twice the size, turned and shrunk to fill the frame.
        let pyramid = try Pyramid(wide)
        let (sine, cosine) = (sin(0.2), cos(0.2))
        func turned(_ scale: Double) -> Affine {
            Affine.translation(x: -Double(width) / 2, y: -Double(height) / 2).then(
                .rotation(cosine: cosine, sine: -sine)
            )
            .then(.scale(x: scale, y: scale)).then(.translation(x: Double(width), y: Double(height)))
        }
        let turn = { try pyramid.draw(into: target, map: turned(1.1)) }
        let round = LayerShape(
            box: Box(left: 20, top: 20, right: Double(width) - 20, bottom: Double(height) - 20),
            corners: .init(leftTop: 40, rightTop: 40, rightBottom: 40, leftBottom: 40),
            border: .init(width: 6, color: .white))
        var file = try OpenFile(photo).bytes(limit: MediaLimits.pictureBytes)
        let picture = try Picture(&file, codec: .jpeg, maxPixels: MediaLimits.pixels)
        let whole = Picture.Region(left: 0, top: 0, width: Double(picture.width), height: Double(picture.height))
        let zoom = { try resampler.draw(first, into: target, x: axis(1 / 1.1), y: axis(1 / 1.1)) }
        // Limits the instruction set, as on a lesser processor.
        func limited(to level: Int, _ run: () throws -> Void) throws {
            Resampler.limitInstructions(to: level)
            defer { Resampler.limitInstructions(to: 2) }
            try run()
        }
        let bodies: [(name: String, allocates: Bool, run: () throws -> Void)] = [
            (
                "shrink and convert a photo", true,
                {
                    _ = try PictureConverter().frame(of: picture, whole, width: target.width, height: target.height)
                }
            ),
            ("resample, zoom 1.1", false, zoom),
            ("resample, zoom 1.1, AVX2", false, { try limited(to: 1, zoom) }),
            ("resample, zoom 1.1, plain C", false, { try limited(to: 0, zoom) }),
            ("resample, shrink 1.9", false, { try resampler.draw(wide, into: target, x: axis(1.9), y: axis(1.9)) }),
            ("mask of a soft wipe", false, { mask.draw(progress: 0.5, softness: 0.2, into: target) }),
            ("merge by mask", true, merge),
            ("overlay with alpha", true, overlay),
            (
                "edges and opacity of a layer", false,
                {
                    layer.finishLayer(
                        premultiplied: true, left: 0.5, top: 0.5, right: Double(width) - 0.5,
                        bottom: Double(height) - 0.5,
                        opacity: 0.8)
                }
            ),
            ("turn and scale", false, turn),
            ("turn and scale, AVX2", false, { try limited(to: 1, turn) }),
            ("turn and shrink 1.7", false, { try pyramid.draw(into: target, map: turned(1.7)) }),
            (
                "round corners and a border", true,
                { try layer.shape(.straight, by: round, map: .identity, opacity: 1) }
            ),
            ("paint a layer", false, { try second.paint(layer, x: 0, y: 0) }),
            ("paint a layer, soft light", false, { try second.paint(layer, x: 0, y: 0, .softLight) }),
            ("blur by 2 pixels", true, { try second.blur(sigmaX: 2, sigmaY: 2) }),
            ("blur by 20 pixels", true, { try second.blur(sigmaX: 20, sigmaY: 20) }),
            ("squares of 31 pixels", false, { try effects.pixelate(first, into: target, size: 31) }),
            (
                "streak across", false,
                { try effects.streak(first, into: target, isVertical: false, length: Double(width) / 10) }
            ),
            (
                "streak down", false,
                { try effects.streak(first, into: target, isVertical: true, length: Double(height) / 10) }
            ),
            (
                "streak of a zoom", false,
                {
                    try effects.zoomStreak(
                        first, into: target, x: Double(width) / 2, y: Double(height) / 2, amount: 0.2,
                        resampler: resampler)
                }
            ),
            ("streak of a turn", false, { try effects.spinStreak(first, into: target, degrees: 15) }),
            ("tint", false, { target.tint(YUVColor(y: 16, u: 128, v: 128), amount: 0.4) }),
            ("fill", false, { target.fill(YUVColor(y: 16, u: 128, v: 128)) }),
        ]
        let decoding = Kernel(name: "decode a JPEG", pixels: picture.width * picture.height, allocates: true) {
            _ = try Picture(&file, codec: .jpeg, maxPixels: MediaLimits.pixels)
        }
        return [decoding]
            + bodies.map {
                Kernel(name: $0.name, pixels: width * height, allocates: $0.allocates, run: $0.run)
            }
    }
}
