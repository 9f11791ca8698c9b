// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A decoded picture in planes, with the depth and subsampling of its file.
@safe package final class Picture {
    /// The image formats that can be decoded.
    package enum Codec: Sendable { case jpeg, png, webp, gif, tiff, bmp, svg, heif }

    /// A region of a picture, in the picture's pixels; fractions are allowed.
    package struct Region: Sendable, Hashable, Codable {
        package var left: Double
        package var top: Double
        package var width: Double
        package var height: Double

        package init(left: Double, top: Double, width: Double, height: Double) {
            self.left = left
            self.top = top
            self.width = width
            self.height = height
        }
    }

    let pointer: OpaquePointer

    /// Creates a picture by decoding a file in memory; throws for damaged data and for more than `maxPixels`.
    ///
    /// `reduce` (0…3) decodes a JPEG at 1/2^reduce of its size, and `raster` is the size of a drawing, which is stretched to
    /// it; other formats ignore them. What says nothing about the pixels is overwritten in `file`.
    package init(
        _ file: inout FileBytes, codec: Codec, maxPixels: Int, reduce: Int = 0,
        raster: (width: Int, height: Int) = (0, 0)
    ) throws(LibavError) {
        let code = codec.code
        var decoded: OpaquePointer?
        try check("decode picture") {
            let count = file.count
            return unsafe file.padded.withUnsafeMutableBufferPointer { bytes in
                unsafe cfs_picture_decode(
                    bytes.baseAddress, count, code, Int64(maxPixels), Int32(reduce), Int32(raster.width),
                    Int32(raster.height), &decoded)
            }
        }
        guard let decoded = unsafe decoded else { throw .outOfMemory("decode picture") }
        unsafe pointer = decoded
    }

    /// Takes over a decoded picture.
    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe cfs_picture_free(pointer) }

    package var width: Int { Int(unsafe cfs_picture_width(pointer)) }
    package var height: Int { Int(unsafe cfs_picture_height(pointer)) }
    package var hasAlpha: Bool { unsafe cfs_picture_has_alpha(pointer) != 0 }

    /// Turns the picture upright; `orientation` is EXIF's, 1…8.
    package func orient(_ orientation: Int) throws(LibavError) {
        try check("orient picture") { unsafe cfs_picture_orient(pointer, Int32(orientation)) }
    }

    package var isGrey: Bool { unsafe cfs_picture_is_grey(pointer) != 0 }

    /// The bytes of the file's colour profile; `nil` if it has none.
    package var profile: [UInt8]? {
        var size = 0
        guard let bytes = unsafe cfs_picture_profile(pointer, &size) else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: size))
    }

    /// Returns the picture as a frame without copying its pixels, which are only read.
    ///
    /// `nil` unless it is in the working format and the region, at its own size, is all of it.
    package func share(_ region: Region, width: Int, height: Int) -> Frame? {
        let part = cfs_region(left: region.left, top: region.top, width: region.width, height: region.height)
        return unsafe cfs_picture_share(pointer, part, Int32(width), Int32(height)).map { unsafe Frame(adopting: $0) }
    }
}

extension Picture.Codec {
    var code: cfs_image_codec {
        switch self {
        case .jpeg: CFS_JPEG
        case .png: CFS_PNG
        case .webp: CFS_WEBP
        case .gif: CFS_GIF
        case .tiff: CFS_TIFF
        case .bmp: CFS_BMP
        case .svg: CFS_SVG
        case .heif: CFS_HEIF
        }
    }

    /// Whether the format can be decoded here: by this FFmpeg build, or for HEIC and AVIF by libheif.
    package var isAvailable: Bool { cfs_picture_has_decoder(code) != 0 }
}
