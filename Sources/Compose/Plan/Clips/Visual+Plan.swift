// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// How a clip's layer moves, turns and looks over the clip's frames.
struct LayerPlan {
    var shiftX = Curve.constant(0), shiftY = Curve.constant(0)
    var opacity: Curve
    var reveals: [Draw.Reveal] = []
    /// How it is shaped and turned; `nil` for a plain rectangle.
    var look: LayerLook?
    /// What of it may be seen.
    var window: LayerWindow

    /// The plan of a layer that keeps its place and shape.
    init(opacity: Curve, window: LayerWindow) {
        self.opacity = opacity
        self.window = window
    }
}

/// What of a layer may be seen, in the coordinates of its place at rest, and how large.
struct LayerWindow {
    /// Everything that may be seen.
    var reach: Rectangle
    /// The most pixels of the canvas that a pixel of the layer takes, along each axis.
    var density = (x: 1.0, y: 1.0)
    /// Whether the layer is shown pixel for pixel.
    var isAligned = true
}

/// The curves of a clip's values over its frames.
struct ClipCurves {
    let frames: Range<Int>
    let rate: FrameRate
    let canvas: PixelSize
    let length: Duration

    init(_ frames: Range<Int>, _ rate: FrameRate, _ canvas: PixelSize) {
        self.frames = frames
        self.rate = rate
        self.canvas = canvas
        length = .seconds(frames.count * rate.denominator) / rate.numerator
    }

    func curve(_ animated: Animated<Double>) -> Curve {
        if case .constant(let value) = animated { return .constant(value) }
        return .keyframes(animated.resolved(over: length), start: frames.lowerBound, rate: rate)
    }

    func curve(_ animated: Animated<Color>) -> ColorCurve {
        if case .constant(let color) = animated { return .constant(color) }
        return .keyframes(animated.resolved(over: length), start: frames.lowerBound, rate: rate)
    }

    /// Returns the curve of a length in pixels, or percent of `whole`.
    func curve(_ animated: Animated<Length>, of whole: Double) -> Curve {
        curve(
            animated.map { length in
                switch length {
                case .pixels(let pixels): pixels
                case .percent(let percent): percent / 100 * whole
                }
            })
    }

    /// Returns the ramps of an entrance from 0 to 1 and of an exit from 0 to 1; an exit is 1 after the last frame.
    func ramp(_ entrance: Entrance?, isExit: Bool) -> Ramp? {
        guard let entrance else { return nil }
        let clock = FrameClock(rate: rate)
        let count = min(max(clock.frame(atOrAfter: entrance.length), 1), frames.count)
        let delay = min(clock.frame(atOrAfter: entrance.delay), frames.count - count)
        let easing = entrance.easing ?? (isExit ? entrance.style.easings.exit : entrance.style.easings.enter)
        let start = isExit ? frames.upperBound - delay - count : frames.lowerBound + delay
        return Ramp(frames: start..<start + count, easing: easing)
    }
}

extension Visual {
    /// Returns the layer's plan, with its box at rest on the canvas.
    ///
    /// `slides` says whether a transition moves it by up to a canvas. `cropsBox` is false for clips whose content is cropped
    /// before it is fitted.
    func plan(_ box: Rectangle, _ curves: ClipCurves, slides: Bool, cropsBox: Bool) -> LayerPlan {
        let canvas = curves.canvas
        let (width, height) = (Double(canvas.width), Double(canvas.height))
        let shorter = min(box.width, box.height)
        let anchorX = box.left + anchor.x * box.width
        let anchorY = box.top + anchor.y * box.height
        var look = LayerLook(box: box, anchorX: anchorX, anchorY: anchorY)
        (look.flipsX, look.flipsY) = flip.sides
        look.scaleX = curves.curve(scale.map(\.x))
        look.scaleY = curves.curve(scale.map(\.y))
        look.rotation = curves.curve(rotation)
        if cropsBox, crop != Crop() {
            look.insets = [
                curves.curve(crop.left, of: box.width), curves.curve(crop.top, of: box.height),
                curves.curve(crop.right, of: box.width), curves.curve(crop.bottom, of: box.height),
            ]
        }
        if cornerRadius != Corners() { look.radii = cornerRadius.all.map { curves.curve($0, of: shorter) } }
        look.border = border.map {
            LayerLook.Border(width: curves.curve($0.width, of: shorter), color: curves.curve($0.color))
        }
        look.shadow = shadow.map {
            LayerLook.Shadow(
                color: curves.curve($0.color),
                sigma: .multiplying([.constant(0.5), curves.curve($0.blur, of: height)]),
                x: curves.curve($0.x, of: width), y: curves.curve($0.y, of: height),
                spread: curves.curve($0.spread, of: height))
        }
        look.blend = blend
        var plan = LayerPlan(
            opacity: curves.curve(opacity), window: LayerWindow(reach: curves.canvasRectangle(slides: slides)))
        if let position, position.isAnimated, let rest = position.first {
            let restX = rest.x.resolved(along: canvas.width)
            let restY = rest.y.resolved(along: canvas.height)
            plan.shiftX = curves.curve(position.map { $0.x.resolved(along: canvas.width) - restX })
            plan.shiftY = curves.curve(position.map { $0.y.resolved(along: canvas.height) - restY })
        }
        plan.add(enter, curves, isExit: false, &look)
        plan.add(exit, curves, isExit: true, &look)
        plan.finish(look, curves, slides: slides)
        return plan
    }
}

