// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A file that a plan opens.
///
/// A value type; safe to share between threads.
public struct PlannedFile: Sendable, Hashable {
    /// The file, what it is opened as, and the first place of the edit that names it.
    public let reference: MediaReference
    /// The file's state when the plan was made.
    package let fingerprint: FileFingerprint

    /// Returns every file of an edit once for each use.
    ///
    /// Throws ``ComposeError`` with code `unreadableMedia` for a file that has not been examined: nobody would know whether it
    /// changed.
    static func all(of edit: Edit, _ media: Media) throws(ComposeError) -> [PlannedFile] {
        struct Opened: Hashable {
            let src: String
            let use: MediaReference.Use
        }
        var seen: Set<Opened> = []
        var files: [PlannedFile] = []
        for reference in edit.media where seen.insert(Opened(src: reference.src, use: reference.use)).inserted {
            guard let fingerprint = media.fingerprint(of: reference) else {
                throw ComposeError(
                    .unreadableMedia, path: reference.path, "\(reference.src) was not examined; plan the edit again")
            }
            files.append(PlannedFile(reference: reference, fingerprint: fingerprint))
        }
        return files
    }
}
