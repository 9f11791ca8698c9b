// SPDX-License-Identifier: Apache-2.0

/// The markup in the text of a SubRip cue: tags of HTML, and those of ASS in braces.
///
/// A tag is one that HTML has; others are text. U+2060 behind `<`, `{` or a backslash or at the start of a line says that
/// what follows is text, and is removed: ``SubRipWriter`` writes it, and players show nothing for it.
struct SubRipText {
    var source: CaptionSource
    private(set) var text = CueText()
    private(set) var placement: CaptionPlacement?
    private let range: Range<Int>
    private var offset: Int
    private var colors: [Color?] = []

    /// The names of the tags that are removed, because players do so; some are understood.
    private static let tags: Set<String> = [
        "b", "i", "u", "s", "font", "br", "em", "strong", "strike", "del", "ins", "span", "p", "div", "small", "big",
        "sub", "sup", "tt", "code", "center", "ruby", "rb", "rt", "rp", "c", "v", "lang", "a", "html", "body",
    ]

    init(_ source: CaptionSource, _ range: Range<Int>) {
        self.source = source
        self.range = range
        offset = range.lowerBound
    }

    mutating func read() throws(ComposeError) {
        var plain = offset
        skipJoiner(&plain)
        while offset < range.upperBound {
            let byte = source.bytes[offset]
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: "{"), UInt8(ascii: "\\"):
                text.append(source.bytes[plain..<offset])
                if byte == UInt8(ascii: "<") && readTag() || byte == UInt8(ascii: "{") && readOverride() {
                    plain = offset
                } else {
                    plain = offset
                    offset += 1
                    if isJoiner(at: offset) {
                        text.append(byte)
                        offset += 3
                        plain = offset
                    }
                }
            case 0x0A, 0x0D:
                text.append(source.bytes[plain..<offset])
                text.append(0x0A)
                offset += source.lineBreak(at: offset)
                plain = offset
                skipJoiner(&plain)
            default: offset += 1
            }
        }
        text.append(source.bytes[plain..<max(plain, range.upperBound)])
    }

    private func isJoiner(at offset: Int) -> Bool {
        offset + 2 < range.upperBound && source.has("\u{2060}", at: offset)
    }

    private mutating func skipJoiner(_ plain: inout Int) {
        guard isJoiner(at: offset) else { return }
        offset += 3
        plain = offset
    }

    /// Reads a tag; returns `false` if it is text.
    private mutating func readTag() -> Bool {
        var end = offset + 1
        let isClosing = end < range.upperBound && source.bytes[end] == UInt8(ascii: "/")
        if isClosing { end += 1 }
        let start = end
        while end < range.upperBound, source.bytes[end].isLetter || source.bytes[end].isDigit { end += 1 }
        guard end > start, end - start <= 8, end < range.upperBound else { return false }
        let name = source.text(start..<end).lowercased()
        guard Self.tags.contains(name) else { return false }
        let attributes = end
        // A class of WebVTT follows its tag's name with a dot.
        guard source.bytes[end].isBlank || [0x2E, 0x2F, 0x3E].contains(source.bytes[end]) else { return false }
        while end < range.upperBound, end - attributes < 1000, source.bytes[end] != UInt8(ascii: ">") {
            if source.bytes[end] == UInt8(ascii: "<") || source.bytes[end] == 0x0A { return false }
            end += 1
        }
        guard end < range.upperBound, source.bytes[end] == UInt8(ascii: ">") else { return false }
        offset = end + 1
        switch name {
        case "b", "strong": text.look.isBold = !isClosing
        case "i", "em": text.look.isItalic = !isClosing
        case "u", "ins": text.look.isUnderlined = !isClosing
        case "br": text.append(0x0A)
        case "font" where isClosing: text.look.color = colors.popLast() ?? nil
        case "font":
            colors.append(text.look.color)
            if let color = color(in: attributes..<end) { text.look.color = color }
        default: break
        }
        return true
    }

    /// Returns the value of the attribute `color`.
    private mutating func color(in range: Range<Int>) -> Color? {
        guard
            let name = (range.lowerBound..<range.upperBound).first(where: {
                source.has("color", at: $0, ignoringCase: true) && source.bytes[$0 - 1].isBlank
            })
        else { return nil }
        var start = name + 5
        while start < range.upperBound, source.bytes[start].isBlank { start += 1 }
        guard start < range.upperBound, source.bytes[start] == UInt8(ascii: "=") else { return nil }
        start += 1
        while start < range.upperBound, source.bytes[start].isBlank || [0x22, 0x27].contains(source.bytes[start]) {
            start += 1
        }
        var end = start
        while end < range.upperBound, !source.bytes[end].isBlank, ![0x22, 0x27].contains(source.bytes[end]) { end += 1 }
        let word = source.text(start..<end)
        if let color = CaptionColor.named(word) { return color }
        source.warn("\(quoted(word)) is no colour; write one as #ffcc00", at: start)
        return nil
    }

    /// Reads tags of ASS in braces; returns `false` if they are text.
    private mutating func readOverride() -> Bool {
        guard offset + 1 < range.upperBound, source.bytes[offset + 1] == UInt8(ascii: "\\") else { return false }
        var end = offset + 1
        while end < range.upperBound, end - offset < 1000, source.bytes[end] != UInt8(ascii: "}") {
            if source.bytes[end] == 0x0A || source.bytes[end] == UInt8(ascii: "{") { return false }
            end += 1
        }
        guard end < range.upperBound, source.bytes[end] == UInt8(ascii: "}") else { return false }
        for tag in SubStationTag.all(in: (offset + 1)..<end, source) {
            switch tag {
            case .bold(let isOn): text.look.isBold = isOn
            case .italic(let isOn): text.look.isItalic = isOn
            case .underline(let isOn): text.look.isUnderlined = isOn
            case .color(let color): text.look.color = color
            case .place(let keypad): placement = CaptionPlacement(keypad: keypad)
            // A point is one of a picture whose size SubRip does not tell.
            default: break
            }
        }
        offset = end + 1
        return true
    }
}
