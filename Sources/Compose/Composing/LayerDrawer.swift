// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A source of a span drawn as a layer: a frame with alpha, as small as possible, at an even position.
final class LayerDrawer {
    let draw: Draw
    /// The frame's size, and its position without a shift.
    let bounds: PixelRectangle
    private let pool: FramePool
    /// The layer made last, if the next may be the same: with the picture it shows, `nil` if that is held, and its opacity.
    private var kept: (layer: Frame, picture: Frame?, opacity: Double)?
    private let isMatte: Bool

    init(_ draw: Draw, over frames: Range<Int>, isMatte: Bool) throws(LibavError) {
        self.draw = draw
        self.isMatte = isMatte
        var bounds = draw.clip.evenBounds
        if draw.bleed > 0 || draw.view.isMoving || !draw.isAtRest(over: frames)
            || draw.shiftX.value(at: frames.lowerBound) != 0
            || draw.shiftY.value(at: frames.lowerBound) != 0
        {
            // A shift by less than two pixels, and repeated edge pixels, need room.
            bounds = PixelRectangle(
                x: bounds.x - 2, y: bounds.y - 2, width: bounds.width + 4, height: bounds.height + 4)
        }
        self.bounds = bounds
        pool = try FramePool(.alpha, width: bounds.width, height: bounds.height)
    }

    /// Returns the layer's position at a frame.
    func position(at frame: Int) -> (x: Int, y: Int) {
        (
            bounds.x + Self.split(draw.shiftX.value(at: frame)).even,
            bounds.y + Self.split(draw.shiftY.value(at: frame)).even
        )
    }

    /// Returns a shift as an even number of pixels and the rest, 0 ..< 2.
    private static func split(_ shift: Double) -> (even: Int, rest: Double) {
        let even = Int((shift / 2).rounded(.down)) * 2
        return (even, shift - Double(even))
    }

    /// Returns the layer at a frame, at which the source shows `picture`.
    func layer(at frame: Int, _ picture: SourcePicture, resampler: Resampler) throws(LibavError) -> Frame {
        let restX = Self.split(draw.shiftX.value(at: frame)).rest
        let restY = Self.split(draw.shiftY.value(at: frame)).rest
        let opacity = min(max(draw.opacity.value(at: frame), 0), 1)
        // A source that shows the same picture again returns the same frame.
        let shown = draw.isHeld || draw.view.isMoving ? nil : picture.pixels
        let keeps =
            (draw.isHeld || (shown != nil && draw.tint == nil && draw.reveals.isEmpty)) && restX == 0 && restY == 0
        if keeps, let kept, draw.isHeld || (kept.picture === shown && kept.opacity == opacity) { return kept.layer }
        let target = try pool.frame()
        let clip = draw.area(at: frame)
        var solid = 1.0
        switch picture {
        case .pixels(let copy):
            switch draw.view {
            case .aligned(let x, let y):
                let (offsetX, offsetY) = (Double(bounds.x - x) - restX, Double(bounds.y - y) - restY)
                if offsetX == 0, offsetY == 0, copy.width == bounds.width, copy.height == bounds.height {
                    try target.copy(from: copy)
                } else {
                    try resampler.draw(
                        copy, into: target, x: Resampler.Axis(scale: 1, offset: offsetX),
                        y: Resampler.Axis(scale: 1, offset: offsetY))
                }
            case .moving, .placed:
                let (x, y) = draw.view.axes(at: frame)
                func shifted(_ axis: Resampler.Axis, by pixels: Double) -> Resampler.Axis {
                    Resampler.Axis(scale: axis.scale, offset: axis.offset + axis.scale * pixels)
                }
                try resampler.draw(
                    copy, into: target, x: shifted(x, by: Double(bounds.x) - restX),
                    y: shifted(y, by: Double(bounds.y) - restY))
            }
        case .color(let color, let alpha):
            target.fill(isMatte ? .white : color)
            solid = Double(alpha) / 255
        }
        let x = restX - Double(bounds.x)
        let y = restY - Double(bounds.y)
        target.finishLayer(
            premultiplied: picture.pixels?.format == .alpha, left: clip.left - draw.bleed + x,
            top: clip.top - draw.bleed + y,
            right: clip.right + draw.bleed + x, bottom: clip.bottom + draw.bleed + y,
            opacity: solid * opacity)
        if let tint = draw.tint, !isMatte {
            target.tint(tint.color, amount: min(max(tint.amount.value(at: frame), 0), 1))
        }
        if keeps { kept = (target, shown, opacity) }
        return target
    }
}
