// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The planning of masks.
extension SourceList {
    /// Adds the source of a mask for a layer with a box over frames; `nil` if its file is unknown.
    ///
    /// `clips` are those of the timeline that are masks, by their identifiers.
    mutating func mask(
        _ mask: ClipMask, box: Rectangle, over frames: Range<Int>, _ clips: [String: VisibleTrack.Clip]
    ) -> LayerLook.Mask? {
        // At most as large as the canvas; edges stay sharp where a layer is not much enlarged.
        func side(_ length: Double, _ most: Int) -> Int { min(max(Int((length / 2).rounded(.up)) * 2, 2), most) }
        var size = PixelSize(width: side(box.width, canvas.width * 2), height: side(box.height, canvas.height * 2))
        let source: Int
        if let shape = mask.shape {
            source = index(of: ShapeSource(shape, mask.points, size))
        } else if let src = mask.src {
            guard let info = media.images[src] else { return nil }
            let (width, height) = info.extent
            if !info.isVector {
                size = PixelSize(
                    width: side(min(width, box.width), size.width), height: side(min(height, box.height), size.height))
            }
            source = index(
                of: info.source(
                    src, region: Picture.Region(left: 0, top: 0, width: width, height: height), size: size, blur: 0,
                    rate: rate, plays: true), start: frames.lowerBound)
        } else {
            guard let id = mask.clip, let clip = clips[id] else { return nil }
            return self.mask(mask, by: clip)
        }
        return LayerLook.Mask(
            source: source, view: .placed(box, copy: size), isOnCanvas: false, frames: 0..<Int.max / 2,
            isBright: mask.shape != nil || mask.by == .luma, isInverted: mask.invert, sigma: mask.feather / 2)
    }

    /// Adds the picture of another clip, alone on the canvas, as a mask.
    private mutating func mask(
        _ mask: ClipMask, by clip: VisibleTrack.Clip
    ) -> LayerLook.Mask? {
        guard let layer = clip.placed.clip as? any PlannedLayer else { return nil }
        let timeline = Timeline(
            size: canvas, frameRate: rate, background: .clear, tracks: [Track(clips: [layer.alone])])
        let layout = TimelineLayout(timeline, media: media, in: "", frameCount: clip.frames.count)
        let plan = changed(Plan(timeline, layout, media: media)) { plan in
            plan.sourcePaths = plan.sourcePaths.map { path in
                clip.placed.path + path.dropFirst("tracks[0].clips[0]".count)
            }
        }
        return LayerLook.Mask(
            source: index(of: GroupSource(plan), start: clip.frames.lowerBound), view: .aligned(x: 0, y: 0),
            isOnCanvas: true,
            frames: clip.frames, isBright: mask.by == .luma, isInverted: mask.invert, sigma: mask.feather / 2)
    }
}

extension PlannedLayer {
    /// The clip at the start of a timeline of its own.
    fileprivate var alone: Clip { changed(self) { $0.visual.start = nil }.clip }
}
