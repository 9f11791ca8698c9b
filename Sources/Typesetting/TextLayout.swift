// SPDX-License-Identifier: Apache-2.0

/// Where the pieces of a block lie, in pixels from the top left of its logical box.
package struct TextLayout: Sendable, Hashable {
    package struct Rectangle: Sendable, Hashable {
        package var x, y, width, height: Double

        package init(x: Double, y: Double, width: Double, height: Double) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }
    }

    package struct Line: Sendable, Hashable {
        package var box: Rectangle
        /// From the block's top.
        package var baseline: Double
        /// Its text, in bytes of UTF-8 of all the runs' text together, with what an ellipsis stands for.
        package var text: Range<Int>
        package var isRightToLeft: Bool
    }

    /// A part of a run on one line.
    package struct Part: Sendable, Hashable {
        package var line: Int
        package var box: Rectangle
    }

    /// The logical box, which follows from the chosen fonts' measures and the letters' widths alone.
    package var width, height: Double
    /// All that may be painted: letters that overhang, strokes, shadows and backgrounds.
    package var bounds: Rectangle
    package var lines: [Line]
    /// Each run's parts, in reading order.
    package var runs: [[Part]]
    /// Whether text is left out, or an ellipsis stands for it.
    package var isTruncated: Bool
    /// By how much the logical box exceeds what the block allows; 0 if it does not.
    package var overflowX, overflowY: Double
    /// How much smaller `shrinkToFit` made the block; 1 if not at all.
    package var scale: Double
}
