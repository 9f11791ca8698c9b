// SPDX-License-Identifier: Apache-2.0

/// Which letters a run has: its fonts, and how they are used.
package struct TextFace: Sendable, Hashable {
    /// The families in order of preference, of which the set must have the first; others stand in for missing letters.
    package var families: [String]
    /// 100…1000: 400 is regular, 700 bold.
    package var weight: Int
    /// The letters' width in percent of the usual.
    package var width: Double
    package var italic: Bool
    /// Pixels to the em.
    package var size: Double
    /// Pixels added between letters.
    package var letterSpacing: Double
    /// OpenType features: `tnum`, or `ss01=0`.
    package var features: [String]
    /// The values of a variable font's axes, by their names of four letters.
    package var variations: [String: Double]
    package var underline: Bool
    package var strikethrough: Bool

    package init(
        families: [String] = [FontSet.defaultFamily], weight: Int = 400, width: Double = 100, italic: Bool = false,
        size: Double, letterSpacing: Double = 0, features: [String] = [], variations: [String: Double] = [:],
        underline: Bool = false, strikethrough: Bool = false
    ) {
        self.families = families
        self.weight = weight
        self.width = width
        self.italic = italic
        self.size = size
        self.letterSpacing = letterSpacing
        self.features = features
        self.variations = variations
        self.underline = underline
        self.strikethrough = strikethrough
    }
}
