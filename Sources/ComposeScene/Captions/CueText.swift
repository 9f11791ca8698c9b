// SPDX-License-Identifier: Apache-2.0

/// The text of a cue while it is read: runs of one appearance, and the times at which parts of it begin.
struct CueText {
    private(set) var runs: [CaptionRun] = []
    /// The number of bytes so far.
    private(set) var length = 0
    /// The times that were found in the text, each with the length of the text before it.
    private(set) var marks: [(offset: Int, time: Int64)] = []
    private var style = CaptionRun("")
    private var pending: [UInt8] = []

    /// How the text that follows looks.
    var look: CaptionRun {
        get { style }
        set {
            if newValue.looks(like: style) { return }
            flush()
            style = newValue.with("")
        }
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        pending.append(contentsOf: bytes)
        length += bytes.count
    }

    mutating func append(_ byte: UInt8) {
        pending.append(byte)
        length += 1
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        for byte in String(scalar).utf8 { append(byte) }
    }

    /// Says that what follows begins at a time.
    mutating func mark(_ time: Int64) { marks.append((length, time)) }

    private mutating func flush() {
        guard !pending.isEmpty else { return }
        runs.add(String(decoding: pending, as: UTF8.self), like: style)
        pending.removeAll(keepingCapacity: true)
    }

    mutating func finish() { flush() }

    /// Whether there is nothing to be seen.
    var isBlank: Bool { !runs.contains { $0.text.hasInk } }

    /// Returns the words between the marks of finished text; none if there are no marks.
    ///
    /// Spaces at the end of a word go to the front of the next one. Text before the first mark begins with the cue.
    func words(from start: Int64, to end: Int64) -> [CaptionWord] {
        if marks.isEmpty { return [] }
        let text = Array(runs.map(\.text).joined().utf8)
        let edges = [(offset: 0, time: start)] + marks + [(offset: text.count, time: end)]
        var words: [CaptionWord] = []
        var (first, last) = (0, start)
        for index in 0..<(edges.count - 1) {
            let (from, to) = (max(last, min(end, edges[index].time)), edges[index + 1].offset)
            last = from
            let visible = text[edges[index].offset..<to].lastIndex { !$0.isSpace }
            guard let visible else { continue }
            let stop = index == edges.count - 2 ? text.count : visible + 1
            let until = max(from, min(end, edges[index + 1].time))
            words.append(
                CaptionWord(
                    String(decoding: text[first..<stop], as: UTF8.self), start: .microseconds(from),
                    end: .microseconds(until)))
            first = stop
        }
        if first < text.count, let final = words.indices.last {
            words[final].text += String(decoding: text[first...], as: UTF8.self)
        }
        return words
    }
}

extension UInt8 {
    /// Whether the byte is a space, a tab or a line break.
    var isSpace: Bool { isBlank || self == 0x0A || self == 0x0D }
}
