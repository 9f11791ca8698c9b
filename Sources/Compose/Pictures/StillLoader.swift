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
        let isBroken = ColorTables.shared.conversion(of: still.copy.color, picture).isProfileBroken
        return (
            try frame(of: picture, still.copy),
            isBroken
                ? "has a colour profile that is damaged, or for other pictures; its colours are taken for sRGB" : nil
        )
    }

    /// Turns a decoded picture upright and converts it; blocks.
    static func frame(of picture: Picture, _ copy: PictureCopy) throws(LibavError) -> Frame {
        try picture.orient(copy.orientation.rawValue)
        // A JPEG may have been decoded at a half, a quarter or an eighth of its size, and a drawing at any.
        let across = Double(picture.width) / Double(copy.original.width)
        let down = Double(picture.height) / Double(copy.original.height)
        let region = Picture.Region(
            left: copy.region.left * across, top: copy.region.top * down, width: copy.region.width * across,
            height: copy.region.height * down)
        let colors = ColorTables.shared.conversion(of: copy.color, picture).table
        if colors == nil, copy.blur == 0, !copy.hasAlpha,
            let shared = picture.share(region, width: copy.size.width, height: copy.size.height)
        {
            return shared
        }
        return try copy.blur > 0
            ? blurred(picture, region, colors, copy)
            : converted(picture, region, colors, copy.size, alpha: copy.hasAlpha)
    }

    private static func converted(
        _ picture: Picture, _ region: Picture.Region, _ colors: ColorTable?, _ size: PixelSize, alpha: Bool
    ) throws(LibavError) -> Frame {
        let frame = try FramePool(alpha ? .alpha : .opaque, width: size.width, height: size.height).frame()
        try picture.convert(region, colors: colors, into: frame)
        return frame
    }

    /// Returns a blurred copy, which is shrunk before the blur and enlarged after it.
    ///
    /// At an eighth of the size, a blur this wide looks the same and costs a sixty-fourth. The picture is mirrored
    /// outwards first, because libavfilter's blur darkens towards edges.
    private static func blurred(
        _ picture: Picture, _ region: Picture.Region, _ colors: ColorTable?, _ copy: PictureCopy
    ) throws(LibavError) -> Frame {
        func eighth(_ side: Int) -> Int { max(16, (side + 15) / 16 * 2) }
        let (width, height) = (eighth(copy.size.width), eighth(copy.size.height))
        let (across, down) = (
            Double(width) / Double(copy.size.width), Double(height) / Double(copy.size.height)
        )
        let sigma = min(copy.blur * min(across, down), 64)
        let margin = 2 * Int((2 * sigma).rounded(.up))
        let wide = Picture.Region(
            left: region.left - Double(margin) * region.width / Double(width),
            top: region.top - Double(margin) * region.height / Double(height),
            width: region.width * Double(width + 2 * margin) / Double(width),
            height: region.height * Double(height + 2 * margin) / Double(height))
        let size = PixelSize(width: width + 2 * margin, height: height + 2 * margin)
        let format: Frame.Format = copy.hasAlpha ? .alpha : .opaque
        let shrunk = try converted(picture, wide, colors, size, alpha: copy.hasAlpha)
        let graph = try FilterGraph()
        let input = try graph.input(format, width: size.width, height: size.height)
        let output = try graph.blur(input, sigma: sigma)
        try graph.configure(output: output, format, width: size.width, height: size.height)
        try graph.push(shrunk, to: input, at: 0)
        let soft = try graph.pull()
        let frame = try FramePool(format, width: copy.size.width, height: copy.size.height).frame()
        try Resampler().draw(
            soft, into: frame, x: Resampler.Axis(scale: across, offset: Double(margin)),
            y: Resampler.Axis(scale: down, offset: Double(margin)))
        return frame
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
