// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    /// A stretch of time in which a text stays the same, but for the look of its words.
    package struct TextPassage {
        var frames: Range<Int>
        var block: TextBlock
        /// Whether all of it has to be read in that time, as numbers that run need not be.
        var isRead = true
    }

    extension TextStates {
        /// Returns what is shown in a range of frames, one after the other.
        func passages(in frames: Range<Int>) -> [TextPassage] {
            var passages: [TextPassage] = []
            var frame = frames.lowerBound
            while frame < frames.upperBound {
                let end = min(end(of: frame) ?? .max, frames.upperBound)
                if let block = block(at: frame) {
                    let text = block.runs.map(\.text).joined()
                    if let last = passages.last, last.frames.upperBound == frame,
                        last.block.runs.map(\.text).joined() == text
                    {
                        passages[passages.count - 1].frames = last.frames.lowerBound..<end
                    } else {
                        passages.append(TextPassage(frames: frame..<end, block: block))
                    }
                }
                frame = end
            }
            return passages
        }
    }

    /// A source of text, whatever it shows.
    protocol InspectedText {
        var fonts: EditFonts { get }
        /// Returns what is shown in a range of the source's frames.
        func passages(in frames: Range<Int>) -> [TextPassage]
        /// Returns where a text's own box begins in the source's picture.
        func origin(of layout: TextLayout) -> (x: Double, y: Double)
    }

    extension TextSource: InspectedText {
        func passages(in frames: Range<Int>) -> [TextPassage] {
            // Of a number that runs, the longest value is looked at.
            guard States.self == CounterStates.self else { return states.passages(in: frames) }
            let values = states.passages(in: frames)
            let longest = values.max { ($0.block.runs.first?.text.count ?? 0) < ($1.block.runs.first?.text.count ?? 0) }
            return longest.map { [TextPassage(frames: frames, block: $0.block, isRead: false)] } ?? []
        }
    }
#endif
