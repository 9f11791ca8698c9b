// SPDX-License-Identifier: Apache-2.0

/// What an edit shows, where and when, and what of its text viewers may not be able to read.
///
/// A value type; safe to share between threads.
public struct Inspection: Sendable, Hashable, Codable {
    /// The width and height of the canvas in pixels.
    public var width, height: Int
    /// What is drawn, in the order of the plan's sources.
    public var layers: [Layer]
    /// What viewers may not be able to read, in the order of the layers.
    public var findings: [Finding]

    /// A rectangle of the canvas in pixels, from its top left corner; it may reach beyond the canvas.
    public struct Box: Sendable, Hashable, Codable {
        /// The left and top edges.
        public var x, y: Double
        /// The sides.
        public var width, height: Double
    }

    /// Something that is drawn.
    public struct Layer: Sendable, Hashable, Codable {
        /// The path of the first clip that draws it, such as `tracks[0].clips[2]`.
        public var path: String
        /// The kind of its source, such as `still` or `text`.
        public var kind: String
        /// When it is first seen, and when it is last seen, in seconds.
        public var start, end: Double
        /// Everything that it may cover, before any shift by a transition.
        public var box: Box
        /// What it shows if it is text, one after the other; empty for other layers.
        public var texts: [Text]
    }

    /// A text while it does not change.
    public struct Text: Sendable, Hashable, Codable {
        /// What is written.
        public var text: String
        /// When it appears, and when it is gone, in seconds.
        public var start, end: Double
        /// The boxes of its lines, by the font and not by the letters.
        public var lines: [Box]
        /// The size of its smallest letters in pixels, as they are drawn.
        public var size: Double
        /// The characters that a viewer has to read each second; `nil` for numbers that run.
        public var charactersPerSecond: Double?
        /// The contrast with what lies behind nine tenths of it, 1…21, by WCAG 2.2; `nil` if it was not looked at.
        public var contrast: Double?
    }

    /// Something that viewers may not be able to read.
    public struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
        /// What is wrong.
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// Text is cut off, or larger than its box.
            case overflow
            /// Text reaches beyond the canvas.
            case offCanvas
            /// Texts lie over each other.
            case overlap
            /// Text lies where the platform shows its own controls.
            case unsafe
            /// Text differs too little from what lies behind it.
            case contrast
            /// Text is shown for too short a time.
            case readingSpeed
        }

        /// The path of the clip.
        public var path: String
        /// What is wrong.
        public var kind: Kind
        /// When it is seen, in seconds.
        public var time: Double
        /// What is wrong in words, and how to mend it.
        public var message: String

        /// The finding as `path: message`.
        public var description: String { "\(path): \(message)" }
    }
}

extension Inspection: CustomStringConvertible {
    /// The layers and findings, a line each.
    public var description: String {
        func number(_ value: Double) -> String { fixed(value, value == value.rounded() ? 0 : 1) }
        func place(_ box: Box) -> String {
            "\(number(box.width)) × \(number(box.height)) at \(number(box.x)), \(number(box.y))"
        }
        var lines: [String] = []
        for layer in layers {
            lines.append(
                "\(layer.path): \(layer.kind), \(fixed(layer.start, 2))–\(fixed(layer.end, 2)) s, \(place(layer.box))")
            for text in layer.texts {
                let facts = [
                    "\(text.lines.count) \(text.lines.count == 1 ? "line" : "lines")", "\(number(text.size)) px",
                    text.charactersPerSecond.map { "\(fixed($0, 0)) characters/s" },
                    text.contrast.map { "contrast \(fixed($0, 1))" },
                ].compactMap { $0 }
                lines.append(
                    "  \(fixed(text.start, 2))–\(fixed(text.end, 2)) s \(quoted(text.text)): \(facts.joined(separator: ", "))"
                )
            }
        }
        lines += findings.map { "warning: \($0)" }
        return lines.joined(separator: "\n")
    }
}
