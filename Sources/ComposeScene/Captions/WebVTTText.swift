// SPDX-License-Identifier: Apache-2.0

/// The markup in the text of a WebVTT cue.
///
/// A `<` that begins no tag is text, although the specification takes it for one that never ends: people write `<3`.
/// U+2060 at the start of a line is removed; ``WebVTTWriter`` writes it so that a line is not empty.
struct WebVTTText {
    var source: CaptionSource
    private(set) var text = CueText()
    private(set) var speaker: String?
    private(set) var language: String?
    private let range: Range<Int>
    private let start: Int64
    private var offset: Int
    /// The open tags, with the look outside of each.
    private var open: [(name: String, look: CaptionRun)] = []
    /// The number of open tags of ruby text, which is left out.
    private var hidden = 0

    init(_ source: CaptionSource, _ range: Range<Int>, from start: Int64) {
        self.source = source
        self.range = range
        self.start = start
        offset = range.lowerBound
    }

    mutating func read() {
        skipJoiner()
        var plain = offset
        while offset < range.upperBound {
            let byte = source.bytes[offset]
            if byte != UInt8(ascii: "<"), byte != UInt8(ascii: "&"), byte != 0x0A, byte != 0x0D {
                offset += 1
                continue
            }
            add(plain..<offset)
            plain = offset
            switch byte {
            case UInt8(ascii: "<"): if !readTag() { offset += 1 } else { plain = offset }
            case UInt8(ascii: "&"): if !readReference() { offset += 1 } else { plain = offset }
            default:
                if hidden == 0 { text.append(0x0A) }
                offset += source.lineBreak(at: offset)
                skipJoiner()
                plain = offset
            }
        }
        add(plain..<range.upperBound)
    }

    private mutating func add(_ range: Range<Int>) {
        if hidden == 0 { text.append(source.bytes[range]) }
    }

    private mutating func skipJoiner() {
        if offset + 2 < range.upperBound, source.has("\u{2060}", at: offset) { offset += 3 }
    }

    /// Reads a tag; returns `false` if it is text.
    private mutating func readTag() -> Bool {
        let tag = offset
        var end = tag + 1
        while end < range.upperBound, end - tag < 4096, ![0x3E, 0x3C].contains(source.bytes[end]) { end += 1 }
        guard end < range.upperBound, source.bytes[end] == UInt8(ascii: ">") else {
            source.warn("a < that begins no tag is text; write it as &lt;", at: tag)
            return false
        }
        let content = (tag + 1)..<end
        let first = content.isEmpty ? 0 : source.bytes[content.lowerBound]
        if first.isDigit, case .success(let time) = CaptionTime.clock(source.bytes, content) {
            if hidden == 0 { text.mark(time) }
        } else if first == UInt8(ascii: "/") {
            close(source.text((tag + 2)..<end))
        } else if first.isLetter {
            openTag(content)
        } else if first != 0, first != UInt8(ascii: ".") {
            source.warn("a < that begins no tag is text; write it as &lt;", at: tag)
            return false
        }
        offset = end + 1
        return true
    }

    private mutating func openTag(_ content: Range<Int>) {
        var end = content.lowerBound
        while end < content.upperBound, source.bytes[end] != UInt8(ascii: "."), !source.bytes[end].isSpace { end += 1 }
        let name = source.text(content.lowerBound..<end)
        var classes: [Substring] = []
        let dot = end
        while end < content.upperBound, !source.bytes[end].isSpace { end += 1 }
        let names = source.text(dot..<end)
        if !names.isEmpty { classes = names.split(separator: ".") }
        let annotation = annotation(end..<content.upperBound)
        let look = text.look
        switch name {
        case "b": text.look.isBold = true
        case "i": text.look.isItalic = true
        case "u": text.look.isUnderlined = true
        case "c", "ruby": break
        case "rt":
            if hidden == 0 { source.warn("ruby text is left out", at: content.lowerBound) }
            hidden += 1
        case "v":
            if speaker == nil {
                speaker = annotation
            } else if let annotation, annotation != speaker {
                source.warn("a second speaker in a cue is left out; give each a cue", at: content.lowerBound)
            }
        case "lang": if language == nil { language = annotation.flatMap { CaptionLanguage.tag($0) } }
        default:
            return source.warn(
                "the tag \(quoted("<" + name + ">")) is left out; write &lt; for a < that is text",
                at: content.lowerBound)
        }
        for (name, color) in CaptionColor.classes where classes.contains(Substring(name)) { text.look.color = color }
        open.append((name, look))
    }

    /// Closes the innermost tag if the name is its name; others are ignored, as the specification has it.
    private mutating func close(_ name: String) {
        // The end of a ruby also ends the text above it.
        if name == "ruby", open.last?.name == "rt" { close("rt") }
        guard let last = open.last, last.name == name else { return }
        open.removeLast()
        if name == "rt" { hidden -= 1 }
        text.look = last.look
    }

    /// Returns what follows a tag's name, with its references resolved and its spaces as single ones.
    private func annotation(_ range: Range<Int>) -> String? {
        var inner = WebVTTText(source, source.trimmed(range), from: start)
        var text: [UInt8] = []
        while inner.offset < inner.range.upperBound {
            let byte = source.bytes[inner.offset]
            if byte == UInt8(ascii: "&"), inner.readReference() {
                var found = inner.text
                found.finish()
                text += found.runs.map(\.text).joined().utf8
                inner.text = CueText()
                continue
            }
            if !byte.isSpace { text.append(byte) } else if text.last != 0x20 { text.append(0x20) }
            inner.offset += 1
        }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    /// Reads a character reference such as `&amp;`; returns `false` if it is text.
    private mutating func readReference() -> Bool {
        var end = offset + 1
        while end < range.upperBound, end - offset < 12, source.bytes[end] != UInt8(ascii: ";") { end += 1 }
        guard end < range.upperBound, source.bytes[end] == UInt8(ascii: ";") else { return false }
        guard let scalar = Self.scalar(source.text((offset + 1)..<end)) else { return false }
        if hidden == 0 { text.append(scalar) }
        offset = end + 1
        return true
    }

    /// Returns the character of a reference's name or number.
    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return "\u{A0}"
        case "lrm": return "\u{200E}"
        case "rlm": return "\u{200F}"
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard let first = digits.first, first.isHexDigit,
            let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value >= 0x20, value != 0x7F
        else { return nil }
        return Unicode.Scalar(value)
    }
}
