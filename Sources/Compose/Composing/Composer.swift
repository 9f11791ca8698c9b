// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A composer of a plan's frames, one span after the other.
///
/// May be used by one thread at a time.
///
/// A frame depends only on the plan and its index, not on the frames composed before it.
final class Composer {
    private let plan: Plan
    private let pictures: PictureSchedule
    let resampler: Resampler
    let canvasPool: FramePool
    private var maps: [Mask.Map: (picture: Frame?, map: TransitionMap)] = [:]
    private let pass: Pass
    private var mattes: [Int: (picture: Frame, matte: Frame)] = [:]
    private var current: SpanRun?
    private var full: LayerPainter?
    /// The composer of what compositions that are lifted cover.
    private var cover: Composer?
    private var spanIndex = 0

    /// A pass over the plan.
    enum Pass {
        /// Composes the pictures over the background, which is blended with black according to its alpha.
        case colours
        /// Composes their coverage: everything in white, over black.
        case matte
    }

    init(_ plan: Plan, _ pictures: PictureSchedule, pass: Pass = .colours) throws(ComposeError) {
        self.plan = plan
        self.pictures = pictures
        self.pass = pass
        do throws(LibavError) {
            resampler = try Resampler()
            canvasPool = try FramePool(.opaque, width: plan.size.width, height: plan.size.height)
        } catch {
            throw ComposeError(error, .renderFailed)
        }
    }

    /// Returns the finished picture of an output frame.
    ///
    /// Frames are cheapest in order. Blocks while sources are opened; the schedule must have been advanced to the frame.
    func frame(at index: Int) throws(ComposeError) -> Frame {
        precondition((0..<plan.frameCount).contains(index), "frame \(index) is not in the plan")
        if current == nil || !plan.spans[spanIndex].frames.contains(index) {
            current = nil
            mattes = [:]
            spanIndex = spanIndex(of: index)
            cover = nil
            current = try SpanRun(plan.spans[spanIndex], composer: self, at: index)
        }
        guard let current else { preconditionFailure("no span holds frame \(index)") }
        return try current.frame(at: index)
    }

    private func spanIndex(of frame: Int) -> Int {
        if spanIndex + 1 < plan.spans.count, plan.spans[spanIndex + 1].frames.contains(frame) { return spanIndex + 1 }
        var low = 0
        var high = plan.spans.count - 1
        while low < high {
            let middle = (low + high) / 2
            if plan.spans[middle].frames.upperBound <= frame { low = middle + 1 } else { high = middle }
        }
        return low
    }

    var canvas: PixelSize { plan.size }

    /// Returns the composer of the coverage of the same frames: this one in the matte pass.
    func coverComposer() throws(ComposeError) -> Composer {
        if pass == .matte { return self }
        if let cover { return cover }
        let made = try Composer(plan, pictures, pass: .matte)
        made.spanIndex = spanIndex
        cover = made
        return made
    }

    func layerDrawer(_ draw: Draw, over frames: Range<Int>) throws(ComposeError) -> LayerDrawer {
        try wrapped { () throws(LibavError) in
            try LayerDrawer(draw, over: frames, isMatte: pass == .matte)
        }
    }

    func layer(_ drawer: LayerDrawer, at frame: Int) throws(ComposeError) -> Frame {
        let picture = try picture(of: drawer.draw.source, at: frame)
        return try wrapped { () throws(LibavError) in try drawer.layer(at: frame, picture, resampler: resampler) }
    }

    func layerPainter(_ draw: Draw, _ look: LayerLook) -> LayerPainter {
        LayerPainter(draw, look, canvas: plan.size, isMatte: pass == .matte)
    }

    func layers(_ painter: LayerPainter, at frame: Int) throws(ComposeError) -> [LayerPainter.Layer] {
        let picture = try picture(of: painter.draw.source, at: frame)
        var mask: SourcePicture?
        if let source = painter.mask(at: frame) { mask = try pictures.picture(of: source, at: frame) }
        return try wrapped { () throws(LibavError) in try painter.layers(at: frame, picture, mask: mask) }
    }

    /// Returns a picture with layers painted onto it, the lowest first.
    ///
    /// They are painted onto the picture itself if nobody else has it, and onto a copy otherwise.
    func painting(_ layers: [LayerPainter.Layer], onto below: consuming Frame) throws(ComposeError) -> Frame {
        var target = below
        if !isKnownUniquelyReferenced(&target) || !target.isWritable {
            target = try copy(of: target)
        }
        let painted = target
        try wrapped { () throws(LibavError) in
            for layer in layers { try painted.paint(layer.frame, x: layer.x, y: layer.y, layer.blend) }
        }
        return painted
    }

