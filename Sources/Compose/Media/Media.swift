// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The properties of an edit's media files, each examined once.
struct Media: Sendable, Hashable, Codable {
    var images: [String: ImageInfo] = [:]
    var sounds: [String: SoundInfo] = [:]
    var videos: [String: VideoInfo] = [:]
    var fonts = EditFonts()
    var captions: [String: CaptionsInfo] = [:]

    /// Returns the fingerprint of a file at the time it was examined; `nil` if it was not.
    func fingerprint(of reference: MediaReference) -> FileFingerprint? {
        switch reference.use {
        case .picture, .map: images[reference.src]?.fingerprint
        case .video: videos[reference.src]?.fingerprint
        case .sound: sounds[reference.src]?.fingerprint
        case .font: fonts.fingerprint(of: reference.src)
        case .captions: captions[reference.src]?.fingerprint
        }
    }
}

/// The properties of a picture file, from its header.
struct ImageInfo: Sendable, Hashable, Codable {
    var header: ImageHeader
    var fingerprint: FileFingerprint
}

/// The properties of a sound file.
struct SoundInfo: Sendable, Hashable, Codable {
    /// The length in samples at 48 kHz, without what an encoder added.
    var length: Int
    var fingerprint: FileFingerprint
}

/// Limits on media files, so that no file can exhaust the host.
enum MediaLimits {
    /// The most pixels of a picture: well above the largest cameras, and about 0.4 GB while it is decoded.
    static let pixels = 120_000_000
    /// The most bytes of a picture file, which is read as a whole.
    static let pictureBytes = 512 << 20
}
