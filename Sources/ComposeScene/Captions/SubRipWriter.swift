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

    private static func body(_ cue: Captions.Cue) -> String {
        var lines = MarkedLines()
        func isConfusing(_ line: String) -> Bool { line.contains("-->") }
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
            let isSimple = !text.utf8.contains { $0 == 0x0A || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "{") }
            if isSimple { lines.add(text) }
            for scalar in isSimple ? "".unicodeScalars : text.unicodeScalars {
                if scalar == "\n" {
                    lines.breakLine(isConfusing)
                } else {
                    let isMarkup =
                        last == "<" && (scalar == "/" || scalar.properties.isAlphabetic)
                        || last == "{" && scalar == "\\"
                    if isMarkup || scalar == MarkedLines.joiner && (last == "<" || last == "{") {
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
