// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The captions of a file.
struct CaptionsInfo: Sendable, Hashable, Codable {
    var captions: Captions
    var fingerprint: FileFingerprint
    /// The file as a script, if a clip shows it in its own looks.
    var script: ScriptInfo?

    /// The files read last: services plan the same edit again and again.
    private static let known = Remembered<FileFingerprint, Captions>(most: 100)

    /// Creates the captions of a file from its bytes, which are asked for if the file is not known.
    ///
    /// Throws ``ComposeError`` with the place in the file if it is not understood.
    static func of(
        _ fingerprint: FileFingerprint, name: String, _ bytes: () -> [UInt8]
    ) throws(ComposeError) -> CaptionsInfo {
        let captions = try known.value(for: fingerprint) { () throws(ComposeError) in
            try Captions(reading: bytes(), name: name)
        }
        return CaptionsInfo(captions: captions, fingerprint: fingerprint)
    }
}
