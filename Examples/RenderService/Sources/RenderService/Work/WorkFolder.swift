// SPDX-License-Identifier: Apache-2.0

/// A folder that one piece of work has to itself, for as long as it takes.
struct WorkFolder: Sendable {
    /// Where it is.
    let path: String

    /// Where the edit's media are: apart, since callers name them.
    var media: String { path + "/media" }

    /// A file of the work's own.
    func file(_ name: String) -> String { path + "/" + name }
}
