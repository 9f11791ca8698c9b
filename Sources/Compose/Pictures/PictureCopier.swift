// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A maker of copies of decoded pictures: upright, in the working format and scaled.
///
/// May be used by one thread at a time.
final class PictureCopier {
    private let copy: PictureCopy
    private let converter: PictureConverter
    /// Whether the colour profile of the last picture is damaged, or for other pictures, so that it was ignored.
    private(set) var isProfileBroken = false

    init(_ copy: PictureCopy) throws(LibavError) {
        self.copy = copy
        converter = try PictureConverter()
    }

    private var format: Frame.Format { copy.hasAlpha ? .alpha : .opaque }

    /// Turns a decoded picture upright and converts it; blocks.
    func frame(of picture: Picture) throws(LibavError) -> Frame {
        try picture.orient(copy.orientation.rawValue)
        // A JPEG may have been decoded at a half, a quarter or an eighth of its size, and a drawing at any.
        let across = Double(picture.width) / Double(copy.original.width)
        let down = Double(picture.height) / Double(copy.original.height)
        let region = Picture.Region(
            left: copy.region.left * across, top: copy.region.top * down, width: copy.region.width * across,
            height: copy.region.height * down)
        let conversion = ColorTables.shared.conversion(of: copy.color, picture)
        isProfileBroken = conversion.isProfileBroken
        let colors = conversion.table
        if colors == nil, copy.blur == 0, !copy.hasAlpha,
            let shared = picture.share(region, width: copy.size.width, height: copy.size.height)
        {
            return shared
        }
        return try copy.blur > 0
            ? blurred(picture, region, colors)
            : converter.frame(
                of: picture, region, colors: colors, width: copy.size.width, height: copy.size.height, format)
    }

    /// Returns a blurred copy, which is shrunk before the blur and enlarged after it.
    ///
    /// At an eighth of the size, a blur this wide looks the same and costs a sixty-fourth. The picture is mirrored
    /// outwards first, because libavfilter's blur darkens towards edges.
    private func blurred(
        _ picture: Picture, _ region: Picture.Region, _ colors: ColorTable?
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
        let shrunk = try converter.frame(
            of: picture, wide, colors: colors, width: size.width, height: size.height, format)
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
