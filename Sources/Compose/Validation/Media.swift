// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What an edit's media files are, as found by looking at each once.
struct Media: Sendable, Hashable, Codable {
    var images: [String: ImageInfo] = [:]
    var sounds: [String: SoundInfo] = [:]

    /// Returns the state of a file when it was examined; `nil` if it was not.
    func fingerprint(of reference: MediaReference) -> FileFingerprint? {
        switch reference.use {
        case .picture, .map: images[reference.src]?.fingerprint
        case .sound: sounds[reference.src]?.fingerprint
        }
    }
}

/// What a picture file's header says.
struct ImageInfo: Sendable, Hashable, Codable {
    var header: ImageHeader
    var fingerprint: FileFingerprint
}

/// What a sound file's container says.
struct SoundInfo: Sendable, Hashable, Codable {
    /// Samples at 48 kHz; 0 where the container does not say.
    var length: Int
    var fingerprint: FileFingerprint
}

/// Bounds on what is opened, so that no file can exhaust the host.
enum MediaLimits {
    /// Pixels of a picture: a good deal more than the largest camera makes, about 0.4 GB while it is decoded.
    static let pixels = 120_000_000
    /// Bytes of a picture file, which is read whole.
    static let pictureBytes = 512 << 20
}