    private func copy(of frame: Frame) throws(ComposeError) -> Frame {
        try wrapped { () throws(LibavError) in
            let copy = try canvasPool.frame()
            try copy.copy(from: frame)
            return copy
        }
    }

    /// Returns the picture of a source, or its coverage in the matte pass.
    private func picture(of source: Int, at frame: Int) throws(ComposeError) -> SourcePicture {
        let picture = try pictures.picture(of: source, at: frame)
        guard pass == .matte, let pixels = picture.pixels else { return picture }
        if let made = mattes[source], made.picture === pixels { return .pixels(made.matte) }
        let made = try wrapped { () throws(LibavError) in
            let matte = try FramePool(pixels.format, width: pixels.width, height: pixels.height).frame()
            matte.drawMatte(of: pixels)
            return matte
        }
        mattes[source] = (pixels, made)
        return .pixels(made)
    }

    /// Returns the background in one colour.
    func background(_ color: YUVColor) throws(ComposeError) -> Frame {
        let alpha = plan.backgroundAlpha
        if pass == .matte { return try flat(YUVColor.black.mixed(with: .white, alpha)) }
        return try flat(alpha == 255 ? color : YUVColor.black.mixed(with: color, alpha))
    }

    /// Returns a frame filled with one colour.
    func flat(_ color: YUVColor) throws(ComposeError) -> Frame {
        try wrapped { () throws(LibavError) in
            let frame = try canvasPool.frame()
            frame.fill(color)
            return frame
        }
    }

    /// Returns a source that fills the canvas.
    func full(_ draw: Draw, at frame: Int) throws(ComposeError) -> Frame {
        let picture = try picture(of: draw.source, at: frame)
        return try wrapped { () throws(LibavError) in
            let target: Frame
            if let look = draw.look?.value, case .pixels(let copy) = picture {
                target = try canvasPool.frame()
                try painter(of: draw, look).fill(target, at: frame, copy)
                if let tint = draw.tint, pass == .colours {
                    target.tint(tint.color, amount: min(max(tint.amount.value(at: frame), 0), 1))
                }
                return target
            }
            switch (picture, draw.view) {
            case (.pixels(let copy), .aligned):
                guard draw.tint != nil, pass == .colours else { return copy }  // the copy already is the picture
                target = try canvasPool.frame()
                try target.copy(from: copy)
            case (.pixels(let copy), .moving), (.pixels(let copy), .placed):
                target = try canvasPool.frame()
                let (x, y) = draw.view.axes(at: frame)
                try resampler.draw(copy, into: target, x: x, y: y)
            case (.color(let color, _), _):
                target = try canvasPool.frame()
                target.fill(pass == .matte ? .white : color)
            }
            if let tint = draw.tint, pass == .colours {
                target.tint(tint.color, amount: min(max(tint.amount.value(at: frame), 0), 1))
            }
            return target
        }
    }

    /// Returns the painter of a draw that covers the canvas; the one made last is kept.
    private func painter(of draw: Draw, _ look: LayerLook) -> LayerPainter {
        if let full, full.draw == draw { return full }
        let made = layerPainter(draw, look)
        full = made
        return made
    }

    /// Returns the mask of a merge at a frame.
    func mask(_ mask: Mask, at frame: Int) throws(ComposeError) -> Frame {
        let amount = min(max(mask.amount.value(at: frame), 0), 1)
        if mask.map == .flat {
            let level = Int((amount * 255).rounded())
            return try flat(YUVColor(y: level, u: level, v: level))
        }
        let map = try map(mask.map, at: frame)
        return try wrapped { () throws(LibavError) in
            let target = try canvasPool.frame()
            map.draw(progress: amount, softness: mask.softness, into: target)
            return target
        }
    }

    private func map(_ map: Mask.Map, at frame: Int) throws(ComposeError) -> TransitionMap {
        let picture: Frame? =
            if case .file(let source) = map { try pictures.picture(of: source, at: frame).pixels } else { nil }
        if let made = maps[map], made.picture === picture { return made.map }
        let made = try wrapped { () throws(LibavError) in
            if let picture { return try TransitionMap(brightnessOf: picture) }
            guard case .shape(let shape) = map else { preconditionFailure("a flat map has no shape") }
            return try TransitionMap(shape, width: plan.size.width, height: plan.size.height)
        }
        if maps.count >= 4 { maps = [:] }  // a map takes 2.5 bytes a pixel
        maps[map] = (picture, made)
        return made
    }

    /// Runs `body` and converts a libav error into one that names the span's frames.
    func wrapped<Value>(_ body: () throws(LibavError) -> Value) throws(ComposeError) -> Value {
        do throws(LibavError) { return try body() } catch {
            throw ComposeError(error, .renderFailed, during: plan.spans[spanIndex].frames)
        }
    }
}
