// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A file that a plan opens.
///
/// A value type; safe to share between threads.
public struct PlannedFile: Sendable, Hashable {
    /// The file, its use, and the first place in the edit that names it.
    public let reference: MediaReference
    /// The file's fingerprint when the plan was made.
    package let fingerprint: FileFingerprint

    /// Returns the files of an edit, once for each use.
    ///
    /// Throws ``ComposeError`` with code `unreadableMedia` for a file that was not examined, as changes to it could not
    /// be noticed.
    static func all(of edit: Edit, _ media: Media) throws(ComposeError) -> [PlannedFile] {
        try edit.files.map { file throws(ComposeError) in
            let reference = MediaReference(path: file.places[0].description, src: file.src, use: file.use)
            guard let fingerprint = media.fingerprint(of: reference) else {
                throw ComposeError(
                    .unreadableMedia, path: reference.path, "\(reference.src) was not examined; plan the edit again")
            }
            return PlannedFile(reference: reference, fingerprint: fingerprint)
        }
    }
}
