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
    /// Its box on the canvas at rest.
    let box: Rectangle

    /// The plan of a layer that keeps its place and shape.
    init(opacity: Curve, window: LayerWindow, box: Rectangle) {
        self.opacity = opacity
        self.window = window
        self.box = box
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

extension LayerPlan {
    /// Adds what an entrance or an exit changes.
    mutating func add(
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
    mutating func finish(_ look: LayerLook, _ curves: ClipCurves, slides: Bool) {
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
    mutating func add(_ mask: LayerLook.Mask) {
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
        let canvas = curves.canvas.rectangle
        let look = look ?? LayerLook(box: canvas, anchorX: 0, anchorY: 0)
        // A move over the picture changes what it covers with every frame.
        let moving =
            draw.view.isMoving ? [Curve.ramp(from: 0, to: 1, Ramp(frames: curves.frames, easing: .linear))] : []
        let frames = curves.samples(of: [shiftX, shiftY, look.scaleX, look.scaleY, look.rotation] + moving)
        guard frames.count == 1 || curves.isEachLookedAt else { return false }
        return frames.allSatisfy { frame in
            guard let back = look.transform(at: frame).inverse else { return false }
            let x = shiftX.value(at: frame), y = shiftY.value(at: frame)
            let area = draw.area(at: frame).inset(by: -1e-6)
            return canvas.offset(x: -x, y: -y).corners.allSatisfy { corner in
                let (across, down) = back.applied(x: corner.x, y: corner.y)
                return across >= area.left && across <= area.right && down >= area.top && down <= area.bottom
            }
        }
    }
}
