// SPDX-License-Identifier: Apache-2.0

/// A reader of SubRip, which no standard describes; it reads what players read.
///
/// A cue begins at a line with times. A line of digits before it is its number, which need not be there. Empty lines inside
/// a text are kept, because the text goes on until the next number and times.
struct SubRipReader {
    private var source: CaptionSource
    private var collector = CueCollector()
    private var hasIgnoredRest = false

    static func read(_ source: inout CaptionSource) throws(ComposeError) -> Captions {
        var reader = SubRipReader(source: source)
        let cues = try reader.cues()
        source = reader.source
        return Captions(cues: cues)
    }

    private init(source: CaptionSource) { self.source = source }

    /// The lines before the one being read, as far as they tell a number from text.
    private struct Before {
        /// Where the line before begins if it is a number.
        var number: Int?
        /// Whether the line before is empty, or there is none.
        var isEmpty = true
        /// Where a number between empty lines begins that only empty lines follow.
        var loneNumber: Int?
        /// Whether the line before the line before is empty, or there is none.
        var wasEmpty = true
    }

    private mutating func cues() throws(ComposeError) -> [Captions.Cue] {
        var open: (timing: CueTiming, start: Int, line: Int)?
        var before = Before()
        var offset = 0
        var junk: Int?
        while offset < source.bytes.count {
            let (line, next) = source.line(at: offset)
            let ink = source.trimmed(line)
            let isNumber = !ink.isEmpty && source.bytes[ink].allSatisfy(\.isDigit)
            let expected = before.number != nil && before.wasEmpty
            if !ink.isEmpty, let timing = try CueTiming.read(ink, isExpected: expected, source) {
                let end = before.number ?? before.loneNumber ?? offset
                if let open { try close(open.timing, open.start..<end, at: open.line) }
                open = (timing, next, offset)
                before = Before(isEmpty: false, wasEmpty: false)
                if !timing.rest.isEmpty, !hasIgnoredRest {
                    hasIgnoredRest = true
                    source.warn("what follows the times is ignored", at: timing.rest.lowerBound)
                }
            } else {
                if open == nil, !ink.isEmpty, !isNumber, junk == nil { junk = offset }
                var now = Before(isEmpty: ink.isEmpty, wasEmpty: before.isEmpty)
                if isNumber { now.number = offset }
                if ink.isEmpty {
                    now.loneNumber = before.number != nil && before.wasEmpty ? before.number : before.loneNumber
                }
                before = now
            }
            offset = next
        }
        if let open { try close(open.timing, open.start..<source.bytes.count, at: open.line) }
        if let junk, open != nil { source.warn("text before the first times is ignored", at: junk) }
        if open == nil, let junk {
            throw source.failure(
                "there are no times such as 00:00:01,000 --> 00:00:02,500; each cue needs a line of them", at: junk)
        }
        return collector.finish(&source)
    }

    /// Adds the cue of a text without the empty lines around it.
    private mutating func close(_ timing: CueTiming, _ range: Range<Int>, at line: Int) throws(ComposeError) {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end {
            let (first, next) = source.line(at: start)
            guard source.trimmed(first).isEmpty else { break }
            start = min(next, end)
        }
        if let last = source.bytes[start..<end].lastIndex(where: { !$0.isSpace }) {
            // Spaces at the end of the last line are kept, its break and the empty lines are not.
            let limit = end
            end = last + 1
            while end < limit, source.bytes[end].isBlank { end += 1 }
        } else {
            end = start
        }
        var text = SubRipText(source, start..<end)
        try text.read()
        source = text.source
        let placement = text.placement
        try collector.add(text.text, from: timing.start, to: timing.end, at: line, &source) { $0.placement = placement }
    }
}
