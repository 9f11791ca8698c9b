// SPDX-License-Identifier: Apache-2.0

/// The cues of a file while it is read, with the rules that all formats share.
///
/// Cues that no player shows are left out with a warning: those that end where or before they start, those that end
/// before the file begins, and those without text. Cues out of order are sorted by their start times.
struct CueCollector {
    private var cues: [Captions.Cue] = []
    private var isOrdered = true
    private var unordered = 0

    /// Adds a cue that was found at an offset.
    mutating func add(
        _ text: consuming CueText, from start: Int64, to end: Int64, at offset: Int, _ source: inout CaptionSource,
        _ change: (inout Captions.Cue) -> Void = { _ in }
    ) throws(ComposeError) {
        text.finish()
        var start = start
        guard text.length <= Captions.longestText else {
            throw source.failure(
                "the text of this cue is longer than \(Captions.longestText >> 10) KiB; split it into several cues",
                at: offset)
        }
        if end <= start {
            let what = end < start ? "ends before it starts" : "ends where it starts"
            return source.warn("a cue that \(what) was left out", at: offset)
        }
        if end <= 0 { return source.warn("a cue before the time 0 was left out", at: offset) }
        if text.isBlank { return source.warn("a cue without text was left out", at: offset) }
        if start < 0 {
            source.warn("a cue that starts before the time 0 starts there now", at: offset)
            start = 0
        }
        var cue = Captions.Cue(
            start: .microseconds(start), end: .microseconds(end), runs: text.runs,
            words: text.words(from: start, to: end))
        change(&cue)
        try add(cue, at: offset, &source)
    }

    /// Adds a cue that is known to be whole.
    mutating func add(_ cue: Captions.Cue, at offset: Int, _ source: inout CaptionSource) throws(ComposeError) {
        guard cues.count < Captions.mostCues else {
            throw source.failure("the file has more than \(Captions.mostCues) cues; split it into several", at: offset)
        }
        if let last = cues.last, cue.start < last.start, isOrdered {
            isOrdered = false
            unordered = offset
        }
        cues.append(cue)
    }

    /// Returns the cues in order.
    mutating func finish(_ source: inout CaptionSource) -> [Captions.Cue] {
        if cues.isEmpty { source.warn("there are no captions in the file", at: 0) }
        if isOrdered { return cues }
        source.warn("cues are not ordered by their start times; they were sorted", at: unordered)
        return cues.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    }
}
