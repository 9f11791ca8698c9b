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
    /// Zoomed and moved from frame to frame.
    case moving(MotionPath)

    package var isMoving: Bool { if case .moving = self { true } else { false } }
}

/// The path of a moving picture: its `Motion`, applied to a fitted picture in its box.
package struct MotionPath: Sendable, Hashable {
    /// The box on the canvas.
    package let box: Rectangle
    /// The picture's size on the canvas at zoom 1.
    package let fitted: (width: Double, height: Double)
    /// The part of the fitted picture in the source's copy, 0…1 of its width and height.
    package let part: Rectangle
    /// The copy's size.
    package let copy: PixelSize
    package let motion: Motion
    package let frames: Range<Int>

    /// Returns the whole picture's rectangle on the canvas at a progress of 0…1.
    package static func content(
        of fitted: (width: Double, height: Double), in box: Rectangle, _ motion: Motion, eased: Double
    ) -> Rectangle {
        content(of: fitted, in: box, motion, eased: eased, zoom: motion.zoom(at: eased))
    }

    /// Returns the same rectangle for a given zoom.
    static func content(
        of fitted: (width: Double, height: Double), in box: Rectangle, _ motion: Motion, eased: Double, zoom: Double
    ) -> Rectangle {
        let x = motion.from.x + (motion.to.x - motion.from.x) * eased
        let y = motion.from.y + (motion.to.y - motion.from.y) * eased
        let (width, height) = (fitted.width * zoom, fitted.height * zoom)
        let left = box.left + x * (box.width - width)
        let top = box.top + y * (box.height - height)
        return Rectangle(left: left, top: top, right: left + width, bottom: top + height)
    }

    package func content(at frame: Int) -> Rectangle {
        Self.content(of: fitted, in: box, motion, eased: Ramp(frames: frames, easing: motion.easing).value(at: frame))
    }

    /// Returns the map from canvas pixels to the copy's pixels at a frame.
    package func axes(at frame: Int) -> (x: Resampler.Axis, y: Resampler.Axis) {
        let content = content(at: frame)
        func axis(_ start: Double, _ extent: Double, _ from: Double, _ to: Double, _ size: Int) -> Resampler.Axis {
            let scale = Double(size) / ((to - from) * extent)
            return Resampler.Axis(scale: scale, offset: -(start + from * extent) * scale)
        }
        return (
            axis(content.left, content.width, part.left, part.right, copy.width),
            axis(content.top, content.height, part.top, part.bottom, copy.height)
        )
    }

    package static func == (a: Self, b: Self) -> Bool {
        a.box == b.box && a.fitted == b.fitted && a.part == b.part && a.copy == b.copy && a.motion == b.motion
            && a.frames == b.frames
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(box)
        hasher.combine(part)
        hasher.combine(copy)
        hasher.combine(motion)
        hasher.combine(frames)
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

    /// The part of its area that is seen; `nil` for all of it.
    package var reveal: Reveal?

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

    /// Returns whether it stays at the same place in all frames of a range.
    package func isAtRest(over frames: Range<Int>) -> Bool {
        shiftX.isConstant(over: frames) && shiftY.isConstant(over: frames)
    }
}
