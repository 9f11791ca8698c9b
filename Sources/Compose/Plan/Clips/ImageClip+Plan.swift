// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension ImageClip: PlannedLayer {
    var cropsContent: Bool { true }

    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        guard let info = sources.media.images[src] else { return [] }
        let picture = FittedPicture(
            extent: info.extent, box: sources.box(of: visual), fit: fit, motion: motion,
            crop: visual.crop(of: info.extent, ClipCurves(frames, sources.rate, sources.canvas)))
        return sources.draws(src, info, picture, in: window, over: frames)
    }

    func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
        media.images[src].map { visual.cropProblems(of: $0.extent, at: path()) } ?? []
    }
}

extension Visual {
    /// Returns what is cut off a picture: left, top, right and bottom, in its pixels; none if nothing is.
    func crop(of extent: (width: Double, height: Double), _ curves: ClipCurves) -> [Curve] {
        if crop == Crop() { return [] }
        return [
            curves.curve(crop.left, of: extent.width), curves.curve(crop.top, of: extent.height),
            curves.curve(crop.right, of: extent.width), curves.curve(crop.bottom, of: extent.height),
        ]
    }

    /// Returns a problem if nothing is left of a picture of a size.
    func cropProblems(of extent: (width: Double, height: Double), at path: String) -> [Problem] {
        func rest(_ first: Animated<Length>, _ second: Animated<Length>, _ whole: Double) -> Double {
            guard case .constant(let first) = first, case .constant(let second) = second else { return whole }
            return whole - first.resolved(of: whole) - second.resolved(of: whole)
        }
        if rest(crop.left, crop.right, extent.width) >= 1, rest(crop.top, crop.bottom, extent.height) >= 1 { return [] }
        return [
            Problem(
                path: path + ".crop",
                message:
                    "nothing is left of the picture, which is \(shortest(extent.width)) × \(shortest(extent.height)) pixels large; cut off less"
            )
        ]
    }
}

extension ImageInfo: PlannedPictures {
    var extent: (width: Double, height: Double) { (Double(header.size.width), Double(header.size.height)) }
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
