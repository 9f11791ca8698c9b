// SPDX-License-Identifier: Apache-2.0

/// A problem of an edit, described so that the edit's author can fix it.
///
/// A value type; safe to share between threads.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The path of the field: `tracks[0].clips[2].duration`; empty for the whole document.
    public var path: String
    /// What is wrong, and how to fix it.
    public var message: String

    /// Creates a problem at a path.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// The problem as `path: message`, or the message alone if the path is empty.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
