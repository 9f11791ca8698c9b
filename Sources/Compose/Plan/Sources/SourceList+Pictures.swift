// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The pictures of a file, as the planner needs them.
protocol PlannedPictures {
    /// The size of the upright pictures in pixels.
    var size: PixelSize { get }
    var hasAlpha: Bool { get }
    /// Whether they can be drawn at any size.
    var isVector: Bool { get }
    /// Returns the source of copies of a region, of `size` pixels.
    ///
    /// Pictures that move do so if it `plays`; without, the first one is shown.
    func source(
        _ src: String, region: Picture.Region, size: PixelSize, blur: Double, rate: FrameRate, plays: Bool
    ) -> any PictureSource
}

/// The conversion of pictures to sources.
extension SourceList {
    /// Adds the pictures of a file that fill a box, and returns their drawings, the bottom one first.
    mutating func draws(
        _ src: String, _ pictures: some PlannedPictures, _ fit: Fit, _ motion: Motion?, in box: Rectangle,
        _ reach: Rectangle, over frames: Range<Int>
    ) -> [Draw] {
        guard !box.intersection(reach).isEmpty else { return [] }
        if fit == .containBlur {
            let cover = fitted(pictures.size, .cover, box)
            let backdrop = still(src, pictures, cover, box, reach, over: frames, blurred: true)
            return [backdrop].compactMap { $0 }
                + draws(src, pictures, .contain, motion, in: box, reach, over: frames)
        }
        let size = fitted(pictures.size, fit, box)
        if let motion, motion.from != motion.to {
            return [moving(src, pictures, size, box, reach, motion, frames)].compactMap { $0 }
        }
        return [still(src, pictures, size, box, reach, over: frames, motion: motion)].compactMap { $0 }
    }

    /// Adds a greyscale picture that orders a transition, stretched to the canvas; returns its index.
    mutating func map(_ src: String) -> Int? {
        guard let info = media.images[src] else { return nil }
        let size = (width: Double(canvas.width), height: Double(canvas.height))
        return still(src, info, size, canvasRectangle, canvasRectangle, over: nil)?.source
    }

    /// Returns the picture's size on the canvas at zoom 1.
    func fitted(_ size: PixelSize, _ fit: Fit, _ box: Rectangle) -> (width: Double, height: Double) {
        let (width, height) = (Double(size.width), Double(size.height))
        let (across, down) = (box.width / width, box.height / height)
        switch fit {
        case .fill: return (box.width, box.height)
        case .none: return (width, height)
        case .cover: return (width * max(across, down), height * max(across, down))
        case .contain, .containBlur: return (width * min(across, down), height * min(across, down))
        }
    }

    /// Adds a picture that keeps its place and returns its drawing.
    ///
    /// Moving pictures play from the first of `frames` on; without them, the first one is shown.
    ///
    /// Its copy lies on the canvas pixel for pixel, so that it is resampled only once.
    mutating func still(
        _ src: String, _ pictures: some PlannedPictures, _ fitted: (width: Double, height: Double), _ box: Rectangle,
        _ reach: Rectangle, over frames: Range<Int>?, motion: Motion? = nil, blurred: Bool = false
    ) -> Draw? {
        let content = MotionPath.content(of: fitted, in: box, motion ?? Motion(), eased: 0)
        var clip = content.intersection(box).intersection(reach)
        guard !clip.isEmpty else { return nil }
        clip = clip.snapped
        let bounds = clip.evenBounds
        let (across, down) = (
            content.width / Double(pictures.size.width), content.height / Double(pictures.size.height)
        )
        let region = Picture.Region(
            left: (Double(bounds.x) - content.left) / across, top: (Double(bounds.y) - content.top) / down,
            width: Double(bounds.width) / across, height: Double(bounds.height) / down)
        let source = pictures.source(
            src, region: region, size: PixelSize(width: bounds.width, height: bounds.height),
            blur: blurred ? max(box.width, box.height) / 40 : 0, rate: rate, plays: frames != nil)
        return Draw(
            source: index(of: source, start: frames?.lowerBound ?? 0), view: .aligned(x: bounds.x, y: bounds.y),
            clip: clip,
            covers: covers(clip) && !pictures.hasAlpha
                && bounds == PixelRectangle(x: 0, y: 0, width: canvas.width, height: canvas.height))
    }

