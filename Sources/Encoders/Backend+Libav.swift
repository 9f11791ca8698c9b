// SPDX-License-Identifier: Apache-2.0

package import ComposeScene

extension Backend {
    /// Returns libav's name for the encoder of a format.
    package func encoderName(for codec: VideoSettings.Codec) -> String {
        switch self {
        case .nvenc, .vaapi: "\(codec.rawValue)_\(rawValue)"
        case .x264: "libx264"
        case .x265: "libx265"
        case .svtav1: "libsvtav1"
        case .vpx: "libvpx-vp9"
        case .prores: "prores_ks"
        case .gif: "gif"
        case .webp: "libwebp_anim"
        case .png: "png"
        case .jpeg: "mjpeg"
        case .tiff: "tiff"
        }
    }
}

extension Backend {
    /// Whether two of its encoders in one process disturb each other.
    package var isSole: Bool { self == .svtav1 }
}

extension AudioSettings.Codec {
    /// libav's name for the encoder; `nil` where there is none.
    package var encoderName: String? {
        switch self {
        case .aac: "aac"
        case .mp3: "libmp3lame"
        case .opus: "libopus"
        case .flac: "flac"
        case .pcm: "pcm_s24le"
        case .noSound: nil
        }
    }
}
