// SPDX-License-Identifier: Apache-2.0

/// A folder for the exclusive use of one piece of work.
struct WorkFolder: Sendable {
    /// The path of the folder.
    let path: String

    /// The path of the subfolder for the edit's media, which is separate because callers choose their names.
    var media: String { path + "/media" }

    /// Returns the path of a file of the work's own.
    func file(_ name: String) -> String { path + "/" + name }
}
