// SPDX-License-Identifier: Apache-2.0

/// A piece of a cue's text while it is written: a run, or a part of one, and the times that are said before it.
struct MarkedText {
    /// The times at which a word ends or begins where the piece begins, in units of the format.
    var times: [Int64] = []
    var run: CaptionRun

    /// Returns a cue's text in pieces, with the times of its words if it has any, and the time after the text.
    ///
    /// A time is said where a word begins, and where a word ends before the next one begins. The times lie between the
    /// cue's, and do not go backwards, however they are rounded.
    static func pieces(of cue: Captions.Cue, unit: Int64) -> (pieces: [MarkedText], end: Int64?) {
        guard cue.hasWords else { return (cue.runs.map { MarkedText(run: $0) }, nil) }
        let (first, last) = CaptionTime.span(of: cue, unit: unit)
        var pieces: [MarkedText] = []
        var cursor = RunCursor(cue.runs)
        var now = first
        for (index, word) in cue.words.enumerated() {
            let start = min(last, max(now, CaptionTime.units(word.start, of: unit)))
            var times = index > 0 ? [now] : []
            if start > now || index == 0 { times.append(start) }
            for run in cursor.take(word.text.utf8.count) {
                pieces.append(MarkedText(times: times, run: run))
                times = []
            }
            now = min(last, max(start, CaptionTime.units(word.end, of: unit)))
        }
        return (pieces, now)
    }
}

extension CaptionTime {
    /// Returns a cue's times in whole units of a format; the end is after the start, whatever they are rounded to.
    static func span(of cue: Captions.Cue, unit: Int64) -> (start: Int64, end: Int64) {
        let start = min(units(cue.start, of: unit), longest / unit - 1)
        return (start, max(start + 1, units(cue.end, of: unit)))
    }
}

/// Takes pieces of text with their looks from runs, from the front.
struct RunCursor {
    private let runs: [CaptionRun]
    private var index = 0
    private var rest: Substring.UTF8View

    init(_ runs: [CaptionRun]) {
        self.runs = runs
        rest = (runs.first?.text ?? "")[...].utf8
    }

    mutating func skip(_ count: Int) { _ = take(count) }

    /// Returns the next so many bytes.
    mutating func take(_ count: Int) -> [CaptionRun] {
        var (count, taken) = (count, [CaptionRun]())
        while count > 0, index < runs.count {
            let part = rest.prefix(count)
            let width = part.count
            if width > 0 { taken.add(String(Substring(part)), like: runs[index]) }
            count -= width
            rest = rest.dropFirst(width)
            if rest.isEmpty {
                index += 1
                if index < runs.count { rest = runs[index].text[...].utf8 }
            }
        }
        return taken
    }
}

/// The lines of a cue's text while they are written, which must not be empty and must not be taken for something else.
///
/// A line that would be begins with U+2060, which is not seen; readers of ours remove it.
struct MarkedLines {
    private(set) var text = ""
    private var line = ""

    static let joiner: Unicode.Scalar = "\u{2060}"

    /// Adds markup, which holds no line break.
    mutating func add(markup: String) { line += markup }

    /// Adds text without line breaks.
    mutating func add(_ text: String) { line += text }

    mutating func add(_ scalar: Unicode.Scalar) { line.unicodeScalars.append(scalar) }

    mutating func breakLine(_ isConfusing: (String) -> Bool) {
        finishLine(isConfusing)
        text += "\n"
    }

    mutating func finishLine(_ isConfusing: (String) -> Bool) {
        let isBlank = line.utf8.allSatisfy(\.isSpace)
        if isBlank || line.unicodeScalars.first == Self.joiner || isConfusing(line) {
            text.unicodeScalars.append(Self.joiner)
        }
        text += line
        line = ""
    }

    /// Returns a text with LF for line breaks, and without control characters, which mean nothing in captions.
    static func plain(_ text: String) -> String {
        let hasOther = text.utf8.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F }
        guard hasOther else { return text }
        let lines = CaptionJSON.withLineFeeds(text)
        var plain = String.UnicodeScalarView()
        plain.append(
            contentsOf: lines.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" || $0 == "\t" }
        )
        return String(plain)
    }
}

extension String {
    /// Whether the text holds the arrow that stands between times, with or without marks on it.
    var hasArrow: Bool {
        var last: (UInt8, UInt8) = (0, 0)
        for byte in utf8 {
            if byte == UInt8(ascii: ">"), last == (UInt8(ascii: "-"), UInt8(ascii: "-")) { return true }
            last = (last.1, byte)
        }
        return false
    }
}

extension Captions.Cue {
    /// Whether there is something to be seen; readers leave out cues without it.
    var isVisible: Bool { runs.contains { $0.text.hasInk } }
}
