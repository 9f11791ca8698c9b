// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Pictures that were decoded to find out whether they can be, because their header does not tell.
///
/// Services plan with the same pictures again and again, so the results are remembered. Thread-safe.
final class PictureTrial: Sendable {
    static let shared = PictureTrial()

    private let known = Locked<[FileFingerprint: String?]>([:])
    private static let most = 10_000

    /// Returns libav's word on why a picture cannot be decoded; `nil` if it can.
    func failure(_ header: ImageHeader, _ file: OpenFile) throws(LibavError) -> String? {
        let fingerprint = file.fingerprint
        if let found = known.withLock({ $0[fingerprint] }) { return found }
        var bytes = try file.bytes(limit: MediaLimits.pictureBytes)
        var failure: String?
        do throws(LibavError) {
            _ = try Picture(&bytes, codec: header.format.codec, maxPixels: MediaLimits.pixels)
        } catch {
            if error.isOutOfMemory { throw error }
            failure = error.message
        }
        known.withLock {
            if $0.count >= Self.most { $0.removeAll() }
            $0[fingerprint] = .some(failure)
        }
        return failure
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
