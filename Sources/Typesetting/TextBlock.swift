// SPDX-License-Identifier: Apache-2.0

/// Text that is laid out and drawn as one.
package struct TextBlock: Sendable, Hashable {
    /// Where lines lie that are shorter than the longest.
    package enum Alignment: Sendable, Hashable, CaseIterable {
        /// By the block's direction.
        case start, end
        case center, left, right
        /// From edge to edge, except for a paragraph's last line.
        case justify
    }

    /// In which direction the block is read.
    package enum Direction: Sendable, Hashable, CaseIterable {
        /// That of its first letter.
        case auto
        case leftToRight, rightToLeft
    }

    package var runs: [TextRun]
    package var align: Alignment = .start
    package var direction: Direction = .auto
    /// The language of the text (BCP 47), which decides among forms of the same letters, such as Chinese and Japanese ones.
    package var language: String?
    /// The box that the text must keep to; without one it is as large as its text.
    package var maxWidth, maxHeight: Double?
    package var maxLines: Int?
    /// Whether lines are broken at `maxWidth`.
    package var wraps = true
    /// Whether an ellipsis stands for what has no room.
    package var ellipsis = false
    /// Whether all of the block is drawn smaller, to a tenth, until it keeps to its box without a break inside a word.
    ///
    /// Strokes, shadows and paddings shrink with the letters.
    package var shrinkToFit = false
    /// The distance of lines as a multiple of the size; `nil` for the chosen font's own.
    package var lineHeight: Double?
    /// The first one is on top.
    package var shadows: [TextShadow] = []
    package var background: TextBox?
    /// Whether each line has a background of its own, as wide as the line.
    package var backgroundPerLine = false

    package init(_ runs: [TextRun]) { self.runs = runs }
}
