// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// The planning of masks.
extension SourceList {
    /// Returns the mask of a layer with a box over frames, and adds its picture to the sources.
    ///
    /// It is `nil` if it hides nothing, or if its file is unknown. `clips` are those of the timeline that are masks, by their
    /// identifiers.
    mutating func mask(
        _ mask: ClipMask, box: Rectangle, hasPlainEdges: Bool, over frames: Range<Int>,
        _ clips: [String: VisibleTrack.Clip]
    ) -> LayerLook.Mask? {
        var isInverted = mask.invert
        let content: LayerLook.Mask.Content
        if let shape = mask.shape {
            let isSharp = mask.feather == 0
            switch shape {
            case .rectangle where isSharp:
                if !mask.invert { return nil }
                // Its edges are the box's own, which must not count twice: it hides what is beyond them, too.
                content = .shape(shape.points([], in: box.inset(by: -1e5)), drawsEdges: false)
            case .ellipse where isSharp && hasPlainEdges:
                let points = shape.points([], in: box)
                // What is around it is a polygon with a hole: the box one way, and the ellipse the other way.
                let ring = ClipMask.Shape.rectangle.points([], in: box)
                content = .shape(
                    mask.invert ? ring + [ring[0], points[0]] + points.reversed() : points, drawsEdges: true)
                isInverted = false
            case .rectangle, .ellipse, .path: content = .shape(shape.points(mask.points, in: box), drawsEdges: false)
            }
        } else if let src = mask.src {
            guard let picture = picture(src, isBright: mask.by == .luma, box: box, over: frames) else { return nil }
            content = .picture(picture)
        } else {
            guard let id = mask.clip, let clip = clips[id], let picture = picture(of: clip, isBright: mask.by == .luma)
            else { return nil }
            content = .picture(picture)
        }
        return LayerLook.Mask(content: content, isInverted: isInverted, sigma: mask.feather / 2)
    }

    /// Adds a file's picture, stretched over a box.
    private mutating func picture(
        _ src: String, isBright: Bool, box: Rectangle, over frames: Range<Int>
    ) -> LayerLook.Mask.Picture? {
        guard let info = media.images[src] else { return nil }
        let (width, height) = info.extent
        // At most twice the canvas, and no more pixels than the file has; a drawing has any number.
        func side(_ length: Double, _ pixels: Double, _ canvas: Int) -> Int {
            let wanted = info.isVector ? length : min(length, pixels)
            return min(max(Int((wanted / 2).rounded(.up)) * 2, 2), 2 * canvas)
        }
        let size = PixelSize(
            width: side(box.width, width, canvas.width), height: side(box.height, height, canvas.height))
        let source = info.source(
            src, region: Libav.Picture.Region(left: 0, top: 0, width: width, height: height), size: size, blur: 0,
            rate: rate, plays: true)
        return LayerLook.Mask.Picture(
            source: index(of: source, start: frames.lowerBound), view: .placed(box, copy: size), isOnCanvas: false,
            frames: 0..<Int.max / 2, isBright: isBright)
    }

    /// Adds the picture of another clip, alone on the canvas.
    private mutating func picture(of clip: VisibleTrack.Clip, isBright: Bool) -> LayerLook.Mask.Picture? {
        guard let layer = clip.placed.clip as? any PlannedLayer else { return nil }
        let timeline = Timeline(
            size: canvas, frameRate: rate, background: .clear, tracks: [Track(clips: [layer.alone])])
        let layout = TimelineLayout(timeline, media: media, in: "", frameCount: clip.frames.count)
        let plan = changed(Plan(timeline, layout, media: media)) { plan in
            plan.sourcePaths = plan.sourcePaths.map { path in
                clip.placed.path + path.dropFirst("tracks[0].clips[0]".count)
            }
        }
        return LayerLook.Mask.Picture(
            source: index(of: GroupSource(plan), start: clip.frames.lowerBound), view: .aligned(x: 0, y: 0),
            isOnCanvas: true, frames: clip.frames, isBright: isBright)
    }
}

extension ClipMask.Shape {
    /// Returns the shape as a polygon in a box; `corners` are those of a path, as fractions of its sides.
    fileprivate func points(_ corners: [Anchor], in box: Rectangle) -> [Point] {
        let fractions: [Anchor]
        switch self {
        case .path: fractions = corners
        case .rectangle: fractions = [.topLeft, .topRight, .bottomRight, .bottomLeft]
        case .ellipse:
            // With so many corners it lies a hundredth of a pixel beside the true one at most.
            let count = min(max(Int(max(box.width, box.height).squareRoot() * 16), 64), 2048)
            fractions = (0..<count).map {
                let angle = Double($0) / Double(count) * 2 * .pi
                return Anchor(x: 0.5 + cos(angle) / 2, y: 0.5 + sin(angle) / 2)
            }
        }
        return fractions.map { Point(x: box.left + $0.x * box.width, y: box.top + $0.y * box.height) }
    }
}

extension PlannedLayer {
    /// The clip at the start of a timeline of its own.
    fileprivate var alone: Clip { changed(self) { $0.visual.start = nil }.clip }
}
