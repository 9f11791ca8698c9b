// SPDX-License-Identifier: Apache-2.0

extension Captions {
    /// Returns captions whose cues are made anew out of the words of all cues.
    ///
    /// A cue ends before a pause and after punctuation, where the speaker, the style, the placement or the language changes,
    /// and where the next word would exceed one of the grouping's limits. Cues that are shown at the same time are not mixed.
    /// A piece without a space before it stays with the
    /// word before. Line breaks are made anew, so that a cue's lines are about as long as each other; the words keep their
    /// times and their looks. Cues without words are split as by ``withWords()``.
    public func grouped(by grouping: CaptionGrouping) -> Captions {
        var units: [Unit] = []
        for (index, cue) in cues.enumerated() { Unit.add(of: cue, index, to: &units) }
        var groups: [Range<Int>] = []
        var group = Group(grouping)
        for index in units.indices {
            let isApart = index > 0 && !units[index].belongs(with: units[index - 1], of: cues)
            if !group.isEmpty, isApart || !group.hasRoom(for: units[index]) {
                groups.append(group.first..<index)
                group = Group(grouping)
            }
            group.add(units[index], at: index)
        }
        if !group.isEmpty { groups.append(group.first..<units.count) }
        var captions = self
        // Cues that overlap are not mixed, so that those of one may begin after those of the next.
        captions.cues = groups.map { range in
            grouping.cue(of: units[range], like: cues[units[range.lowerBound].cue])
        }.enumerated().sorted {
            ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
        }.map(\.element)
        grouping.adjustTimes(of: &captions.cues)
        captions.cues.removeAll { $0.end <= $0.start }
        return captions
    }
}

/// A word and the pieces that stay with it.
private struct Unit {
    /// The index of the cue that the word is from.
    var cue: Int
    var words: [CaptionWord]
    /// The text with its looks, without the space before it.
    var runs: [CaptionRun]
    /// The number of characters, without the space before.
    var length: Int
    /// Whether there is a space before it.
    var hasSpace: Bool

    /// Adds the words of a cue.
    static func add(of cue: Captions.Cue, _ index: Int, to units: inout [Unit]) {
        let words = cue.hasWords ? cue.words : cue.estimatedWords()
        var looks = RunCursor(cue.runs)
        let first = units.count
        for word in words {
            let scalars = word.text.unicodeScalars
            let start = scalars.first ?? " "
            let space = scalars.prefix { $0.separatesWords }.count
            // Only the last word of a cue may have space behind it.
            let ink = String(scalars.dropFirst(space)).withoutTrailingSpace
            let before = scalars.prefix(space).reduce(0) { $0 + UTF8.width($1) }
            looks.skip(before)
            let runs = looks.take(ink.utf8.count)
            looks.skip(word.text.utf8.count - before - ink.utf8.count)
            if ink.isEmpty { continue }
            if units.count > first, let last = units.indices.last, space == 0, let end = units[last].lastScalar,
                !end.hasNoSpaces && !start.hasNoSpaces || start.properties.generalCategory.isClosing
            {
                units[last].words.append(CaptionWord(ink, start: word.start, end: word.end))
                for run in runs { units[last].runs.add(run.text, like: run) }
                units[last].length += ink.count
            } else {
                let bare = CaptionWord(ink, start: word.start, end: word.end)
                units.append(
                    Unit(
                        cue: index, words: [bare], runs: runs, length: ink.count,
                        hasSpace: space > 0 || units.count == first && units.last?.lastScalar?.hasNoSpaces != true))
            }
        }
    }

    private var lastScalar: Unicode.Scalar? { runs.last?.text.unicodeScalars.last }
    var start: Duration { words.first?.start ?? .zero }
    var end: Duration { words.last?.end ?? .zero }

    /// Returns whether a cue may hold both words.
    func belongs(with other: Unit, of cues: [Captions.Cue]) -> Bool {
        if cue == other.cue { return true }
        if start < other.start { return false }
        let (one, two) = (cues[cue], cues[other.cue])
        return one.speaker == two.speaker && one.style == two.style && one.placement == two.placement
            && one.language == two.language
    }

    /// Returns whether the text ends with one of the characters, behind which brackets and quotation marks may stand.
    func ends(with punctuation: String) -> Bool {
        guard let text = runs.last?.text else { return false }
        let last = text.unicodeScalars.reversed().first { scalar in
            let category = scalar.properties.generalCategory
            return category != .closePunctuation && category != .finalPunctuation && scalar != "\"" && scalar != "'"
        }
        return last.map { punctuation.unicodeScalars.contains($0) } ?? false
    }
}

