// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A rectangle of the canvas, in pixels from its top left corner; fractions are allowed.
package struct Rectangle: Sendable, Hashable, Codable {
    package var left: Double
    package var top: Double
    package var right: Double
    package var bottom: Double

    package func intersection(_ other: Rectangle) -> Rectangle {
        Rectangle(
            left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
            bottom: min(bottom, other.bottom))
    }

    package func offset(x: Double, y: Double) -> Rectangle {
        Rectangle(left: left + x, top: top + y, right: right + x, bottom: bottom + y)
    }

    package func union(_ other: Rectangle) -> Rectangle {
        Rectangle(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// Returns the rectangle without a margin on each side; a negative one is added.
    package func inset(by margin: Double) -> Rectangle {
        Rectangle(left: left + margin, top: top + margin, right: right - margin, bottom: bottom - margin)
    }

    /// Returns the upright rectangle around this one after a map.
    package func bounds(under map: Affine) -> Rectangle {
        let corners = corners.map { map.applied(x: $0.x, y: $0.y) }
        return Rectangle(
            left: corners.map(\.x).min() ?? 0, top: corners.map(\.y).min() ?? 0, right: corners.map(\.x).max() ?? 0,
            bottom: corners.map(\.y).max() ?? 0)
    }

    package var corners: [(x: Double, y: Double)] { [(left, top), (right, top), (left, bottom), (right, bottom)] }

    package var box: Box { Box(left: left, top: top, right: right, bottom: bottom) }

    package var width: Double { right - left }
    package var height: Double { bottom - top }
    package var isEmpty: Bool { width <= 0 || height <= 0 }

    /// The smallest rectangle around this one with corners on even pixels, as 4:2:0 requires.
    package var evenBounds: PixelRectangle {
        let (x, y) = (Int((left / 2).rounded(.down)) * 2, Int((top / 2).rounded(.down)) * 2)
        return PixelRectangle(
            x: x, y: y, width: Int((right / 2).rounded(.up)) * 2 - x, height: Int((bottom / 2).rounded(.up)) * 2 - y)
    }
}

/// A point of the canvas; fractions are allowed.
package struct Point: Sendable, Hashable {
    package var x, y: Double
}

/// A rectangle of whole pixels.
package struct PixelRectangle: Sendable, Hashable, Codable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int
}

/// The placement of a source's copy on the canvas.
package enum View: Sendable, Hashable {
    /// Pixel for pixel, with the copy's first pixel at (`x`, `y`), both even.
    case aligned(x: Int, y: Int)
    /// Over a rectangle, with more pixels than the canvas has there, or fewer.
    case placed(Rectangle, copy: PixelSize)
    /// Zoomed and moved from frame to frame.
    case moving(MotionPath)

    package var isMoving: Bool { if case .moving = self { true } else { false } }

    /// Returns the map from canvas pixels to the copy's pixels at a frame, in one.
    package func map(at frame: Int) -> Affine {
        let (x, y) = axes(at: frame)
        return Affine(a: x.scale, b: 0, c: x.offset, d: 0, e: y.scale, f: y.offset)
    }

    /// Returns the map from canvas pixels to the copy's pixels at a frame, for each axis.
    package func axes(at frame: Int) -> (x: Resampler.Axis, y: Resampler.Axis) {
        switch self {
        case .aligned(let x, let y):
            return (Resampler.Axis(scale: 1, offset: -Double(x)), Resampler.Axis(scale: 1, offset: -Double(y)))
        case .placed(let area, let copy):
            let (x, y) = (Double(copy.width) / area.width, Double(copy.height) / area.height)
            return (Resampler.Axis(scale: x, offset: -area.left * x), Resampler.Axis(scale: y, offset: -area.top * y))
        case .moving(let path): return path.axes(at: frame)
        }
    }
}

/// A source drawn onto the canvas.
package struct Draw: Sendable, Hashable {
    /// The source's index in the plan's sources.
    package var source: Int
    /// The placement of its copy on the canvas.
    package var view: View
    /// The area it may cover before any shift: its box, clipped to the picture if that does not move.
    package var clip: Rectangle
    /// Whether it covers everything below it.
    package var covers: Bool
    package var opacity: Curve = .constant(1)
    /// The horizontal shift, in pixels; ``shiftY`` is the vertical one.
    package var shiftX: Curve = .constant(0)
    package var shiftY: Curve = .constant(0)
    /// The number of pixels by which its edge pixels are repeated outwards.
    ///
    /// This avoids a seam between two pictures that meet at a fraction of a pixel.
    package var bleed = 0.0
    /// A colour blended into it.
    package var tint: Tint?

    /// The parts of its area in which alone it is seen.
    package var reveals: [Reveal] = []
    /// How it is shaped, turned and scaled; `nil` for a plain rectangle.
    package var look: Indirect<LayerLook>?

    /// A part of an area that begins at one of its edges.
    package struct Reveal: Sendable, Hashable {
        package var from: Edge
        /// The fraction of the area, 0…1.
        package var amount: Curve

        package enum Edge: String, Sendable, Hashable { case left, right, top, bottom }

        /// Returns the part of an area that is seen at a frame.
        package func part(of area: Rectangle, at frame: Int) -> Rectangle {
            let amount = min(max(amount.value(at: frame), 0), 1)
            return changed(area) { part in
                switch from {
                case .left: part.right = area.left + amount * area.width
                case .right: part.left = area.right - amount * area.width
                case .top: part.bottom = area.top + amount * area.height
                case .bottom: part.top = area.bottom - amount * area.height
                }
            }
        }
    }

    package struct Tint: Sendable, Hashable {
        package var color: YUVColor
        package var amount: Curve
    }

    /// Whether it draws the same pixels in every frame of its span, possibly at different places.
    ///
    /// The folding pass decides it.
    package var isHeld = false

    /// The indices of all sources that it shows or is masked by.
    package var sources: [Int] { [source] + (look?.value.mask?.picture.map { [$0.source] } ?? []) }

    /// Returns the area that it may cover at a frame, before any shift.
    package func area(at frame: Int) -> Rectangle {
        let area = reveals.reduce(clip) { $0.intersection($1.part(of: clip, at: frame)) }
        guard case .moving(let path) = view else { return area }
        return area.intersection(path.content(at: frame))
    }

    /// Returns what wipes leave of a box at a frame, without end where they cut nothing off; `nil` without wipes.
    package func revealed(of box: Rectangle, at frame: Int) -> Rectangle? {
        guard !reveals.isEmpty else { return nil }
        let part = reveals.reduce(box) { $0.intersection($1.part(of: box, at: frame)) }
        let far = 1e6
        return Rectangle(
            left: part.left > box.left ? part.left : -far, top: part.top > box.top ? part.top : -far,
            right: part.right < box.right ? part.right : far, bottom: part.bottom < box.bottom ? part.bottom : far)
    }

    /// Returns whether it stays at the same place in all frames of a range.
    package func isAtRest(over frames: Range<Int>) -> Bool {
        shiftX.isConstant(over: frames) && shiftY.isConstant(over: frames)
    }
}
