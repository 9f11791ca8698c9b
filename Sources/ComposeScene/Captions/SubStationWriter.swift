// SPDX-License-Identifier: Apache-2.0

/// A writer of ASS, which has no names of cues and no languages.
///
/// It has times in hundredths of a second, words as syllables of karaoke, speakers, placements, the names of styles, and
/// bold, italic, underlined and coloured text.
enum SubStationWriter {
    /// The size of the picture that points are meant for.
    private static let (width, height) = (1920.0, 1080.0)

    static func write(_ captions: Captions) -> String {
        var styles = ["Default"]
        for cue in captions.cues { if let style = cue.style.map(field), !style.isEmpty { styles.append(style) } }
        var seen: Set<String> = []
        styles = styles.filter { seen.insert($0).inserted }
        var text = """
            [Script Info]
            ScriptType: v4.00+
            WrapStyle: 0
            ScaledBorderAndShadow: yes
            PlayResX: \(Int(width))
            PlayResY: \(Int(height))

            [V4+ Styles]
            Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
            Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
            MarginR, MarginV, Encoding

            """
        for style in styles {
            text += "Style: \(style),Arial,72,&H00FFFFFF,&H0000FFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,3,0,2,"
            text += "60,60,60,1\n"
        }
        text += "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        for cue in captions.cues where cue.isVisible {
            let (start, end) = CaptionTime.span(of: cue, unit: 10_000)
            let style = cue.style.map(field).flatMap { $0.isEmpty ? nil : $0 } ?? "Default"
            text += "Dialogue: 0,\(time(start)),\(time(end)),\(style),\(cue.speaker.map(field) ?? ""),0,0,0,,"
            text += body(cue, start) + "\n"
        }
        return text
    }

    private static func time(_ units: Int64) -> String {
        CaptionTime.clock(units, perSecond: 100, separator: ".", hours: 1)
    }

    /// Returns a text for a field, which ends at a comma; a semicolon replaces it.
    private static func field(_ text: String) -> String {
        let scalars = MarkedLines.plain(text).unicodeScalars.map { scalar -> Unicode.Scalar in
            scalar == "," ? ";" : scalar == "\n" ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars)).trimmed
    }

    private static func placement(_ placement: CaptionPlacement?) -> String {
        guard let placement else { return "" }
        if let keypad = placement.keypad { return "\\an\(keypad)" }
        guard let point = placement.point else { return "" }
        return "\\an\(point.keypad)\\pos(\(number(point.x / 100 * width)),\(number(point.y / 100 * height)))"
    }

    /// Returns a number of pixels, with two decimals at most.
    private static func number(_ value: Double) -> String { shortest((value * 100).rounded() / 100) }

    private static func body(_ cue: Captions.Cue, _ start: Int64) -> String {
        let (pieces, stop) = MarkedText.pieces(of: cue, unit: 10_000)
        var (text, tags) = ("", placement(cue.placement))
        var look = CaptionRun("")
        var now = start
        // A syllable says how long it is, so that each piece's times are those at which it ends and the next begins.
        var marks = pieces.map(\.times)
        marks.append(stop.map { [$0] } ?? [])
        for (index, piece) in pieces.enumerated() {
            if let begin = piece.times.last {
                if begin > now { tags += "\\k\(begin - now)" }
                let end = marks[(index + 1)...].first { !$0.isEmpty }?.first ?? begin
                tags += "\\k\(end - begin)"
                now = end
            }
            tags += change(from: look, to: piece.run)
            look = piece.run
            if !tags.isEmpty { text += "{\(tags)}" }
            tags = ""
            let plain = MarkedLines.plain(piece.run.text)
            let isSimple = !plain.utf8.contains { $0 == 0x0A || $0 >= 0x80 || [0x5C, 0x7B, 0x7D].contains($0) }
            if isSimple { text += plain }
            for scalar in isSimple ? "".unicodeScalars : plain.unicodeScalars {
                switch scalar {
                case "\n": text += "\\N"
                case "\u{A0}": text += "\\h"
                case "{": text += "\\{"
                case "}": text += "\\}"
                case "\\": text += "\\\u{2060}"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    /// Returns the tags that make text of one look look like another.
    private static func change(from old: CaptionRun, to new: CaptionRun) -> String {
        var tags = ""
        if old.isBold != new.isBold { tags += "\\b\(new.isBold ? 1 : 0)" }
        if old.isItalic != new.isItalic { tags += "\\i\(new.isItalic ? 1 : 0)" }
        if old.isUnderlined != new.isUnderlined { tags += "\\u\(new.isUnderlined ? 1 : 0)" }
        guard old.color != new.color else { return tags }
        guard let color = new.color else { return tags + "\\c" }
        let value = UInt32(color.blue) << 16 | UInt32(color.green) << 8 | UInt32(color.red)
        let digits = String(value, radix: 16, uppercase: true)
        return tags + "\\c&H" + String(repeating: "0", count: 6 - digits.count) + digits + "&"
    }
}
