// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A source of a span that is shaped, turned and scaled, as layers that are painted onto a picture.
///
/// What is outside of the canvas is never drawn. May be used by one thread at a time.
final class LayerPainter {
    /// A frame with straight alpha at an even place.
    struct Layer {
        let frame: Frame
        let x, y: Int
        let blend: LayerBlend
    }

    private struct PoolKind: Hashable {
        let size: PixelSize
        let format: Frame.Format
    }

    let draw: Draw
    private let look: LayerLook
    private let canvas: PixelRectangle
    private let isMatte: Bool
    private var pools: [PoolKind: FramePool] = [:]
    private var copies = KeptPyramid()
    private var maskCopies = KeptPyramid()
    private var last: (state: State, picture: SourcePicture, mask: SourcePicture?, layers: [Layer])?

    init(_ draw: Draw, _ look: LayerLook, canvas: PixelSize, isMatte: Bool) {
        self.draw = draw
        self.look = look
        self.canvas = PixelRectangle(x: 0, y: 0, width: canvas.width, height: canvas.height)
        self.isMatte = isMatte
    }

    /// Everything that a frame's layers follow from, besides the picture.
    private struct State: Equatable {
        /// From the layer's place at rest to the canvas.
        let map: Affine
        /// From canvas pixels at rest to the picture's pixels.
        let picture: Affine
        let shape: LayerShape
        /// What a wipe shows of the layer with its border; `nil` without either, where the shape's content says it.
        let revealed: Box?
        let opacity: Double
        let sigma: Double
        let tint: Double
        let shadow: LayerShadow?
    }

    private func state(at frame: Int) -> State {
        let shadow = look.shadow.flatMap { shadow -> LayerShadow? in
            let color = shadow.color.value(at: frame)
            guard color.alpha > 0 else { return nil }
            return LayerShadow(
                x: shadow.x.value(at: frame), y: shadow.y.value(at: frame),
                sigma: min(max(shadow.sigma.value(at: frame), 0), 500), spread: shadow.spread.value(at: frame),
                color: isMatte ? .white : YUVColor(color), alpha: Int(color.alpha))
        }
        var bare = draw
        if look.border != nil { bare.reveals = [] }
        return State(
            map: look.transform(at: frame).then(
                .translation(x: draw.shiftX.value(at: frame), y: draw.shiftY.value(at: frame))),
            picture: draw.view.map(at: frame),
            shape: look.shape(at: frame, content: bare.area(at: frame), bleed: draw.bleed),
            revealed: look.border == nil ? nil : draw.revealed(of: look.box, at: frame)?.box,
            opacity: min(max(draw.opacity.value(at: frame), 0), 1),
            sigma: min(max(look.blur.value(at: frame), 0), 1000),
            tint: draw.tint.map { min(max($0.amount.value(at: frame), 0), 1) } ?? 0, shadow: shadow)
    }

    /// Returns the source of the mask's picture at a frame; `nil` if there is none then.
    func mask(at frame: Int) -> Int? {
        look.mask?.picture.flatMap { $0.frames.contains(frame) ? $0.source : nil }
    }

    /// Returns the layers at a frame, the lowest first; none if nothing is seen.
    ///
    /// `mask` is the picture of its mask, if there is one at the frame.
    func layers(at frame: Int, _ picture: SourcePicture, mask: SourcePicture?) throws(LibavError) -> [Layer] {
        if let own = look.mask, own.picture != nil, mask == nil, !own.isInverted { return [] }
        let state = state(at: frame)
        if let last, last.state == state, last.picture.isSame(as: picture), last.mask?.pixels === mask?.pixels {
            return last.layers
        }
        let layers = try make(state, picture, mask: mask?.pixels)
        last = (state, picture, mask, layers)
        return layers
    }

    /// Draws a picture that covers the canvas into a frame of its size.
    func fill(_ target: Frame, at frame: Int, _ picture: Frame) throws(LibavError) {
        let state = state(at: frame)
        guard let back = state.map.inverse else { return }
        try copies.pyramid(of: picture).draw(into: target, map: back.then(state.picture))
    }

    /// Multiplies a layer's alpha by its mask, if it has one; `picture` is that of the mask, if there is one at the frame.
    ///
    /// `map` leads from the layer's place at rest to the canvas, and `back` from there.
    private func apply(
        _ picture: Frame?, to target: Frame, _ area: PixelRectangle, map: Affine, back: Affine
    ) throws(LibavError) {
        guard let mask = look.mask else { return }
        // A soft edge needs what lies around the layer.
        let margin = Int((3 * mask.sigma / 2).rounded(.up)) * 2
        let place = PixelRectangle(
            x: area.x - margin, y: area.y - margin, width: area.width + 2 * margin, height: area.height + 2 * margin)
        let drawn: Frame
        var isBright = true
        switch mask.content {
        case .shape(let points, _):
            drawn = try frame(place, .opaque)
            let map = map.then(.translation(x: -Double(place.x), y: -Double(place.y)))
            try drawn.drawPolygon(points.map { map.applied(x: $0.x, y: $0.y) })
        case .picture(let own):
            guard let picture else { return }
            isBright = own.isBright
            drawn = try frame(place, picture.format)
            let toCanvas = Affine.translation(x: Double(place.x), y: Double(place.y))
            let map = (own.isOnCanvas ? toCanvas : toCanvas.then(back)).then(own.view.map(at: 0))
            let whole = Box(left: 0, top: 0, right: Double(picture.width), bottom: Double(picture.height))
            try maskCopies.pyramid(of: picture).draw(into: drawn, map: map, shown: whole)
        }
        if mask.sigma > 0 { try drawn.blur(sigmaX: mask.sigma, sigmaY: mask.sigma) }
        try target.matte(by: drawn, x: -margin, y: -margin, brightness: isBright, inverted: mask.isInverted)
    }

