// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with an edit, said so that its author can mend it.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// Where in the edit: `tracks[0].clips[2].duration`; empty for the document as a whole.
    public var path: String
    /// What is wrong, and how to mend it.
    public var message: String

    /// A problem at a path.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// `path: message`.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
