// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Libav

/// The shape of a layer, and how it is turned, scaled and laid over what is below it.
package struct LayerLook: Sendable, Hashable {
    /// The layer's box on the canvas before it is turned, scaled and moved.
    package var box: Rectangle
    /// The point about which it is turned and scaled, on the canvas before it is moved.
    package var anchorX, anchorY: Double
    package var flipsX = false, flipsY = false
    package var scaleX = Curve.constant(1), scaleY = Curve.constant(1)
    /// Degrees clockwise.
    package var rotation = Curve.constant(0)
    /// What is cut off the box: left, top, right and bottom, in pixels; none if nothing is.
    package var insets: [Curve] = []
    /// The radii of the box's corners in pixels, from the top left on, clockwise; none if they are sharp.
    package var radii: [Curve] = []
    package var border: Border?
    package var shadow: Shadow?
    /// The standard deviation of a blur in pixels of the canvas.
    package var blur = Curve.constant(0)
    package var blend = BlendMode.normal
    package var mask: Mask?

    /// What a part of the layer is hidden by.
    package struct Mask: Sendable, Hashable {
        package enum Content: Sendable, Hashable {
            /// A closed polygon around what is shown, on the layer at rest; it may draw the box's edges in their stead.
            case shape([Point], drawsEdges: Bool)
            case picture(Picture)
        }

        package struct Picture: Sendable, Hashable {
            package var source: Int
            /// Where it lies: on the layer at rest, or on the canvas.
            package var view: View
            package var isOnCanvas: Bool
            /// The frames in which it is there; outside of them it hides everything.
            package var frames: Range<Int>
            /// Whether its brightness counts, instead of its alpha.
            package var isBright: Bool
        }

        package var content: Content
        package var isInverted: Bool
        /// The standard deviation of a blur in pixels of the canvas.
        package var sigma: Double

        /// Whether it draws the box's edges, which must not count twice.
        var drawsEdges: Bool { if case .shape(_, let drawsEdges) = content { drawsEdges } else { false } }

        /// The picture; `nil` for a shape.
        package var picture: Picture? {
            get { if case .picture(let picture) = content { picture } else { nil } }
            set { if let newValue { content = .picture(newValue) } }
        }
    }

    package struct Border: Sendable, Hashable {
        package var width: Curve
        package var color: ColorCurve
    }

    package struct Shadow: Sendable, Hashable {
        package var color: ColorCurve
        /// The standard deviation of its blur, its offset and its growth, in pixels.
        package var sigma, x, y, spread: Curve
    }

    /// Returns the map from the layer's place at rest to the canvas, before it is moved.
    package func transform(at frame: Int) -> Affine {
        let (left, top) = (box.left + box.right, box.top + box.bottom)
        let flip = Affine(
            a: flipsX ? -1 : 1, b: 0, c: flipsX ? left : 0, d: 0, e: flipsY ? -1 : 1, f: flipsY ? top : 0)
        let turn = Turn(degrees: rotation.value(at: frame))
        return flip.then(.translation(x: -anchorX, y: -anchorY))
            .then(.scale(x: max(scaleX.value(at: frame), 0), y: max(scaleY.value(at: frame), 0)))
            .then(.rotation(cosine: turn.cosine, sine: turn.sine))
            .then(.translation(x: anchorX, y: anchorY))
    }

    /// Whether it is as large and as upright as it is at rest in all frames.
    package var isUpright: Bool {
        scaleX == .constant(1) && scaleY == .constant(1) && rotation == .constant(0) && !flipsX && !flipsY
    }

    /// Whether what it covers is covered whole: it has no round corners, border or blur.
    package var isPlainBox: Bool {
        hasPlainEdges && blur == .constant(0) && blend == .normal && mask == nil
    }

    /// Whether its box has straight edges all around, and nothing along them.
    package var hasPlainEdges: Bool { insets.isEmpty && radii.isEmpty && border == nil }

    /// Returns the outline at a frame, before it is turned; `content` is the part that the picture covers.
    package func shape(at frame: Int, content: Rectangle, bleed: Double) -> LayerShape {
        // What lies outside of a box without edges of its own, as the shadows of letters do, is not cut off.
        var box = hasPlainEdges ? box.union(content) : box
        if insets.count == 4 {
            box = Rectangle(
                left: box.left + insets[0].value(at: frame), top: box.top + insets[1].value(at: frame),
                right: box.right - insets[2].value(at: frame), bottom: box.bottom - insets[3].value(at: frame))
        }
        func radius(_ index: Int) -> Double { radii.count == 4 ? max(radii[index].value(at: frame), 0) : 0 }
        var shown = content.intersection(box).inset(by: -bleed)
        var outline = box.inset(by: -bleed)
        if mask?.drawsEdges == true {
            // More than a pixel further out, wherever the content reaches the box's edge.
            let x = 2 / max(scaleX.value(at: frame), 1e-3)
            let y = 2 / max(scaleY.value(at: frame), 1e-3)
            if shown.left <= outline.left { shown.left -= x }
            if shown.top <= outline.top { shown.top -= y }
            if shown.right >= outline.right { shown.right += x }
            if shown.bottom >= outline.bottom { shown.bottom += y }
            outline = outline.union(shown)
        }
        let line = border.flatMap { border -> LayerShape.Border? in
            let (width, color) = (max(border.width.value(at: frame), 0), border.color.value(at: frame))
            return width > 0 && color.alpha > 0
                ? LayerShape.Border(width: width, color: YUVColor(color), alpha: Int(color.alpha)) : nil
        }
        return LayerShape(
            box: outline.box,
            corners: LayerShape.Corners(
                leftTop: radius(0), rightTop: radius(1), rightBottom: radius(2), leftBottom: radius(3)),
            content: shown.box, border: line)
    }
}