extension ClipCurves {
    /// Returns the canvas; with `slides` it extends a canvas beyond each edge.
    fileprivate func canvasRectangle(slides: Bool) -> Rectangle {
        let (width, height) = (Double(canvas.width), Double(canvas.height))
        guard slides else { return Rectangle(left: 0, top: 0, right: width, bottom: height) }
        return Rectangle(left: -width, top: -height, right: 2 * width, bottom: 2 * height)
    }
}

extension LayerPlan {
    /// Adds what an entrance or an exit changes.
    fileprivate mutating func add(
        _ entrance: Entrance?, _ curves: ClipCurves, isExit: Bool, _ look: inout LayerLook
    ) {
        guard let entrance, let ramp = curves.ramp(entrance, isExit: isExit) else { return }
        func curve(outside: Double, inside: Double) -> Curve {
            isExit ? .ramp(from: inside, to: outside, ramp) : .ramp(from: outside, to: inside, ramp)
        }
        for change in entrance.style.changes {
            switch change {
            case .opacity: opacity = .multiplying([opacity, curve(outside: 0, inside: 1)])
            case .scale(let scale):
                let factor = curve(outside: scale, inside: 1)
                look.scaleX = .multiplying([look.scaleX, factor])
                look.scaleY = .multiplying([look.scaleY, factor])
            case .rotation(let degrees):
                look.rotation = .adding([look.rotation, curve(outside: isExit ? -degrees : degrees, inside: 0)])
            case .blur(let fraction):
                let sigma = fraction * Double(curves.canvas.height)
                look.blur = .adding([look.blur, curve(outside: sigma, inside: 0)])
            case .wipe(let direction):
                // An exit's edge travels the same way, so what is left lies on the other side.
                let from: Draw.Reveal.Edge =
                    switch (direction, isExit) {
                    case (.right, false), (.left, true): .left
                    case (.left, false), (.right, true): .right
                    case (.down, false), (.up, true): .top
                    case (.up, false), (.down, true): .bottom
                    }
                reveals.append(Draw.Reveal(from: from, amount: curve(outside: 0, inside: 1)))
            case .offCanvas(let direction):
                let frame = isExit ? ramp.frames.lowerBound : ramp.frames.upperBound
                let bounds = look.bounds(at: frame).offset(x: shiftX.value(at: frame), y: shiftY.value(at: frame))
                let (width, height) = (Double(curves.canvas.width), Double(curves.canvas.height))
                switch (direction, isExit) {
                case (.right, false), (.left, true):
                    shiftX = .adding([shiftX, curve(outside: -max(bounds.right, 0), inside: 0)])
                case (.left, false), (.right, true):
                    shiftX = .adding([shiftX, curve(outside: max(width - bounds.left, 0), inside: 0)])
                case (.down, false), (.up, true):
                    shiftY = .adding([shiftY, curve(outside: -max(bounds.bottom, 0), inside: 0)])
                case (.up, false), (.down, true):
                    shiftY = .adding([shiftY, curve(outside: max(height - bounds.top, 0), inside: 0)])
                }
            }
        }
    }

