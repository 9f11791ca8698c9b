// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension ImageHeader {
    /// The brands of still pictures in HEIF (ISO/IEC 23008-12 §10, AVIF §8): HEVC, AV1, or any.
    private static let brands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"]

    /// Returns whether a file is a HEIC or AVIF picture: it has such a major brand (ISO/IEC 14496-12 §4.3).
    static func isHEIF(_ file: Reader) -> Bool {
        file.has("ftyp", at: 4) && brands.contains { file.has($0, at: 8) }
    }

    /// Reads a HEIC or AVIF; the whole of it, because its boxes may be anywhere.
    ///
    /// It is turned upright when it is decoded, and EXIF's orientation does not count (ISO/IEC 23008-12 §A.2.1).
    static func heif(_ file: Reader) throws(Failure) -> ImageHeader {
        let info: HEIFInfo
        do throws(LibavError) { info = try HEIFInfo(file.wholeFile) } catch {
            guard Picture.Codec.heif.isAvailable else {
                throw .unsupported("HEIC and AVIF, because libheif is not installed")
            }
            throw .truncated("the HEIC or AVIF cannot be read (\(error.log ?? error.message))")
        }
        let color =
            info.hasProfile
            ? .profile : PictureColor(codePoints: info.primaries, transfer: info.transfer) ?? .sRGB
        return try ImageHeader(
            .heif, width: info.width, height: info.height, hasAlpha: info.hasAlpha, color: color,
            needsTrial: !info.hasDecoders)
    }
}
