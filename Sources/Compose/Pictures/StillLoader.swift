// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A loader of the copies that a plan needs of picture files: decoded, upright, in the working format and scaled.
enum StillLoader {
    /// Decodes and converts a picture.
    ///
    /// Blocks. The result is opaque, or has premultiplied alpha if the file has alpha. The remark is for the report.
    static func load(
        _ still: StillSource, from path: String
    ) throws(LibavError) -> (frame: Frame, remark: String?) {
        let file = try OpenFile(path)
        try file.expect(still.fingerprint)
        var bytes = try file.bytes(limit: MediaLimits.pictureBytes)
        let picture = try Picture(
            &bytes, codec: still.format.codec, maxPixels: MediaLimits.pixels,
            reduce: still.format == .jpeg ? still.reduction : 0, raster: still.raster)
        let copier = try PictureCopier(still.copy)
        let frame = try copier.frame(of: picture)
        return (
            frame,
            copier.isProfileBroken
                ? "has a colour profile that is damaged, or for other pictures; its colours are taken for sRGB" : nil
        )
    }
}

extension StillSource {
    /// The number of times a JPEG can be halved while decoding and still have as many pixels as the copy.
    fileprivate var reduction: Int {
        let spare = min(copy.region.width / Double(copy.size.width), copy.region.height / Double(copy.size.height))
        return spare >= 8 ? 3 : spare >= 4 ? 2 : spare >= 2 ? 1 : 0
    }

    /// The size at which a drawing has as many pixels as the copy, as far as that is possible.
    fileprivate var raster: (width: Int, height: Int) {
        guard format.isVector else { return (0, 0) }
        var (across, down) = (
            Double(copy.size.width) / copy.region.width, Double(copy.size.height) / copy.region.height
        )
        // Cairo's pictures have sides of at most 32,767 pixels.
        let (width, height) = (Double(copy.original.width), Double(copy.original.height))
        let excess = max(
            1, width * across / 16384, height * down / 16384,
            (width * across * height * down / Double(MediaLimits.pixels)).squareRoot())
        (across, down) = (across / excess, down / excess)
        return (max(1, Int((width * across).rounded())), max(1, Int((height * down).rounded())))
    }
}