    /// Finds out what of the layer may be seen, and whether it is a plain rectangle after all.
    fileprivate mutating func finish(_ look: LayerLook, _ curves: ClipCurves, slides: Bool) {
        let canvas = curves.canvasRectangle(slides: slides)
        let moves = shiftX != .constant(0) || shiftY != .constant(0)
        let isPlain = look.isUpright && look.isPlainBox && look.shadow == nil
        if !isPlain { self.look = look }
        guard moves || !look.isUpright else { return }
        window.isAligned = look.isUpright
        var reach: Rectangle?
        var density = (x: 0.0, y: 0.0)
        for frame in curves.samples(of: [shiftX, shiftY, look.scaleX, look.scaleY, look.rotation]) {
            let (x, y) = (shiftX.value(at: frame), shiftY.value(at: frame))
            density.x = max(density.x, look.scaleX.value(at: frame))
            density.y = max(density.y, look.scaleY.value(at: frame))
            guard let back = look.transform(at: frame).inverse else { continue }
            let seen = canvas.offset(x: -x, y: -y).bounds(under: back)
            reach = reach.map { $0.union(seen) } ?? seen
        }
        // A pixel more for what lies between two frames that were looked at, and for rounding.
        window.reach = (reach ?? Rectangle(left: 0, top: 0, right: 0, bottom: 0)).inset(by: -2)
        window.density = density
    }
}

extension LayerPlan {
    /// Masks the layer; it is no plain rectangle then.
    mutating func add(_ mask: LayerLook.Mask, box: Rectangle) {
        if look == nil { look = LayerLook(box: box, anchorX: box.left, anchorY: box.top) }
        look?.mask = mask
    }

    /// Returns a clip's draws as the layer's, which move and turn.
    func applied(to draws: [Draw], _ curves: ClipCurves) -> [Draw] {
        let moves = shiftX != .constant(0) || shiftY != .constant(0)
        guard look != nil || moves || !reveals.isEmpty else { return draws }
        return draws.enumerated().map { index, draw in
            changed(draw) {
                $0.shiftX = shiftX
                $0.shiftY = shiftY
                $0.reveals += reveals
                if var look {
                    // One border around all, and one shadow below all.
                    if index < draws.count - 1 { look.border = nil }
                    if index > 0 { look.shadow = nil }
                    $0.look = Indirect(look)
                }
                $0.covers = draw.covers && reveals.isEmpty && (look?.isPlainBox ?? true) && alwaysCovers($0, curves)
            }
        }
    }

    /// Returns whether an opaque layer covers the canvas in every frame.
    private func alwaysCovers(_ draw: Draw, _ curves: ClipCurves) -> Bool {
        let canvas = Rectangle(
            left: 0, top: 0, right: Double(curves.canvas.width), bottom: Double(curves.canvas.height))
        let look = look ?? LayerLook(box: canvas, anchorX: 0, anchorY: 0)
        // A move over the picture changes what it covers with every frame.
        let moving =
            draw.view.isMoving ? [Curve.ramp(from: 0, to: 1, Ramp(frames: curves.frames, easing: .linear))] : []
        let frames = curves.samples(of: [shiftX, shiftY, look.scaleX, look.scaleY, look.rotation] + moving)
        guard frames.count == 1 || frames.count > curves.frames.count else { return false }
        return frames.allSatisfy { frame in
            guard let back = look.transform(at: frame).inverse else { return false }
            let x = shiftX.value(at: frame), y = shiftY.value(at: frame)
            let area = draw.area(at: frame).inset(by: -1e-6)
            return [
                (canvas.left, canvas.top), (canvas.right, canvas.top), (canvas.left, canvas.bottom),
                (canvas.right, canvas.bottom),
            ]
            .allSatisfy { corner in
                let (u, v) = (corner.0 - x, corner.1 - y)
                let (across, down) = (back.a * u + back.b * v + back.c, back.d * u + back.e * v + back.f)
                return across >= area.left && across <= area.right && down >= area.top && down <= area.bottom
            }
        }
    }
}

extension ClipCurves {
    /// Returns the frames at which curves are looked at: each, or one if none changes; at most 20,000.
    func samples(of list: [Curve]) -> [Int] {
        if list.allSatisfy({ $0.isConstant(over: frames) }) { return [frames.lowerBound] }
        let step = max(1, frames.count / 20_000)
        return Array(stride(from: frames.lowerBound, to: frames.upperBound, by: step)) + [frames.upperBound - 1]
    }
}

extension LayerLook {
    /// Returns the rectangle around the turned box and its shadow, before it is moved.
    func bounds(at frame: Int) -> Rectangle {
        let bounds = box.bounds(under: transform(at: frame))
        guard let shadow else { return bounds }
        let room = 3 * shadow.sigma.value(at: frame) + max(shadow.spread.value(at: frame), 0)
        return bounds.union(
            bounds.offset(x: shadow.x.value(at: frame), y: shadow.y.value(at: frame)).inset(by: -room))
    }
}
