// SPDX-License-Identifier: Apache-2.0

extension Visual {
    /// Returns the layer's plan, with its box at rest on the canvas.
    ///
    /// `slides` says whether a transition moves it by up to a canvas. `cropsBox` is false for clips whose content is cropped
    /// before it is fitted.
    func plan(_ box: Rectangle, _ curves: ClipCurves, slides: Bool, cropsBox: Bool) -> LayerPlan {
        var plan = LayerPlan(
            opacity: curves.curve(opacity), window: LayerWindow(reach: curves.canvasRectangle(slides: slides)), box: box
        )
        if isPlain { return plan }
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