    /// Adds a moving picture and returns its drawing.
    ///
    /// Its copy holds everything that becomes visible, at the resolution of the closest view.
    mutating func moving(
        _ src: String, _ pictures: some PlannedPictures, _ fitted: (width: Double, height: Double), _ box: Rectangle,
        _ reach: Rectangle, _ motion: Motion, _ frames: Range<Int>
    ) -> Draw? {
        let window = box.intersection(reach)
        var part: Rectangle?
        var zoom = 0.0
        var alwaysCovers = covers(box)
        // Easings are smooth, so 256 steps miss less than the margin added below.
        let ramp = Ramp(frames: frames, easing: motion.easing)
        let steps = min(max(frames.count, 1), 256)
        let zooms = motion.zoomCurve
        for step in 0...steps {
            let eased = ramp.value(at: frames.lowerBound + frames.count * step / steps)
            let current = zooms(eased)
            let content = MotionPath.content(of: fitted, in: box, motion, eased: eased, zoom: current)
            let seen = window.intersection(content)
            zoom = max(zoom, current)
            alwaysCovers = alwaysCovers && covers(content)
            guard !seen.isEmpty else { continue }
            let fractions = Rectangle(
                left: (seen.left - content.left) / content.width, top: (seen.top - content.top) / content.height,
                right: (seen.right - content.left) / content.width, bottom: (seen.bottom - content.top) / content.height
            )
            part = part.map { $0.union(fractions) } ?? fractions
        }
        guard let part else { return nil }
        let size = pictures.size
        // Copy pixels for each pixel of the fitted picture, at most as many as the file has; a drawing has any number.
        let isVector = pictures.isVector
        let across = isVector ? zoom : min(zoom, Double(size.width) / fitted.width)
        let down = isVector ? zoom : min(zoom, Double(size.height) / fitted.height)
        let (left, width) = Self.span(part.left, part.right, pixels: fitted.width * across)
        let (top, height) = Self.span(part.top, part.bottom, pixels: fitted.height * down)
        let (partWidth, partHeight) = (Double(width) / (fitted.width * across), Double(height) / (fitted.height * down))
        let copy = PixelSize(width: width, height: height)
        let source = pictures.source(
            src,
            region: Picture.Region(
                left: left * Double(size.width), top: top * Double(size.height),
                width: partWidth * Double(size.width), height: partHeight * Double(size.height)),
            size: copy, blur: 0, rate: rate, plays: true)
        let path = MotionPath(
            box: box, fitted: fitted,
            part: Rectangle(left: left, top: top, right: left + partWidth, bottom: top + partHeight), copy: copy,
            motion: motion, frames: frames)
        return Draw(
            source: index(of: source, start: frames.lowerBound), view: .moving(path), clip: window,
            covers: alwaysCovers && !pictures.hasAlpha)
    }

    /// Returns the start (0…1) and the number of pixels of a copy along a side of `pixels` pixels.
    ///
    /// It includes the requested part, and where the picture continues a margin for the resampler's kernel; the number
    /// is even.
    private static func span(_ from: Double, _ to: Double, pixels: Double) -> (start: Double, count: Int) {
        let margin = 6 / pixels
        let start = max(0, from - margin)
        let count = Int(((min(1, to + margin) - start) * pixels / 2).rounded(.up)) * 2
        return (start, max(count, 2))
    }
}

extension Rectangle {
    fileprivate func union(_ other: Rectangle) -> Rectangle {
        Rectangle(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// The rectangle with corners within a millionth of a whole pixel rounded to it.
    fileprivate var snapped: Rectangle {
        func snap(_ value: Double) -> Double { abs(value - value.rounded()) < 1e-6 ? value.rounded() : value }
        return Rectangle(left: snap(left), top: snap(top), right: snap(right), bottom: snap(bottom))
    }
}