/// The cosine and sine of an angle in degrees, exact for quarter turns.
private struct Turn {
    let cosine, sine: Double

    init(degrees: Double) {
        let rest = degrees.truncatingRemainder(dividingBy: 360)
        switch rest {
        case 0: (cosine, sine) = (1, 0)
        case 90, -270: (cosine, sine) = (0, 1)
        case 180, -180: (cosine, sine) = (-1, 0)
        case 270, -90: (cosine, sine) = (0, -1)
        default: (cosine, sine) = (cos(rest * .pi / 180), sin(rest * .pi / 180))
        }
    }
}

extension LayerLook {
    /// Returns the look with each of its curves changed.
    func changingCurves(_ change: (Curve) -> Curve, colors: (ColorCurve) -> ColorCurve) -> LayerLook {
        changed(self) { look in
            look.scaleX = change(scaleX)
            look.scaleY = change(scaleY)
            look.rotation = change(rotation)
            look.insets = insets.map(change)
            look.radii = radii.map(change)
            look.blur = change(blur)
            look.border = border.map { Border(width: change($0.width), color: colors($0.color)) }
            look.shadow = shadow.map {
                Shadow(
                    color: colors($0.color), sigma: change($0.sigma), x: change($0.x), y: change($0.y),
                    spread: change($0.spread))
            }
        }
    }

    /// Returns whether it is the same in all frames of a range.
    func isConstant(over frames: Range<Int>) -> Bool {
        var isConstant = true
        _ = changingCurves {
            isConstant = isConstant && $0.isConstant(over: frames)
            return $0
        } colors: {
            isConstant = isConstant && $0.isConstant(over: frames)
            return $0
        }
        return isConstant
    }
}

/// A value on the heap, so that what rarely has one stays small.
package indirect enum Indirect<Value: Sendable & Hashable>: Sendable, Hashable {
    case value(Value)

    package init(_ value: Value) { self = .value(value) }

    package var value: Value {
        get {
            switch self {
            case .value(let value): value
            }
        }
        set { self = .value(newValue) }
    }
}