    private func make(_ state: State, _ picture: SourcePicture, mask: Frame?) throws(LibavError) -> [Layer] {
        guard let back = state.map.inverse, state.opacity > 0 else { return [] }
        let shape = state.shape
        let outline = shape.border == nil ? shape.content : shape.box
        let bounds = Rectangle(outline).bounds(under: state.map)
        guard !Rectangle(outline).isEmpty else { return [] }
        let blurred = bounds.inset(by: -(1 + 3 * state.sigma))
        // A shadow may fall onto the canvas from outside of it.
        var seen = canvas.rectangle.inset(by: -(3 * state.sigma))
        var fallen: Rectangle?
        if let shadow = state.shadow {
            let room = 3 * shadow.sigma + abs(shadow.spread) + 1
            seen = seen.union(seen.offset(x: -shadow.x, y: -shadow.y).inset(by: -room))
            let place = blurred.offset(x: shadow.x, y: shadow.y).inset(by: -room).intersection(canvas.rectangle)
            if !place.isEmpty { fallen = place }
        }
        let visible = blurred.intersection(seen)
        guard !visible.isEmpty else { return [] }
        let area = visible.evenBounds
        let target = try frame(area)
        let toLocal = Affine.translation(x: Double(area.x), y: Double(area.y)).then(back)
        let kind: Frame.AlphaKind
        switch picture {
        case .pixels(let copy):
            let map = toLocal.then(state.picture)
            let shown = Rectangle(shape.content).bounds(under: state.picture)
            try copies.pyramid(of: copy).draw(into: target, map: map, shown: shown.box)
            kind = copy.format == .alpha ? .premultiplied : .solid
        case .color(let color, let alpha):
            // The alpha is that of the colour alone, and not that of a border around it.
            target.fill(isMatte ? .white : color, alpha: alpha)
            kind = alpha == 255 ? .solid : .straight
        }
        // With a blur, everything is shaped first.
        let opacity = state.sigma > 0 ? 1 : state.opacity
        try target.shape(kind, by: shape, map: toLocal, opacity: opacity)
        if let revealed = state.revealed {
            try target.shape(.straight, by: LayerShape(box: revealed), map: toLocal, opacity: 1)
        }
        if state.sigma > 0 {
            try target.premultiply()
            try target.blur(sigmaX: state.sigma, sigmaY: state.sigma)
            let all = Box(left: -1e6, top: -1e6, right: 1e6, bottom: 1e6)
            try target.shape(.premultiplied, by: LayerShape(box: all), map: .identity, opacity: state.opacity)
        }
        try apply(mask, to: target, area, map: state.map, back: back)
        if let tint = draw.tint, !isMatte { target.tint(tint.color, amount: state.tint) }
        let layer = Layer(
            frame: target, x: area.x, y: area.y,
            blend: isMatte ? .normal : LayerBlend(look.blend))
        guard var shadow = state.shadow, let fallen else { return [layer] }
        let place = fallen.evenBounds
        shadow.x += Double(area.x - place.x)
        shadow.y += Double(area.y - place.y)
        let below = try frame(place)
        try below.drawShadow(of: target, shadow)
        return [Layer(frame: below, x: place.x, y: place.y, blend: .normal), layer]
    }

    /// Returns a frame of at least an area's size; sizes are rounded up, so that a turning layer finds its memory again.
    private func frame(_ area: PixelRectangle, _ format: Frame.Format = .alpha) throws(LibavError) -> Frame {
        func rounded(_ side: Int) -> Int { (max(side, 2) + 63) / 64 * 64 }
        let kind = PoolKind(
            size: PixelSize(width: rounded(area.width), height: rounded(area.height)), format: format)
        if let pool = pools[kind] { return try pool.frame() }
        if pools.count >= 6 { pools = [:] }
        let pool = try FramePool(format, width: kind.size.width, height: kind.size.height)
        pools[kind] = pool
        return try pool.frame()
    }
}

extension Rectangle {
    init(_ box: Box) { self.init(left: box.left, top: box.top, right: box.right, bottom: box.bottom) }
}

extension LayerBlend {
    /// Creates the mode that mixes a layer as an edit asks for.
    fileprivate init(_ mode: BlendMode) {
        switch mode {
        case .normal: self = .normal
        case .multiply: self = .multiply
        case .darken: self = .darken
        case .colorBurn: self = .colorBurn
        case .screen: self = .screen
        case .lighten: self = .lighten
        case .add: self = .add
        case .colorDodge: self = .colorDodge
        case .overlay: self = .overlay
        case .softLight: self = .softLight
        case .hardLight: self = .hardLight
        case .difference: self = .difference
        case .subtract: self = .subtract
        }
    }
}
