// SPDX-License-Identifier: Apache-2.0

#if Text
    package import Typesetting

    /// What a text shows from frame to frame, numbered from its source's start.
    package protocol TextStates: Sendable, Hashable, CustomStringConvertible {
        /// Whether it shows the same in all frames.
        var isStill: Bool { get }
        /// Returns what is shown at a frame; `nil` if nothing is.
        func block(at frame: Int) -> TextBlock?
        /// Returns the first later frame at which something else is shown, or may be; `nil` if there is none.
        func end(of frame: Int) -> Int?
        /// Returns whether nothing is shown at a frame.
        func isBlank(at frame: Int) -> Bool
        /// Returns what is shown in a range of frames, numbered from its first.
        func part(_ frames: Range<Int>) -> Self
        /// Adds everything that determines what is shown, but for the fonts.
        func add(to bytes: inout CanonicalBytes)
    }

    /// A text that stays.
    package struct StillText: TextStates {
        package var block: TextBlock

        package var isStill: Bool { true }
        package func block(at frame: Int) -> TextBlock? { block }
        package func end(of frame: Int) -> Int? { nil }
        package func isBlank(at frame: Int) -> Bool { false }
        package func part(_ frames: Range<Int>) -> StillText { self }

        package func add(to bytes: inout CanonicalBytes) {
            bytes.tag(0)
            bytes.add(block)
        }

        package var description: String { "text \(block.words)" }
    }

    extension TextBlock {
        /// The beginning of the text, for people.
        var words: String {
            let text = runs.map(\.text).joined()
            return quoted(text.count > 40 ? text.prefix(39) + "…" : text)
        }
    }
#endif
