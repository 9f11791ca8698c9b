// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The properties of a video file.
struct VideoInfo: Sendable, Hashable, Codable {
    var file: VideoFile.Info
    var times: VideoTimes
    /// The file's sound; `nil` if it has none.
    var sound: SoundTrack?
    var fingerprint: FileFingerprint

    /// The sound of a video file.
    struct SoundTrack: Sendable, Hashable, Codable {
        /// The length in samples at 48 kHz.
        var length: Int
        /// The sample that is heard at the file's time 0; negative if the sound begins later.
        var origin: Int
    }

    /// The size of the pictures upright and with square pixels.
    var size: PixelSize {
        let wide = Double(file.width) * Double(file.pixelWidth) / Double(max(file.pixelHeight, 1))
        let width = Int(min(max(wide.rounded(), 1), 1e9))
        return orientation.swapsSides
            ? PixelSize(width: file.height, height: width) : PixelSize(width: width, height: file.height)
    }

    var orientation: ImageHeader.Orientation { ImageHeader.Orientation(rawValue: file.orientation) ?? .upright }

    /// The colour space of the pictures.
    ///
    /// The transfer functions of video are for a darker room than sRGB's; like everybody, we show both alike. So do we with the
    /// primaries of BT.601, which hardly differ from those of BT.709.
    var color: PictureColor {
        switch (file.primaries, file.transfer) {
        case (_, 16): .hdr(.pq)
        case (_, 18): .hdr(.hlg)
        case (9, _): .primaries(.bt2020, .sRGB)
        case (12, _): .primaries(.displayP3, .sRGB)
        default: .sRGB
        }
    }

    /// The colours in words, and how it is known.
    var colorName: String {
        if case .hdr = color { return color.name }
        let matrix =
            switch file.matrix {
            case 1: "BT.709"
            case 5, 6: "BT.601"
            case 9: "BT.2020"
            default: "matrix \(file.matrix) of H.273"
            }
        let guess = file.isMatrixGuessed ? " (guessed by size)" : ""
        return matrix + guess + (file.isFullRange ? ", full range" : "")
    }

    /// The average number of pictures a second.
    var picturesPerSecond: Double {
        Double(times.count) * Double(times.unit.denominator) / (Double(times.end) * Double(times.unit.numerator))
    }
}
