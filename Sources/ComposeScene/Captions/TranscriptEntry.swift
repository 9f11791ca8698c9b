// SPDX-License-Identifier: Apache-2.0

/// A segment or a word as a recogniser wrote it.
struct TranscriptEntry {
    var text: String?
    /// When it begins and ends in microseconds; `nil` if the recogniser does not know.
    var start, end: Int64?
    var speaker: String?
    var id: String?
    var language: String?
    var words: [TranscriptEntry] = []
    var offset = 0

    /// Returns whether entries that may be segments are words: short, and almost all without spaces within.
    static func areWords(_ entries: [TranscriptEntry]) -> Bool {
        guard entries.count > 1, entries.allSatisfy({ $0.words.isEmpty }) else { return false }
        var (single, length) = (0, 0)
        for entry in entries {
            let text = (entry.text ?? "").trimmed
            length += text.unicodeScalars.count
            if !text.unicodeScalars.contains(where: \.properties.isWhitespace) { single += 1 }
        }
        return single * 10 >= entries.count * 9 && length <= entries.count * 10
    }

    /// Returns the cues of a segment: one, or one for each turn if several people speak.
    func cues(_ source: inout CaptionSource) throws(ComposeError) -> [Captions.Cue] {
        let words = timed()
        guard !words.isEmpty else { return plainCue(&source) }
        let text = text?.trimmed ?? ""
        let pieces = WordAlignment.withSpacesInFront(
            (text.isEmpty ? nil : WordAlignment.pieces(of: words, in: text)) ?? WordAlignment.joined(words))
        var cues: [Captions.Cue] = []
        var speaker = self.speaker ?? words.lazy.compactMap(\.speaker).first
        guard pieces.contains(where: \.hasInk) else { return plainCue(&source) }
        for (word, piece) in zip(words, pieces) where !piece.isEmpty {
            let turn = word.speaker ?? speaker
            let (from, to) = (word.start ?? 0, word.end ?? 0)
            let isTurn = turn != speaker
            speaker = turn
            if cues.isEmpty || isTurn {
                let text = cues.isEmpty ? piece : piece.trimmedStart
                cues.append(
                    Captions.Cue(
                        words: [CaptionWord(text, start: .microseconds(from), end: .microseconds(to))], speaker: turn))
            } else {
                cues[cues.count - 1].words.append(
                    CaptionWord(piece, start: .microseconds(from), end: .microseconds(to)))
            }
        }
        for index in cues.indices {
            let words = cues[index].words
            cues[index].runs = [CaptionRun(words.map(\.text).joined())]
            cues[index].end = words.last?.end ?? .zero
            cues[index].language = language
            cues[index].id = index == 0 ? id : nil
        }
        if let start, let first = cues.first, .microseconds(start) < first.start {
            cues[0].start = .microseconds(max(0, start))
        }
        if let end, let last = cues.last, .microseconds(end) > last.end {
            cues[cues.count - 1].end = .microseconds(end)
        }
        return cues
    }

    private func plainCue(_ source: inout CaptionSource) -> [Captions.Cue] {
        let text = (text ?? "").trimmed
        guard text.hasInk else {
            source.warn("a cue without text was left out", at: offset)
            return []
        }
        guard let start, let end else {
            source.warn("a cue without times was left out", at: offset)
            return []
        }
        var cue = Captions.Cue(
            start: .microseconds(max(0, start)), end: .microseconds(end), text: text, speaker: speaker)
        (cue.id, cue.language) = (id, language)
        return [cue]
    }

    /// Returns the words that have text, all with times, which do not go backwards.
    ///
    /// Words without times share what is between their neighbours, or up to the segment's ends, by their lengths.
    private func timed() -> [TranscriptEntry] {
        var words = words.filter { !($0.text ?? "").isEmpty }
        for index in words.indices {
            words[index].start = words[index].start.map { max(0, $0) }
            words[index].end = words[index].end.map { max(0, $0) }
        }
        var index = 0
        while index < words.count {
            if words[index].start != nil {
                index += 1
                continue
            }
            let first = index
            while index < words.count, words[index].start == nil { index += 1 }
            let next = index < words.count ? words[index].start : end
            let before = first > 0 ? words[first - 1].end ?? words[first - 1].start : start
            let from = before ?? next ?? 0
            let to = max(from, next ?? from)
            let lengths = words[first..<index].map { Int64(($0.text ?? "").unicodeScalars.count) }
            let sum = lengths.reduce(0, +)
            var passed: Int64 = 0
            for (word, length) in zip(first..<index, lengths) {
                words[word].start = from + (to - from) * passed / max(1, sum)
                passed += length
                words[word].end = from + (to - from) * passed / max(1, sum)
            }
        }
        var last: Int64 = 0
        for index in words.indices {
            last = max(last, words[index].start ?? last)
            words[index].start = last
        }
        for index in words.indices {
            let start = words[index].start ?? 0
            let next = index + 1 < words.count ? words[index + 1].start : nil
            let wanted = words[index].end ?? next ?? end ?? start
            words[index].end = max(start, min(wanted, next ?? .max))
        }
        return words
    }
}

extension String {
    /// Whether there is something to be seen.
    var hasInk: Bool {
        unicodeScalars.contains { !$0.properties.isWhitespace && $0 != MarkedLines.joiner }
    }

    /// The text without spaces and line breaks at its ends.
    var trimmed: String { trimmedStart.trimmedEnd }

    /// The text without spaces and line breaks at its start.
    var trimmedStart: String {
        guard let first = unicodeScalars.first, first.properties.isWhitespace else { return self }
        return String(unicodeScalars.drop { $0.properties.isWhitespace })
    }

    /// The text without spaces and line breaks at its end.
    var trimmedEnd: String {
        let scalars = unicodeScalars
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(scalars[...last])
    }
}
