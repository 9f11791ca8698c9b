// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A picture that is cropped and fitted into a box on the canvas, and may be moved over within it.
package struct FittedPicture: Sendable, Hashable {
    /// The size of the whole upright picture, in its own pixels.
    package let width, height: Double
    /// The box on the canvas.
    package let box: Rectangle
    package var fit: Fit
    package var motion: Motion?
    /// What is cut off the picture: left, top, right and bottom, in its pixels; none if nothing is.
    package var crop: [Curve]

    init(
        extent: (width: Double, height: Double), box: Rectangle, fit: Fit, motion: Motion? = nil, crop: [Curve] = []
    ) {
        (width, height) = extent
        self.box = box
        self.fit = fit
        self.motion = motion
        self.crop = crop
    }

    var extent: (width: Double, height: Double) { (width, height) }

    /// Returns where the picture lies on the canvas at a frame: the part that is not cut off, and the whole.
    func place(at frame: Int, eased: Double, zoom: Double? = nil) -> (seen: Rectangle, whole: Rectangle) {
        let kept = kept(at: frame)
        let fitted = fitted(width: kept.width, height: kept.height)
        let motion = motion ?? Motion()
        let zoom = zoom ?? motion.zoom(at: eased)
        let x = motion.from.x + (motion.to.x - motion.from.x) * eased
        let y = motion.from.y + (motion.to.y - motion.from.y) * eased
        let (wide, high) = (fitted.width * zoom, fitted.height * zoom)
        let left = box.left + x * (box.width - wide)
        let top = box.top + y * (box.height - high)
        let seen = Rectangle(left: left, top: top, right: left + wide, bottom: top + high)
        if crop.isEmpty { return (seen, seen) }
        let (across, down) = (wide / kept.width, high / kept.height)
        let whole = Rectangle(
            left: left - kept.left * across, top: top - kept.top * down, right: left + (width - kept.left) * across,
            bottom: top + (height - kept.top) * down)
        return (seen, whole)
    }

    /// Returns the part of the picture that is not cut off at a frame, in its pixels; at least a pixel.
    private func kept(at frame: Int) -> Rectangle {
        guard crop.count == 4 else { return Rectangle(left: 0, top: 0, right: width, bottom: height) }
        func part(_ first: Curve, _ second: Curve, _ extent: Double) -> (Double, Double) {
            let start = min(max(first.value(at: frame), 0), max(extent - 1, 0))
            return (start, max(extent - max(second.value(at: frame), 0), start + min(1, extent)))
        }
        let (left, right) = part(crop[0], crop[2], width)
        let (top, bottom) = part(crop[1], crop[3], height)
        return Rectangle(left: left, top: top, right: right, bottom: bottom)
    }

    /// Returns the size on the canvas of a picture, at zoom 1.
    private func fitted(width: Double, height: Double) -> (width: Double, height: Double) {
        let (across, down) = (box.width / width, box.height / height)
        switch fit {
        case .fill: return (box.width, box.height)
        case .none: return (width, height)
        case .cover: return (width * max(across, down), height * max(across, down))
        case .contain, .containBlur: return (width * min(across, down), height * min(across, down))
        }
    }
}

/// The path of a moving picture: its `Motion`, and a crop that changes, applied to a fitted picture in its box.
package struct MotionPath: Sendable, Hashable {
    package let picture: FittedPicture
    package let motion: Motion
    /// The part of the whole picture in the source's copy, 0…1 of its width and height.
    package let part: Rectangle
    /// The copy's size.
    package let copy: PixelSize
    package var frames: Range<Int>

    private func place(at frame: Int) -> (seen: Rectangle, whole: Rectangle) {
        picture.place(at: frame, eased: Ramp(frames: frames, easing: motion.easing).value(at: frame))
    }

    /// Returns where the part of the picture that is not cut off lies on the canvas.
    package func content(at frame: Int) -> Rectangle { place(at: frame).seen }

    /// Returns the map from canvas pixels to the copy's pixels at a frame.
    package func axes(at frame: Int) -> (x: Resampler.Axis, y: Resampler.Axis) {
        let whole = place(at: frame).whole
        func axis(_ start: Double, _ extent: Double, _ from: Double, _ to: Double, _ size: Int) -> Resampler.Axis {
            let scale = Double(size) / ((to - from) * extent)
            return Resampler.Axis(scale: scale, offset: -(start + from * extent) * scale)
        }
        return (
            axis(whole.left, whole.width, part.left, part.right, copy.width),
            axis(whole.top, whole.height, part.top, part.bottom, copy.height)
        )
    }

    /// Returns the path as a timeline has it that begins `offset` frames earlier.
    func moved(by offset: Int) -> MotionPath {
        MotionPath(
            picture: changed(picture) { $0.crop = picture.crop.map { $0.moved(by: offset) } }, motion: motion,
            part: part, copy: copy, frames: frames.moved(by: offset))
    }
}
