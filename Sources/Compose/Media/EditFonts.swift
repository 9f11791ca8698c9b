// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The fonts that the texts of an edit may use, besides the built-in ones.
struct EditFonts: Sendable, Hashable, Codable {
    /// The timeline's font files, in its order.
    var files: [FontInfo] = []
    /// Whether the system's fonts may be used too.
    var usesSystem = false

    /// Returns the fingerprint of a file at the time it was examined; `nil` if it was not.
    func fingerprint(of src: String) -> FileFingerprint? { files.first { $0.src == src }?.fingerprint }
}

/// The properties of a font file.
struct FontInfo: Sendable, Hashable, Codable {
    /// The file's path as written in the edit, and in the file system.
    var src: String
    var path: String
    /// The name that the edit gives its family; `nil` for the name in the file.
    var family: String?
    var fingerprint: FileFingerprint
}
