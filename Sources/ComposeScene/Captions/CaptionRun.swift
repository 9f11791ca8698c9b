// SPDX-License-Identifier: Apache-2.0

/// A piece of a cue's text with one appearance.
///
/// A value type; safe to share between threads.
public struct CaptionRun: Sendable, Hashable, Codable {
    /// The text; line breaks are `\n`.
    public var text: String
    /// Whether the text is bold.
    public var isBold: Bool
    /// Whether the text is italic.
    public var isItalic: Bool
    /// Whether the text is underlined.
    public var isUnderlined: Bool
    /// The text's colour; `nil` leaves it to who shows it.
    public var color: Color?

    /// Creates a run.
    public init(
        _ text: String, isBold: Bool = false, isItalic: Bool = false, isUnderlined: Bool = false, color: Color? = nil
    ) {
        self.text = text
        self.isBold = isBold
        self.isItalic = isItalic
        self.isUnderlined = isUnderlined
        self.color = color
    }

    /// Returns whether two runs look the same, whatever their texts are.
    func looks(like other: CaptionRun) -> Bool {
        isBold == other.isBold && isItalic == other.isItalic && isUnderlined == other.isUnderlined
            && color == other.color
    }

    /// Returns a run that looks like this one.
    func with(_ text: String) -> CaptionRun {
        CaptionRun(text, isBold: isBold, isItalic: isItalic, isUnderlined: isUnderlined, color: color)
    }

    /// Whether nothing is said about the appearance.
    var isPlain: Bool { !isBold && !isItalic && !isUnderlined && color == nil }
}

extension [CaptionRun] {
    /// Appends text, to the last run if that looks the same.
    mutating func add(_ text: String, like style: CaptionRun) {
        if text.isEmpty { return }
        if let last = indices.last, self[last].looks(like: style) {
            self[last].text += text
        } else {
            append(style.with(text))
        }
    }
}
