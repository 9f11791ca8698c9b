// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The decoding of pictures to find out whether that is possible, where their header does not tell.
enum PictureTrial {
    private static let failures = Remembered<FileFingerprint, String?>(most: 10_000)

    /// Returns libav's word on why a picture cannot be decoded; `nil` if it can.
    static func failure(_ header: ImageHeader, _ file: OpenFile) throws(LibavError) -> String? {
        try failures.value(for: file.fingerprint) { () throws(LibavError) in
            var bytes = try file.bytes(limit: MediaLimits.pictureBytes)
            do throws(LibavError) {
                _ = try Picture(&bytes, codec: header.format.codec, maxPixels: MediaLimits.pixels)
                return nil
            } catch {
                if error.isOutOfMemory { throw error }
                return error.message
            }
        }
    }
}

extension ImageHeader.Format {
    /// The decoder of the format.
    var codec: Picture.Codec {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        case .gif: .gif
        case .tiff: .tiff
        case .bmp: .bmp
        case .svg: .svg
        case .heif: .heif
        }
    }
}
