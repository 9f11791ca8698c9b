// SPDX-License-Identifier: Apache-2.0

/// The header of an image file, read without decoding any pixels.
///
/// Only the container's structure is read: markers, chunks, directories. Every offset and length in the file is treated
/// as hostile; damage causes a ``Failure``, never a trap. Checksums are left to the decoder.
///
/// A value type; safe to share between threads.
package struct ImageHeader: Sendable, Hashable, Codable {
    /// The file format of an image.
    package enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        /// JPEG, ITU-T T.81.
        case jpeg
        /// PNG, ISO/IEC 15948.
        case png
        /// WebP, RFC 9649.
        case webp
        /// GIF, 87a and 89a.
        case gif
        /// TIFF 6.0.
        case tiff
        /// BMP, the Windows and OS/2 bitmap.
        case bmp
        /// SVG, drawings; rasterised at the size at which they are shown.
        case svg
        /// HEIC and AVIF: HEVC or AV1 in HEIF, ISO/IEC 23008-12.
        case heif

        /// Whether the picture has as many pixels as one asks for.
        package var isVector: Bool { self == .svg }

        /// The name with its article, for messages.
        var name: String {
            switch self {
            case .webp: "a WebP"
            case .svg: "an SVG"
            case .heif: "a HEIC or AVIF"
            case .jpeg, .png, .gif, .tiff, .bmp: "a " + rawValue.uppercased()
            }
        }
    }

    /// The turn that makes the stored picture upright (EXIF 2.3 §4.6.4 A, tag 274; TIFF 6.0 §8).
    ///
    /// A case names what to do with the stored pixels; rotations are clockwise and follow the mirroring.
    package enum Orientation: Int, Sendable, Hashable, CaseIterable, Codable {
        /// Show as stored.
        case upright = 1
        /// Swap left and right.
        case mirroredHorizontally = 2
        /// Turn upside down.
        case rotated180 = 3
        /// Swap top and bottom.
        case mirroredVertically = 4
        /// Swap left and right, then turn 270° clockwise.
        case mirroredHorizontallyRotated270 = 5
        /// Turn 90° clockwise.
        case rotated90 = 6
        /// Swap left and right, then turn 90° clockwise.
        case mirroredHorizontallyRotated90 = 7
        /// Turn 270° clockwise.
        case rotated270 = 8

        /// Whether the displayed width is the stored height.
        package var swapsSides: Bool { rawValue >= 5 }
    }

    /// The reason why a header could not be read.
    package enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// The file has no bytes.
        case empty
        /// The file has no known format; `found` names what it is instead, with an article, if recognised.
        case notAnImage(found: String?)
        /// The file ends too early or contradicts itself; the text is a clause such as “the PNG ends before IEND”.
        case truncated(String)
        /// The image is of a kind that cannot be decoded; the text names it, such as “animated WebP”.
        case unsupported(String)

        /// The failure as a clause for a message to the user.
        package var description: String {
            switch self {
            case .empty: "the file is empty"
            case .notAnImage(let found?): "the file is not a supported image but \(found)"
            case .notAnImage(nil): "the file is not an image of a known format"
            case .truncated(let what): "the image is incomplete or damaged: \(what)"
            case .unsupported(let what): "this kind of image is not supported: \(what)"
            }
        }
    }

    /// The file format.
    package var format: Format
    /// Width and height as stored, before ``orientation`` is applied.
    package var storedSize: PixelSize
    /// The turn that makes the stored picture upright.
    package var orientation: Orientation
    /// Whether the picture may contain transparency.
    package var hasAlpha: Bool
    /// The colour space of the pixels.
    package var color = PictureColor.sRGB
    /// When the pictures of an animation are shown; `nil` for a still picture.
    package var times: PictureTimes?
    /// Whether only decoding shows that the picture can be decoded: it is of a kind of which some cannot.
    package var needsTrial = false

    /// Width and height as displayed.
    package var size: PixelSize {
        orientation.swapsSides ? PixelSize(width: storedSize.height, height: storedSize.width) : storedSize
    }
}

extension ImageHeader {
    /// Creates the header of the image file whose whole content is `bytes`.
    package init(_ bytes: [UInt8]) throws(Failure) { try self.init(FileBlocks(bytes)) }

    /// Creates the header of an image file, of which only the blocks that matter are read.
    init(_ blocks: FileBlocks) throws(Failure) {
        guard blocks.count > 0 else { throw .empty }
        let file = Reader(blocks)
        switch Self.format(of: file) {
        case .jpeg: self = try Self.jpeg(file)
        case .png: self = try Self.png(file)
        case .webp: self = try Self.webp(file)
        case .gif: self = try Self.gif(file)
        case .tiff: self = try Self.tiff(file)
        case .bmp: self = try Self.bmp(file)
        case .heif: self = try Self.heif(file)
        default:
            // Only reading it shows that a text is a drawing.
            guard let drawing = try Self.svg(file) else {
                throw .notAnImage(found: Self.nameOfOtherContent(file))
            }
            self = drawing
        }
    }

    /// Creates the header of a `format` picture; throws if a side is zero.
    init(
        _ format: Format, width: Int, height: Int, orientation: Orientation = .upright, hasAlpha: Bool,
        color: PictureColor = .sRGB, times: PictureTimes? = nil, needsTrial: Bool = false
    ) throws(Failure) {
        guard width > 0, height > 0 else {
            throw .truncated("the \(format.rawValue.uppercased()) has no size (\(width) × \(height))")
        }
        self.init(
            format: format, storedSize: PixelSize(width: width, height: height), orientation: orientation,
            hasAlpha: hasAlpha, color: color, times: times, needsTrial: needsTrial)
    }

    /// Returns the format that the signature at the start of `file` declares; `nil` for text.
    private static func format(of file: Reader) -> Format? {
        if file.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if file.has("RIFF", at: 0), file.has("WEBP", at: 8) { return .webp }
        if file.has("GIF87a", at: 0) || file.has("GIF89a", at: 0) { return .gif }
        // 42 is TIFF and 43 is BigTIFF, which is rejected later.
        if file.starts(with: [0x49, 0x49, 0x2A, 0]) || file.starts(with: [0x49, 0x49, 0x2B, 0]) { return .tiff }
        if file.starts(with: [0x4D, 0x4D, 0, 0x2A]) || file.starts(with: [0x4D, 0x4D, 0, 0x2B]) { return .tiff }
        // “BM” alone could begin a sentence, so the header's length and a check for text decide.
        if file.has("BM", at: 0), file.uint32(at: 14, .little) ?? 0 < 0x1_0000, !file.looksLikeText { return .bmp }
        if isHEIF(file) { return .heif }
        return nil
    }
}
