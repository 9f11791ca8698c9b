// SPDX-License-Identifier: Apache-2.0

/// The finding of a file's format: by its contents first, and by its name where they do not tell.
enum CaptionSniffing {
    static func format(of source: CaptionSource) throws(ComposeError) -> Captions.Format {
        if isJSON(source) { return .json }
        let start = firstInk(source)
        guard start < source.bytes.count else {
            throw source.failure("the file is empty; captions are read from SubRip, WebVTT, ASS and JSON", at: 0)
        }
        if isWebVTT(source, at: start) { return .webVTT }
        if let format = byLines(source, from: start) { return format == .srt ? named(source) ?? .srt : format }
        if let other = otherFormat(source, at: start) {
            throw source.failure("this is \(other), which is not read; convert it to SubRip or WebVTT", at: start)
        }
        if let format = named(source) { return format }
        throw source.failure(
            "captions are read from SubRip, WebVTT, ASS and JSON, and this is none of them; SubRip has times such as "
                + "00:00:01,000 --> 00:00:02,500 on lines of their own", at: start)
    }

    /// The format of the file's name, if it is one of those that are found by their lines.
    private static func named(_ source: CaptionSource) -> Captions.Format? {
        let format = Captions.Format(path: source.name)
        return format == .srt || format == .webVTT || format == .ass ? format : nil
    }

    /// Returns whether the file is JSON: an object, or an array of values.
    static func isJSON(_ source: CaptionSource) -> Bool {
        let start = firstInk(source)
        guard start < source.bytes.count else { return false }
        let next = firstInk(source, from: start + 1)
        let following = next < source.bytes.count ? source.bytes[next] : 0
        switch source.bytes[start] {
        case UInt8(ascii: "{"):
            return following == 0 || following == UInt8(ascii: "\"") || following == UInt8(ascii: "}")
                || following == UInt8(ascii: "'")
        case UInt8(ascii: "["):
            return following == UInt8(ascii: "{") || following == UInt8(ascii: "[") || following == UInt8(ascii: "]")
        default: return false
        }
    }

    /// Returns the offset of the first byte that is no space.
    private static func firstInk(_ source: CaptionSource, from offset: Int = 0) -> Int {
        var offset = offset
        while offset < source.bytes.count, source.bytes[offset].isSpace { offset += 1 }
        return offset
    }

    static func isWebVTT(_ source: CaptionSource, at start: Int) -> Bool {
        guard source.has("WEBVTT", at: start) else { return false }
        return start + 6 == source.bytes.count || source.bytes[start + 6].isSpace
    }

    /// Returns the format that a line of the beginning belongs to.
    private static func byLines(_ source: CaptionSource, from start: Int) -> Captions.Format? {
        var offset = start
        var lines = 0
        while offset < source.bytes.count, lines < 1000 {
            let (line, next) = source.line(at: offset)
            let ink = source.trimmed(line)
            offset = next
            if ink.isEmpty { continue }
            lines += 1
            let first = ink.lowerBound
            if source.has("[Script Info]", at: first, ignoringCase: true)
                || source.has("[V4", at: first, ignoringCase: true)
                || source.has("[Events]", at: first, ignoringCase: true) || source.has("Dialogue:", at: first)
            {
                return .ass
            }
            if source.bytes[first].isDigit || source.bytes[first] == UInt8(ascii: "-"),
                source.find("-->", in: ink) != nil
            {
                return .srt
            }
        }
        return nil
    }

    /// Returns the name of another known format.
    private static func otherFormat(_ source: CaptionSource, at start: Int) -> String? {
        let beginning = source.text(start..<min(source.bytes.count, start + 1000)).lowercased()
        if beginning.hasPrefix("<sami") { return "SAMI" }
        if beginning.hasPrefix("<"), beginning.contains("<tt") { return "TTML" }
        if beginning.hasPrefix("<!doctype html") || beginning.hasPrefix("<html") { return "a web page" }
        if beginning.hasPrefix("<?xml") { return "XML" }
        if beginning.hasPrefix("scenarist_scc") { return "SCC" }
        if beginning.hasPrefix("%pdf") { return "PDF" }
        guard let first = beginning.unicodeScalars.first else { return nil }
        let second = beginning.unicodeScalars.dropFirst().first?.properties.numericType != nil
        if first == "{", second { return "MicroDVD" }
        if first == "[", second || beginning.hasPrefix("[ar:") || beginning.hasPrefix("[ti:") {
            return "a list of lyrics (LRC)"
        }
        return nil
    }
}
