// SPDX-License-Identifier: Apache-2.0

/// A writer of SubRip, which has no words, speakers, names and languages.
///
/// It has times in thousandths of a second, bold, italic, underlined and coloured text, and the nine places of ASS.
///
/// The format has no escapes. Where text looks like markup, U+2060 stands behind its first character: it is not seen, and
/// no player takes the text for markup then.
enum SubRipWriter {
    static func write(_ captions: Captions) -> String {
        var text = ""
        var number = 1
        for cue in captions.cues where cue.isVisible {
            let (start, end) = CaptionTime.span(of: cue, unit: 1_000)
            text += "\(number)\n\(time(start)) --> \(time(end))\n\(body(cue))\n\n"
            number += 1
        }
        return text
    }

    private static func time(_ units: Int64) -> String { CaptionTime.clock(units, perSecond: 1000, separator: ",") }

    /// Returns whether players take two characters for the beginning of markup.
    ///
    /// Many convert SubRip to ASS, where `\n` in `C:\new` breaks the line.
    private static func isMarkup(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        switch first {
        case "<": second == "/" || second == MarkedLines.joiner || second.properties.isAlphabetic
        case "{": second == "\\" || second == MarkedLines.joiner
        case "\\": ["N", "n", "h", "{", "}", MarkedLines.joiner].contains(second)
        default: false
        }
    }

    /// Returns a cue's text with its markup.
    static func body(_ cue: Captions.Cue) -> String {
        var lines = MarkedLines()
        func isConfusing(_ line: String) -> Bool { line.hasArrow }
        if let place = cue.placement?.keypad, place != 2 { lines.add(markup: "{\\an\(place)}") }
        for run in cue.runs {
            var tags: [String] = []
            if let color = run.color {
                var solid = color
                solid.alpha = 255
                tags.append("font color=\"\(solid)\"")
            }
            if run.isBold { tags.append("b") }
            if run.isItalic { tags.append("i") }
            if run.isUnderlined { tags.append("u") }
            for tag in tags { lines.add(markup: "<\(tag)>") }
            var last: Unicode.Scalar = " "
            let text = MarkedLines.plain(run.text)
            let isSimple = !text.utf8.contains { [0x0A, 0x3C, 0x5C, 0x7B].contains($0) }
            if isSimple { lines.add(text) }
            for scalar in isSimple ? "".unicodeScalars : text.unicodeScalars {
                if scalar == "\n" {
                    lines.breakLine(isConfusing)
                } else {
                    if isMarkup(last, scalar) {
                        lines.add(MarkedLines.joiner)
                    }
                    lines.add(scalar)
                }
                last = scalar
            }
            for tag in tags.reversed() { lines.add(markup: "</\(tag.prefix { $0 != " " })>") }
        }
        lines.finishLine(isConfusing)
        return lines.text
    }
}
