// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The pictures of a file, as the planner needs them.
protocol PlannedPictures {
    /// The size of the upright pictures in pixels.
    var extent: (width: Double, height: Double) { get }
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
        _ src: String, _ file: some PlannedPictures, _ picture: FittedPicture, in window: LayerWindow,
        over frames: Range<Int>
    ) -> [Draw] {
        guard !picture.box.intersection(window.reach).isEmpty else { return [] }
        if picture.fit == .containBlur {
            let cover = changed(picture) {
                $0.fit = .cover; $0.motion = nil
            }
            let backdrop = still(src, file, cover, window, over: frames, blurred: true)
            return [backdrop].compactMap { $0 }
                + draws(src, file, changed(picture) { $0.fit = .contain }, in: window, over: frames)
        }
        let moves = picture.motion.map { $0.from != $0.to } ?? false
        if moves || picture.crop.contains(where: { !$0.isConstant(over: frames) }) {
            return [moving(src, file, picture, window, frames)].compactMap { $0 }
        }
        return [still(src, file, picture, window, over: frames)].compactMap { $0 }
    }

    /// Adds a greyscale picture that orders a transition, stretched to the canvas; returns its index.
    mutating func map(_ src: String) -> Int? {
        guard let info = media.images[src] else { return nil }
        let picture = FittedPicture(extent: info.extent, box: canvasRectangle, fit: .fill)
        return still(src, info, picture, LayerWindow(reach: canvasRectangle), over: nil)?.source
    }

    /// Adds a picture that keeps its place and returns its drawing.
    ///
    /// Moving pictures play from the first of `frames` on; without them, the first one is shown.
    ///
    /// Where the layer is shown pixel for pixel, so is the copy, and it is resampled only once.
    mutating func still(
        _ src: String, _ file: some PlannedPictures, _ picture: FittedPicture, _ window: LayerWindow,
        over frames: Range<Int>?, blurred: Bool = false
    ) -> Draw? {
        let place = picture.place(at: frames?.lowerBound ?? 0, eased: 0)
        var clip = place.seen.intersection(picture.box).intersection(window.reach)
        guard !clip.isEmpty else { return nil }
        clip = clip.snapped
        // Pixels of the canvas for each of the picture's.
        let (across, down) = (
            place.whole.width / picture.extent.width, place.whole.height / picture.extent.height
        )
        let area: Rectangle
        let size: PixelSize
        let view: View
        if window.isAligned {
            let bounds = clip.evenBounds
            area = bounds.rectangle
            size = PixelSize(width: bounds.width, height: bounds.height)
            view = .aligned(x: bounds.x, y: bounds.y)
        } else {
            // At most as many pixels as the file has; a drawing has any number.
            let x = file.isVector ? window.density.x : min(window.density.x, 1 / across)
            let y = file.isVector ? window.density.y : min(window.density.y, 1 / down)
            (area, size) = copyArea(of: clip, in: place.seen, x, y)
            view = .placed(area, copy: size)
        }
        let region = Picture.Region(
            left: (area.left - place.whole.left) / across, top: (area.top - place.whole.top) / down,
            width: area.width / across, height: area.height / down)
        let blur = max(picture.box.width, picture.box.height) / 40 * Double(size.width) / area.width
        let source = file.source(
            src, region: region, size: size, blur: blurred ? blur : 0, rate: rate, plays: frames != nil)
        return Draw(
            source: index(of: source, start: frames?.lowerBound ?? 0), view: view, clip: clip,
            covers: !file.hasAlpha
                && (!window.isAligned
                    || (covers(clip)
                        && size == canvas && view == .aligned(x: 0, y: 0)))
        )
    }

    /// Returns the area of a copy with so many pixels for each of the canvas's, around a part of a picture, and its size.
    ///
    /// It has a margin for the kernel where the picture goes on.
    private func copyArea(
        of part: Rectangle, in whole: Rectangle, _ x: Double, _ y: Double
    ) -> (area: Rectangle, size: PixelSize) {
        let most = Double(max(4 * canvas.width * canvas.height, 16 << 20))
        let fits = min(1, (most / max(part.width * x * part.height * y, 1)).squareRoot())
        let (x, y) = (max(x * fits, 1e-6), max(y * fits, 1e-6))
        let area = part.outset(x: 6 / x, y: 6 / y).intersection(whole)
        func side(_ pixels: Double) -> Int { min(max(Int((pixels / 2).rounded(.up)) * 2, 2), 16384) }
        return (area, PixelSize(width: side(area.width * x), height: side(area.height * y)))
    }

    /// Adds a moving picture and returns its drawing.
    ///
    /// Its copy holds everything that becomes visible, at the resolution of the closest view.
    mutating func moving(
        _ src: String, _ file: some PlannedPictures, _ picture: FittedPicture, _ window: LayerWindow,
        _ frames: Range<Int>
    ) -> Draw? {
        let view = picture.box.intersection(window.reach)
        var part: Rectangle?
        var (width, height) = (0.0, 0.0)
        var alwaysCovers = true
        // Easings are smooth, so 256 steps miss less than the margin added below.
        let motion = picture.motion ?? Motion()
        let ramp = Ramp(frames: frames, easing: motion.easing)
        let steps = min(max(frames.count, 1), 256)
        let zooms = motion.zoomCurve
        let isCovering = covers(picture.box)
        for step in 0...steps {
            let frame = frames.lowerBound + frames.count * step / steps
            let eased = ramp.value(at: frame)
            let place = picture.place(at: frame, eased: eased, zoom: zooms(eased))
            let seen = view.intersection(place.seen)
            (width, height) = (max(width, place.whole.width), max(height, place.whole.height))
            alwaysCovers =
                alwaysCovers && (window.isAligned ? isCovering && covers(place.seen) : place.seen.contains(picture.box))
            guard !seen.isEmpty else { continue }
            let whole = place.whole
            let fractions = Rectangle(
                left: (seen.left - whole.left) / whole.width, top: (seen.top - whole.top) / whole.height,
                right: (seen.right - whole.left) / whole.width, bottom: (seen.bottom - whole.top) / whole.height)
            part = part.map { $0.union(fractions) } ?? fractions
        }
        guard let part else { return nil }
        let extent = picture.extent
        // Copy pixels of the whole picture, at most as many as the file has; a drawing has any number.
        width *= window.density.x
        height *= window.density.y
        if !file.isVector { (width, height) = (min(width, extent.width), min(height, extent.height)) }
        let most = Double(max(4 * canvas.width * canvas.height, 16 << 20))
        let area = width * height * part.width * part.height
        if !window.isAligned, area > most {
            let fits = (most / area).squareRoot()
            (width, height) = (width * fits, height * fits)
        }
        let (left, columns) = Self.span(part.left, part.right, pixels: max(width, 1))
        let (top, rows) = Self.span(part.top, part.bottom, pixels: max(height, 1))
        let (partWidth, partHeight) = (Double(columns) / max(width, 1), Double(rows) / max(height, 1))
        let copy = PixelSize(width: columns, height: rows)
        let source = file.source(
            src,
            region: Picture.Region(
                left: left * extent.width, top: top * extent.height, width: partWidth * extent.width,
                height: partHeight * extent.height),
            size: copy, blur: 0, rate: rate, plays: true)
        let path = MotionPath(
            picture: picture, motion: motion,
            part: Rectangle(left: left, top: top, right: left + partWidth, bottom: top + partHeight), copy: copy,
            frames: frames)
        return Draw(
            source: index(of: source, start: frames.lowerBound), view: .moving(path), clip: view,
            covers: alwaysCovers && !file.hasAlpha)
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

extension PixelRectangle {
    /// The same rectangle with fractions.
    package var rectangle: Rectangle {
        Rectangle(left: Double(x), top: Double(y), right: Double(x + width), bottom: Double(y + height))
    }
}

extension Rectangle {
    fileprivate func outset(x: Double, y: Double) -> Rectangle {
        Rectangle(left: left - x, top: top - y, right: right + x, bottom: bottom + y)
    }

    /// Returns whether another rectangle lies inside, but for a millionth of a pixel.
    func contains(_ other: Rectangle) -> Bool {
        let slack = 1e-6
        return left <= other.left + slack && top <= other.top + slack && right >= other.right - slack
            && bottom >= other.bottom - slack
    }

    /// The rectangle with corners within a millionth of a whole pixel rounded to it.
    fileprivate var snapped: Rectangle {
        func snap(_ value: Double) -> Double { abs(value - value.rounded()) < 1e-6 ? value.rounded() : value }
        return Rectangle(left: snap(left), top: snap(top), right: snap(right), bottom: snap(bottom))
    }
}
