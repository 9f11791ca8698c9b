// SPDX-License-Identifier: Apache-2.0

/// A reader of WebVTT, by the parsing rules of its specification, which every file passes.
///
/// What the rules leave out in silence is warned about; times that cannot be read are errors.
struct WebVTTReader {
    private var source: CaptionSource
    private var collector = CueCollector()
    private var captions = Captions()
    private var offset = 0
    /// What has been warned about once for the whole file.
    private var said: Set<String> = []

    static func read(_ source: inout CaptionSource) throws(ComposeError) -> Captions {
        var reader = WebVTTReader(source: source)
        reader.header()
        while reader.offset < reader.source.bytes.count { try reader.block() }
        reader.captions.cues = reader.collector.finish(&reader.source)
        if let flat = RollUp.flattened(reader.captions.cues) {
            reader.captions.cues = flat
            reader.source.warn("the captions roll up; lines that were shown before are left out", at: 0)
        }
        source = reader.source
        return reader.captions
    }

    private init(source: CaptionSource) { self.source = source }

    private mutating func warnOnce(_ message: String, at offset: Int) {
        if said.insert(message).inserted { source.warn(message, at: offset) }
    }

    /// Reads the lines up to the first empty one or the first times.
    private mutating func header() {
        while offset < source.bytes.count, source.bytes[offset].isSpace { offset += 1 }
        guard CaptionSniffing.isWebVTT(source, at: offset) else {
            return source.warn("the first line has to be WEBVTT; the file was read without it", at: offset)
        }
        while offset < source.bytes.count {
            let (line, next) = source.line(at: offset)
            if line.isEmpty {
                offset = next
                return
            }
            if source.find("-->", in: line) != nil { return }
            if source.has("X-TIMESTAMP-MAP", at: line.lowerBound) {
                warnOnce(
                    "X-TIMESTAMP-MAP is ignored: times are taken as those of the video", at: line.lowerBound)
            } else if source.has("Language:", at: line.lowerBound) {
                captions.language = CaptionLanguage.tag(
                    source.text(source.trimmed((line.lowerBound + 9)..<line.upperBound)))
            }
            offset = next
        }
    }

    /// Reads lines up to an empty one: a cue, or something else.
    private mutating func block() throws(ComposeError) {
        while offset < source.bytes.count, source.lineBreak(at: offset) > 0 { offset += source.lineBreak(at: offset) }
        guard offset < source.bytes.count else { return }
        let first = source.line(at: offset)
        let isNote = source.has("NOTE", at: first.range.lowerBound)
        if source.find("-->", in: first.range) != nil {
            if !isNote { return try cue(timing: first, id: nil) }
            offset = first.next
            return skipBlock()
        }
        let second = source.line(at: first.next)
        if source.find("-->", in: second.range) != nil { return try cue(timing: second, id: first.range) }
        for (name, what) in [("STYLE", "the style sheet is ignored"), ("REGION", "regions are ignored")]
        where source.has(name, at: first.range.lowerBound) && source.trimmed(first.range).count == name.utf8.count {
            warnOnce(what, at: first.range.lowerBound)
            return skipBlock()
        }
        if !isNote { source.warn("text without times is ignored", at: first.range.lowerBound) }
        skipBlock()
    }

    private mutating func skipBlock() {
        while offset < source.bytes.count {
            let (line, next) = source.line(at: offset)
            if line.isEmpty || source.find("-->", in: line) != nil { return }
            offset = next
        }
    }

    private mutating func cue(timing line: (range: Range<Int>, next: Int), id: Range<Int>?) throws(ComposeError) {
        let ink = source.trimmed(line.range)
        guard let timing = try CueTiming.read(ink, isExpected: true, source) else { return }
        let start = line.next
        offset = start
        skipBlock()
        var end = offset
        // The last line's break is not part of the text.
        if end > start, source.bytes[end - 1] == 0x0A { end -= 1 }
        while end > start, source.bytes[end - 1] == 0x0D { end -= 1 }
        let placement = placement(in: timing.rest)
        var text = WebVTTText(source, start..<end, from: timing.start)
        text.read()
        source = text.source
        let name = id.map { source.text(source.trimmed($0)) }
        let (speaker, language) = (text.speaker, text.language)
        try collector.add(text.text, from: timing.start, to: timing.end, at: ink.lowerBound, &source) {
            $0.placement = placement
            $0.speaker = speaker
            $0.language = language
            $0.id = name?.isEmpty == true ? nil : name
        }
    }
}

extension WebVTTReader {
    /// Returns the settings after a cue's times; `nil` if there are none.
    private mutating func placement(in range: Range<Int>) -> CaptionPlacement? {
        var placement = CaptionPlacement()
        var offset = range.lowerBound
        while offset < range.upperBound {
            var end = offset
            while end < range.upperBound, !source.bytes[end].isBlank { end += 1 }
            if end > offset {
                let setting = source.text(offset..<min(end, offset + 200))
                if !Self.set(setting, of: &placement) {
                    warnOnce("the setting \(quoted(setting)) is ignored", at: offset)
                }
            }
            offset = end + 1
        }
        return placement == CaptionPlacement() ? nil : placement
    }

    /// Applies a setting such as `line:10%,start`; returns `false` if it is not known.
    private static func set(_ setting: String, of placement: inout CaptionPlacement) -> Bool {
        guard let colon = setting.firstIndex(of: ":") else { return false }
        let value = setting[setting.index(after: colon)...]
        let parts = value.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return false }
        switch setting[..<colon] {
        case "vertical":
            guard let vertical = CaptionPlacement.Vertical(rawValue: String(value)) else { return false }
            placement.vertical = vertical
        case "line":
            if let percent = percent(parts[0]) {
                placement.line = .percent(percent)
            } else if let row = Int(parts[0]), abs(row) <= 1000 {
                placement.line = .row(row)
            } else {
                return false
            }
            if parts.count == 2 {
                guard let edge = CaptionPlacement.Edge(rawValue: String(parts[1])) else { return false }
                placement.lineEdge = edge
            }
        case "position":
            guard let percent = percent(parts[0]) else { return false }
            placement.position = percent
            if parts.count == 2 {
                let edges: [Substring: CaptionPlacement.Edge] = [
                    "line-left": .start, "center": .center, "line-right": .end, "start": .start, "middle": .center,
                    "end": .end,
                ]
                guard let edge = edges[parts[1]] else { return false }
                placement.positionEdge = edge
            }
        case "size":
            guard let percent = percent(value) else { return false }
            placement.size = percent
        case "align":
            // An older draft called the centre the middle.
            guard let alignment = CaptionPlacement.Alignment(rawValue: value == "middle" ? "center" : String(value))
            else { return false }
            placement.alignment = alignment
        default: return false
        }
        return true
    }

    private static func percent(_ text: Substring) -> Double? {
        guard text.hasSuffix("%"), let value = Double(text.dropLast()), (0...100).contains(value) else { return nil }
        return value
    }
}
