// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension ImageClip: PlannedClip {
    func draws(over frames: Range<Int>, slides: Bool, _ sources: inout SourceList) -> [Draw] {
        guard let info = sources.media.images[src] else { return [] }
        return sources.draws(
            src, info, fit, motion, in: sources.box(of: visual), sources.reach(slides: slides), over: frames)
    }
}

extension ImageInfo: PlannedPictures {
    var size: PixelSize { header.size }
    var hasAlpha: Bool { header.hasAlpha }
    var isVector: Bool { header.format.isVector }

    /// Returns the file's picture, or its animation if it is one and `plays`.
    func source(
        _ src: String, region: Picture.Region, size: PixelSize, blur: Double, rate: FrameRate, plays: Bool
    ) -> any PictureSource {
        let copy = PictureCopy(
            original: header.size, orientation: header.orientation, hasAlpha: header.hasAlpha, color: header.color,
            region: region, size: size, blur: blur)
        let still = StillSource(src: src, fingerprint: fingerprint, format: header.format, copy: copy)
        guard plays, let times = header.times else { return still }
        return AnimatedSource(still: still, times: times, rate: rate)
    }
}
