// SPDX-License-Identifier: Apache-2.0

/// A place in an edit that names a file.
public struct MediaReference: Sendable, Hashable {
    /// What a file is opened as.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Use: String, Sendable, Hashable, CaseIterable, Codable {
        /// A picture that is shown.
        case picture
        /// A picture that orders a transition.
        case map
        /// A sound.
        case sound
    }

    /// Where in the edit: `tracks[0].clips[2].src`.
    public let path: String
    /// What it names, as the edit has it.
    public let src: String
    /// What the file is opened as.
    public let use: Use
}

/// The files an edit names: for those who fetch them, or who decide whether it may have them.
extension Edit {
    /// Every place that names a file, in document order; a file that is used twice is there twice.
    ///
    /// The list is complete: it is made from the declarations of the fields that hold paths.
    public var media: [MediaReference] {
        var references: [MediaReference] = []
        var edit = self
        var walk = FileWalk { reference, _ in references.append(reference) }
        Self.form.files?(&edit, &walk)
        return references
    }

    /// Returns the same edit with other files in the places of its own.
    ///
    /// Throws what `transform` throws.
    public func mapMedia<Failure: Error>(
        _ transform: (MediaReference) throws(Failure) -> String
    ) throws(Failure) -> Edit {
        var sources: [String] = []
        for reference in media { sources.append(try transform(reference)) }
        var edit = self
        var next = sources.makeIterator()
        var walk = FileWalk { _, src in src = next.next() ?? src }
        Self.form.files?(&edit, &walk)
        return edit
    }
}
