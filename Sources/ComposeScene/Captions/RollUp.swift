// SPDX-License-Identifier: Apache-2.0

/// Captions that roll up, as YouTube's automatic ones do in WebVTT: each line is shown twice, first below and then above.
///
/// Between two cues stands one of a hundredth of a second that repeats the line. Shown by anything but YouTube's player, or
/// made into other cues, every word would be there twice.
enum RollUp {
    /// Returns cues without the lines that the cue before has shown; `nil` if the captions do not roll up.
    static func flattened(_ cues: [Captions.Cue]) -> [Captions.Cue]? {
        let hasTimes = cues.contains { !$0.words.isEmpty }
        guard hasTimes, cues.count >= 4 else { return nil }
        let lines = cues.map(Self.lines(of:))
        let bridges = cues.indices.dropFirst().count { index in
            cues[index].words.isEmpty && cues[index].end - cues[index].start <= .milliseconds(100)
                && lines[index].isSubset(of: lines[index - 1])
        }
        guard bridges >= 2, bridges * 4 >= cues.count else { return nil }
        var flat: [Captions.Cue] = []
        for index in cues.indices {
            let shown = index > 0 ? lines[index - 1] : []
            if let cue = withoutFirstLines(cues[index], that: { $0.isEmpty || shown.contains($0) }) { flat.append(cue) }
        }
        return flat
    }

    private static func lines(of cue: Captions.Cue) -> Set<String> {
        Set(cue.text.split(separator: "\n").map { String($0).trimmed }.filter { !$0.isEmpty })
    }

    /// Returns a cue without its first lines as long as they are wrong, and without the empty ones at its end.
    private static func withoutFirstLines(_ cue: Captions.Cue, that isWrong: (String) -> Bool) -> Captions.Cue? {
        var lines = cue.text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        var offset = 0
        while let line = lines.first, isWrong(String(line).trimmed) {
            offset += line.utf8.count + 1
            lines.removeFirst()
        }
        guard !lines.isEmpty else { return nil }
        while let line = lines.last, String(line).trimmed.isEmpty { lines.removeLast() }
        let length = lines.joined(separator: "\n").utf8.count
        var kept = cue
        var looks = RunCursor(cue.runs)
        looks.skip(offset)
        kept.runs = looks.take(length)
        kept.words = []
        var place = 0
        for word in cue.words {
            let from = max(0, min(word.text.utf8.count, offset - place))
            let to = max(from, min(word.text.utf8.count, offset + length - place))
            place += word.text.utf8.count
            let piece = String(Substring(word.text.utf8.dropFirst(from).prefix(to - from)))
            if !piece.isEmpty { kept.words.append(CaptionWord(piece, start: word.start, end: word.end)) }
        }
        // All of YouTube's cues are at the left, where their lines roll.
        if kept.placement == CaptionPlacement(position: 0, alignment: .start) { kept.placement = nil }
        return kept
    }
}