/// A cue while words are added to it.
private struct Group {
    let grouping: CaptionGrouping
    private(set) var first = 0
    private var words = 0
    private var line = 0
    private var lines = 1
    private var start = Duration.zero
    private var end = Duration.zero
    private var isFinished = false

    init(_ grouping: CaptionGrouping) { self.grouping = grouping }

    var isEmpty: Bool { words == 0 }

    func hasRoom(for unit: Unit) -> Bool {
        if isFinished || words >= max(1, grouping.mostWords ?? .max) { return false }
        if let pause = grouping.pause, unit.start - end >= pause { return false }
        if let longest = grouping.longest, unit.end - start > longest { return false }
        let length = unit.length + (unit.hasSpace ? 1 : 0)
        return line + length <= mostCharacters || lines < max(1, grouping.mostLines)
    }

    private var mostCharacters: Int { max(1, grouping.mostCharacters ?? .max) }

    mutating func add(_ unit: Unit, at index: Int) {
        if isEmpty {
            (first, start, line) = (index, unit.start, unit.length)
        } else if line + unit.length + (unit.hasSpace ? 1 : 0) <= mostCharacters {
            line += unit.length + (unit.hasSpace ? 1 : 0)
        } else {
            (lines, line) = (lines + 1, unit.length)
        }
        words += 1
        end = unit.end
        isFinished = unit.ends(with: grouping.punctuation)
    }
}

extension CaptionGrouping {
    /// Returns the cue of words, with what the cue of the first one says.
    fileprivate func cue(of units: ArraySlice<Unit>, like model: Captions.Cue) -> Captions.Cue {
        let breaks = lineBreaks(units)
        var cue = model
        (cue.runs, cue.words, cue.id) = ([], [], nil)
        for (index, unit) in zip(units.indices, units) {
            var space = ""
            if index > units.startIndex { space = breaks.contains(index) ? "\n" : unit.hasSpace ? " " : "" }
            for (place, run) in unit.runs.enumerated() {
                // A space looks like what it is before, unless it stands between words of one look.
                cue.runs.add((place == 0 ? space : "") + run.text, like: run)
            }
            for (place, word) in unit.words.enumerated() {
                cue.words.append(CaptionWord((place == 0 ? space : "") + word.text, start: word.start, end: word.end))
            }
        }
        for index in cue.words.indices.dropLast() {
            // Words of cues that overlap may overlap.
            let next = max(cue.words[index].start, cue.words[index + 1].start)
            cue.words[index + 1].start = next
            cue.words[index + 1].end = max(next, cue.words[index + 1].end)
            cue.words[index].end = min(cue.words[index].end, next)
        }
        cue.start = cue.words.first?.start ?? model.start
        cue.end = cue.words.last?.end ?? model.end
        return cue
    }

    /// Returns the indices of the words that begin a line: as few lines as possible, and these as even as possible.
    private func lineBreaks(_ units: ArraySlice<Unit>) -> Set<Int> {
        guard let mostCharacters else { return [] }
        func wrapped(_ width: Int) -> [Int] {
            var (breaks, line) = ([Int](), 0)
            for (index, unit) in zip(units.indices, units) {
                let length = line + unit.length + (unit.hasSpace ? 1 : 0)
                if index == units.startIndex {
                    line = unit.length
                } else if length <= width {
                    line = length
                } else {
                    breaks.append(index)
                    line = unit.length
                }
            }
            return breaks
        }
        let greedy = wrapped(max(1, mostCharacters))
        if greedy.isEmpty { return [] }
        var (narrow, wide) = (0, max(1, mostCharacters))
        while wide - narrow > 1 {
            let middle = (narrow + wide) / 2
            if wrapped(middle).count > greedy.count { narrow = middle } else { wide = middle }
        }
        return Set(wrapped(wide))
    }

    /// Extends cues up to the shortest length, and over gaps that are to be closed.
    fileprivate func adjustTimes(of cues: inout [Captions.Cue]) {
        for index in cues.indices {
            let next = index + 1 < cues.count ? cues[index + 1].start : nil
            let last = Duration.seconds(24 * 3600)
            // Words that a recogniser gave no length still have to be seen.
            cues[index].end = max(cues[index].end, min(cues[index].start + .milliseconds(1), last))
            if cues[index].end - cues[index].start < shortest {
                cues[index].end = max(cues[index].end, min(cues[index].start + shortest, next ?? last))
            }
            if let next, next > cues[index].end, next - cues[index].end <= closedGap { cues[index].end = next }
        }
    }
}
