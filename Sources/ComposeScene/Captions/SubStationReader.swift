// SPDX-License-Identifier: Apache-2.0

/// A reader of ASS and SSA: the events' texts with their looks, places and syllables, and the names of their styles.
///
/// Drawings, comments, effects, fonts and what styles look like are left out.
struct SubStationReader {
    private var source: CaptionSource
    private var collector = CueCollector()
    private var section = Section.other
    private var styles: [String: CaptionPlacement] = [:]
    private var styleFields = ["name"]
    private var eventFields = [
        "layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text",
    ]
    private var isOld = false
    private var script = Script()

    private enum Section { case info, styles, events, other }

    /// What the script says about itself.
    struct Script {
        /// The size of the picture that points are meant for.
        var width = 384.0
        var height = 288.0
        /// Whether `\n` breaks lines, as it does where lines are not broken by their length.
        var breaksAtSmallN = false
    }

    static func read(_ source: inout CaptionSource) throws(ComposeError) -> Captions {
        var reader = SubStationReader(source: source)
        var offset = 0
        while offset < reader.source.bytes.count {
            let (line, next) = reader.source.line(at: offset)
            try reader.line(line)
            offset = next
        }
        let captions = Captions(cues: reader.collector.finish(&reader.source))
        source = reader.source
        return captions
    }

    private init(source: CaptionSource) { self.source = source }

    private mutating func line(_ line: Range<Int>) throws(ComposeError) {
        let ink = source.trimmed(line)
        guard !ink.isEmpty, source.bytes[ink.lowerBound] != UInt8(ascii: ";") else { return }
        if source.bytes[ink.lowerBound] == UInt8(ascii: "["), source.bytes[ink.upperBound - 1] == UInt8(ascii: "]") {
            return begin(source.text(ink.lowerBound..<min(ink.upperBound, ink.lowerBound + 40)).lowercased())
        }
        // Lines of embedded files look like anything.
        if section == .other { return }
        guard let colon = source.bytes[ink].firstIndex(of: UInt8(ascii: ":")) else { return }
        let key = source.text(ink.lowerBound..<min(colon, ink.lowerBound + 40)).lowercased().trimmed
        var value = (colon + 1)..<line.upperBound
        if !value.isEmpty, source.bytes[value.lowerBound] == 0x20 { value = (value.lowerBound + 1)..<value.upperBound }
        switch (section, key) {
        case (.info, "playresx"): if let width = number(value) { script.width = width }
        case (.info, "playresy"): if let height = number(value) { script.height = height }
        case (.info, "wrapstyle"): script.breaksAtSmallN = number(value) == 2
        case (.info, "scripttype"): isOld = source.text(source.trimmed(value)).lowercased() == "v4.00"
        case (.styles, "format"): styleFields = names(value)
        case (.styles, "style"): style(value)
        case (.events, "format"): eventFields = names(value)
        case (.events, "dialogue"): try event(value, at: ink.lowerBound)
        default: break
        }
    }

    private mutating func begin(_ name: String) {
        switch name {
        case "[script info]": section = .info
        case "[v4+ styles]", "[v4 styles+]", "[v4 styles]":
            section = .styles
            isOld = name == "[v4 styles]"
            // The fields' usual order, for files without a line of formats.
            styleFields = Array(repeating: "", count: isOld ? 12 : 18) + ["alignment"]
            styleFields[0] = "name"
        case "[events]": section = .events
        default: section = .other
        }
    }

    private func number(_ range: Range<Int>) -> Double? {
        let value = Double(source.text(source.trimmed(range)).prefix(20))
        return value.flatMap { $0 >= 1 && $0 <= 100_000 || $0 == 2 ? $0 : nil }
    }

    private func names(_ range: Range<Int>) -> [String] {
        let text = source.text(range.lowerBound..<min(range.upperBound, range.lowerBound + 1000))
        return text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed.lowercased() }
    }

    /// Returns the places of so many fields; the last one has all that is left, commas included.
    private func fields(_ range: Range<Int>, _ count: Int) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start = range.lowerBound
        while fields.count + 1 < count,
            let comma = source.bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: ","))
        {
            fields.append(start..<comma)
            start = comma + 1
        }
        return fields + [start..<range.upperBound]
    }

    private mutating func style(_ range: Range<Int>) {
        let values = fields(range, styleFields.count + 1)
        guard let name = styleFields.firstIndex(of: "name"), let alignment = styleFields.firstIndex(of: "alignment"),
            max(name, alignment) < values.count, let value = number(values[alignment])
        else { return }
        let place: SubStationTag? = isOld ? SubStationTag.oldPlace(Int64(value)) : .place(Int(value))
        if case .place(let keypad) = place {
            styles[source.text(source.trimmed(values[name]))] = CaptionPlacement(keypad: keypad)
        }
    }

    private mutating func event(_ range: Range<Int>, at line: Int) throws(ComposeError) {
        let values = fields(range, eventFields.count)
        guard values.count == eventFields.count else {
            throw source.failure(
                "this line has \(values.count) of the \(eventFields.count) fields that the events' format names; "
                    + "write them all, separated by commas", at: line)
        }
        func field(_ name: String) -> Range<Int>? { eventFields.firstIndex(of: name).map { values[$0] } }
        guard let from = field("start"), let to = field("end"), eventFields.last == "text", let body = values.last
        else {
            throw source.failure("the events' format has to name Start and End, and Text as the last field", at: line)
        }
        let start = try time(source.trimmed(from))
        let end = try time(source.trimmed(to))
        let style = field("style").map { name in
            let text = source.text(source.trimmed(name))
            return text.hasPrefix("*") ? String(text.dropFirst()) : text
        }
        let speaker = (field("name") ?? field("actor")).map { source.text(source.trimmed($0)) }
        var text = SubStationText(source, body, from: start, script)
        text.read()
        // Drawings are events without text, and there may be thousands.
        if text.hasDrawing, text.text.length == 0 { return }
        let placement = text.placement ?? (text.hasPlacement ? nil : style.flatMap { styles[$0] })
        try collector.add(text.text, from: start, to: end, at: line, &source) {
            $0.placement = placement
            $0.style = style.flatMap { $0.isEmpty || $0 == "Default" ? nil : $0 }
            $0.speaker = speaker.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    private func time(_ range: Range<Int>) throws(ComposeError) -> Int64 {
        switch CaptionTime.clock(source.bytes, range) {
        case .success(let time): return time
        case .failure(let refusal): throw CueTiming.failure(refusal, range, source)
        }
    }
}
