// SPDX-License-Identifier: Apache-2.0

/// A writer of JSON: segments with words as Whisper writes them, or words alone.
///
/// Times are in seconds, rounded to microseconds. There are no looks, placements and styles, and no spaces at the ends of a
/// text.
enum TranscriptWriter {
    static func write(_ captions: Captions) -> String {
        var text = "{\n"
        if let language = captions.language { text += "  \"language\": \(JSONWriter.string(language)),\n" }
        text += "  \"segments\": ["
        let cues = captions.cues.filter(\.isVisible)
        for (index, cue) in cues.enumerated() {
            let (start, end) = CaptionTime.span(of: cue, unit: 1)
            text += (index == 0 ? "\n" : ",\n") + "    {\"start\": \(seconds(start)), \"end\": \(seconds(end))"
            text += ", \"text\": \(string(cue.text.trimmed))"
            if let speaker = cue.speaker { text += ", \"speaker\": \(string(speaker))" }
            if let id = cue.id { text += ", \"id\": \(string(id))" }
            if let language = cue.language { text += ", \"language\": \(string(language))" }
            if cue.hasWords {
                text += ", \"words\": ["
                for (index, word) in cue.words.enumerated() {
                    var piece = index == 0 ? word.text.trimmedStart : word.text
                    if index == cue.words.count - 1 { piece = piece.trimmedEnd }
                    text += (index == 0 ? "\n" : ",\n") + "      {\"word\": \(string(piece)), "
                    text += times(word.start, word.end) + "}"
                }
                text += "\n    ]"
            }
            text += "}"
        }
        return text + (cues.isEmpty ? "]\n}\n" : "\n  ]\n}\n")
    }

    /// Returns the words of all cues; cues without words are split.
    static func writeWords(_ captions: Captions) -> String {
        var text = "{\n"
        if let language = captions.language { text += "  \"language\": \(JSONWriter.string(language)),\n" }
        text += "  \"words\": ["
        var isFirst = true
        for cue in captions.withWords().cues {
            for word in cue.words where !word.text.trimmed.isEmpty {
                text += (isFirst ? "\n" : ",\n") + "    {\"text\": \(string(word.text.trimmed)), "
                text += times(word.start, word.end)
                if let speaker = cue.speaker { text += ", \"speaker\": \(string(speaker))" }
                text += "}"
                isFirst = false
            }
        }
        return text + (isFirst ? "]\n}\n" : "\n  ]\n}\n")
    }

    private static func string(_ text: String) -> String { JSONWriter.string(MarkedLines.plain(text)) }

    private static func times(_ start: Duration, _ end: Duration) -> String {
        "\"start\": \(seconds(CaptionTime.units(start, of: 1))), \"end\": \(seconds(CaptionTime.units(end, of: 1)))"
    }

    /// Returns microseconds as seconds.
    private static func seconds(_ time: Int64) -> String {
        let (whole, rest) = time.quotientAndRemainder(dividingBy: 1_000_000)
        if rest == 0 { return String(whole) }
        var digits = Array(String(1_000_000 + rest).utf8.dropFirst())
        while digits.last == 0x30 { digits.removeLast() }
        return "\(whole)." + String(decoding: digits, as: UTF8.self)
    }
}

extension Captions {
    /// Returns the texts of the cues, each on a line of its own.
    static func plainText(of captions: Captions) -> String {
        captions.cues.reduce(into: "") { text, cue in
            let line = MarkedLines.plain(cue.text).split { $0 == "\n" }.map { String($0).trimmed }.joined(
                separator: " ")
            if !line.isEmpty { text += line + "\n" }
        }
    }
}
