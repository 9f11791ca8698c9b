// SPDX-License-Identifier: Apache-2.0

/// A writer of WebVTT, which has no styles by name, and of colours the eight that its specification names.
///
/// It has times in thousandths of a second, words, speakers, names, languages, placements, and bold, italic and underlined
/// text.
enum WebVTTWriter {
    static func write(_ captions: Captions) -> String {
        var text = "WEBVTT\n"
        if let language = captions.language.flatMap(CaptionLanguage.tag) { text += "Language: \(language)\n" }
        for cue in captions.cues where cue.isVisible {
            let (start, end) = CaptionTime.span(of: cue, unit: 1_000)
            text += "\n"
            if let id = cue.id.flatMap(name) { text += id + "\n" }
            text += "\(time(start)) --> \(time(end))\(settings(cue.placement))\n\(body(cue, start, end))\n"
        }
        return text
    }

    private static func time(_ units: Int64) -> String { CaptionTime.clock(units, perSecond: 1000, separator: ".") }

    /// Returns a cue's name on one line; `nil` if it would be read as times.
    private static func name(_ id: String) -> String? {
        let name = MarkedLines.plain(id).split(separator: "\n").joined(separator: " ").trimmed
        return name.isEmpty || name.hasArrow ? nil : name
    }

    private static func settings(_ placement: CaptionPlacement?) -> String {
        guard let placement else { return "" }
        func isPercentage(_ value: Double) -> Bool { (0...100).contains(value) }
        var text = placement.vertical.map { " vertical:\($0.rawValue)" } ?? ""
        let edge = placement.lineEdge == .start ? "" : ",\(placement.lineEdge.rawValue)"
        switch placement.line {
        case .row(let row): text += " line:\(row)\(edge)"
        case .percent(let percent) where isPercentage(percent): text += " line:\(shortest(percent))%\(edge)"
        default: break
        }
        if let position = placement.position, isPercentage(position) {
            text += " position:\(shortest(position))%"
            switch placement.positionEdge {
            case .start: text += ",line-left"
            case .center: text += ",center"
            case .end: text += ",line-right"
            case nil: break
            }
        }
        if let size = placement.size, isPercentage(size) { text += " size:\(shortest(size))%" }
        return text + (placement.alignment == .center ? "" : " align:\(placement.alignment.rawValue)")
    }

    /// Returns a cue's text with its markup, without the times of its words.
    static func body(_ cue: Captions.Cue) -> String {
        body(changed(cue) { $0.words = [] }, 0, 1)
    }

    private static func body(_ cue: Captions.Cue, _ start: Int64, _ end: Int64) -> String {
        var lines = MarkedLines()
        func isConfusing(_: String) -> Bool { false }
        if let language = cue.language.flatMap(CaptionLanguage.tag) { lines.add(markup: "<lang \(language)>") }
        if let speaker = cue.speaker.map(annotation), !speaker.isEmpty { lines.add(markup: "<v \(speaker)>") }
        let (pieces, stop) = MarkedText.pieces(of: cue, unit: 1_000)
        let isLong = stop.map { $0 == end } ?? true
        // The first word begins with the cue, which needs not be said, unless there is no other time to say.
        let isAlone = isLong && !pieces.dropFirst().contains { !$0.times.isEmpty }
        for (index, piece) in pieces.enumerated() {
            for mark in piece.times where index > 0 || mark > start || isAlone { lines.add(markup: "<\(time(mark))>") }
            let tags = tags(piece.run)
            for tag in tags { lines.add(markup: "<\(tag)>") }
            let text = MarkedLines.plain(piece.run.text)
            // Bytes past ASCII begin the characters that have names.
            let isSimple = !text.utf8.contains { $0 == 0x0A || $0 >= 0x80 || [0x26, 0x3C, 0x3E].contains($0) }
            if isSimple { lines.add(text) }
            for scalar in isSimple ? "".unicodeScalars : text.unicodeScalars {
                switch scalar {
                case "\n": lines.breakLine(isConfusing)
                case "&": lines.add(markup: "&amp;")
                case "<": lines.add(markup: "&lt;")
                case ">": lines.add(markup: "&gt;")
                case "\u{A0}": lines.add(markup: "&nbsp;")
                case "\u{200E}": lines.add(markup: "&lrm;")
                case "\u{200F}": lines.add(markup: "&rlm;")
                default: lines.add(scalar)
                }
            }
            for tag in tags.reversed() { lines.add(markup: "</\(tag.prefix(1))>") }
        }
        if let stop, !isLong { lines.add(markup: "<\(time(stop))>") }
        lines.finishLine(isConfusing)
        return lines.text
    }

    private static func tags(_ run: CaptionRun) -> [String] {
        var tags: [String] = []
        if let color = run.color, let name = CaptionColor.classes.first(where: { $0.value == color })?.key {
            tags.append("c.\(name)")
        }
        if run.isBold { tags.append("b") }
        if run.isItalic { tags.append("i") }
        if run.isUnderlined { tags.append("u") }
        return tags
    }

    /// Returns a speaker's name for a tag.
    private static func annotation(_ name: String) -> String {
        let words = MarkedLines.plain(name).unicodeScalars.split { $0 == " " || $0 == "\n" || $0 == "\t" }
        return words.map { String($0) }.joined(separator: " ").unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
