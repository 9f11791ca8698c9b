// SPDX-License-Identifier: Apache-2.0

/// Why fonts could not be opened, or text could not be set: a sentence for whoever wrote the text.
package struct TextError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Kind: Sendable, Hashable {
        /// A font file that was given cannot be used; its index.
        case fontFile(Int)
        /// A value is out of its range, or the text is longer or more intricate than allowed.
        case outOfRange
        /// A font's outlines cannot be drawn.
        case damagedFont
        /// A family that the set lacks.
        case missingFamily(String)
        /// There is too little memory, or the machine is at fault otherwise.
        case machine
    }

    package let kind: Kind
    /// What is wrong, and what to do.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }

    static let outOfMemory = TextError(.machine, "there was too little memory to draw the text")
}
