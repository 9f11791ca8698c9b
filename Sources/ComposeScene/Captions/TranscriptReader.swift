// SPDX-License-Identifier: Apache-2.0

/// A reader of the results of speech recognisers, which are JSON of several shapes.
///
/// - `segments`, each with `start`, `end`, `text` and maybe `words`: openai-whisper, WhisperX, what people write of
///   faster-whisper, and what ``Captions/written(as:)`` writes. They may be the whole file, as an array.
/// - `segments` and `words` beside each other: OpenAI's API.
/// - `transcription` with `offsets` and `tokens`: whisper.cpp.
/// - `words` or `chunks` alone, from which cues are made by ``CaptionGrouping/subtitles``.
struct TranscriptReader {
    private var source: CaptionSource
    private let json: CaptionJSON
    private var collector = CueCollector()
    /// The number of words and of segments without words so far.
    private var words = 0

    private static let word = "a word with \"text\", \"start\" and \"end\""

    static func read(_ source: inout CaptionSource) throws(ComposeError) -> Captions {
        var reader = TranscriptReader(source: source, json: try CaptionJSON(source))
        let captions = try reader.captions()
        source = reader.source
        return captions
    }

    private init(source: CaptionSource, json: CaptionJSON) {
        self.source = source
        self.json = json
    }

    private mutating func captions() throws(ComposeError) -> Captions {
        var root = json.documents[0]
        if json.documents.count > 1 {
            try list(json.documents)
        } else if json.isArray(root) {
            let items = json.items(root)
            if items.count == 1, json.isObject(items[0]), json.member(["segments", "words"], of: items[0]) != nil,
                json.member("start", of: items[0]) == nil
            {
                root = items[0]
                try object(root)
            } else {
                try list(items)
            }
        } else if json.isObject(root) {
            // Services put the recogniser's result into a member of their own.
            if let inner = json.member(["output", "result"], of: root), json.member("segments", of: inner) != nil {
                root = inner
            }
            try object(root)
        } else {
            throw source.failure("expected an object or an array of captions", at: json.offset(of: root))
        }
        var language: String?
        let result = json.member("result", of: root) ?? root
        if let member = json.member(["language", "detected_language"], of: root) ?? json.member("language", of: result)
        {
            language = try json.string(member).flatMap { CaptionLanguage.tag($0) }
        }
        return Captions(cues: collector.finish(&source), language: language)
    }

    private mutating func object(_ root: Int) throws(ComposeError) {
        let words = json.member(["words", "word_segments"], of: root).map { json.items($0) } ?? []
        if let transcription = json.member("transcription", of: root), json.isArray(transcription) {
            return try list(json.items(transcription))
        }
        if let segments = json.member("segments", of: root), json.isArray(segments) {
            let items = json.items(segments)
            if !items.isEmpty, !words.isEmpty,
                !items.contains(where: { json.member(["words", "tokens"], of: $0).map(json.holdsObjects) == true })
            {
                return try share(words, among: items)
            }
            if !items.isEmpty || words.isEmpty { return try list(items, areSegments: true) }
        }
        if !words.isEmpty { return try addWords(entries(words, Self.word)) }
        if let chunks = json.member("chunks", of: root), json.isArray(chunks) { return try list(json.items(chunks)) }
        if json.member(["words", "word_segments"], of: root) != nil { return }
        guard let member = json.member("text", of: root), let text = try json.string(member) else {
            throw source.failure(
                "there are no captions in this JSON; it needs \"segments\" or \"words\" with \"start\" and \"end\"",
                at: json.offset(of: root))
        }
        guard let duration = json.member("duration", of: root), let end = try json.seconds(duration) else {
            throw source.failure(
                "this result has a text but no times; ask the recogniser for segments or words, "
                    + "which OpenAI's API gives as verbose_json", at: json.offset(of: member))
        }
        let entry = TranscriptEntry(text: text, start: 0, end: end, offset: json.offset(of: member))
        source.warn("the text has no times within it; it is shown as one cue", at: entry.offset)
        try add(entry)
    }

    /// Returns the segments or words of a list.
    private mutating func entries(_ items: [Int], _ expected: String) throws(ComposeError) -> [TranscriptEntry] {
        var entries: [TranscriptEntry] = []
        for item in items {
            guard let entry = try json.entry(item) else {
                throw source.failure("expected \(expected)", at: json.offset(of: item))
            }
            words += max(1, entry.words.count)
            guard words <= Captions.mostWords else { throw json.tooManyWords(at: item) }
            entries.append(entry)
        }
        return entries
    }

    /// Adds the values of a list, which are segments or words.
    private mutating func list(_ items: [Int], areSegments: Bool = false) throws(ComposeError) {
        let entries = try entries(items, "a segment with \"start\", \"end\" and \"text\"")
        if !areSegments, TranscriptEntry.areWords(entries) { return try addWords(entries) }
        for entry in entries { try add(entry) }
    }

    /// Shares words that stand beside segments among them, by their texts.
    private mutating func share(_ words: [Int], among segments: [Int]) throws(ComposeError) {
        var rest = try entries(words, Self.word)[...]
        for var entry in try entries(segments, "a segment with \"start\", \"end\" and \"text\"") {
            let count = WordAlignment.count(of: rest, in: entry)
            entry.words = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            try add(entry)
        }
        if !rest.isEmpty { try addWords(Array(rest)) }
    }

    /// Adds words without segments, as cues of the usual size.
    private mutating func addWords(_ entries: [TranscriptEntry]) throws(ComposeError) {
        let whole = TranscriptEntry(words: entries, offset: entries.first?.offset ?? 0)
        let cues = try whole.cues(&source)
        for cue in Captions(cues: cues).grouped(by: .subtitles).cues { try collect(cue, at: whole.offset) }
    }

    private mutating func add(_ entry: TranscriptEntry) throws(ComposeError) {
        for cue in try entry.cues(&source) { try collect(cue, at: entry.offset) }
    }

    private mutating func collect(_ cue: Captions.Cue, at offset: Int) throws(ComposeError) {
        guard cue.text.utf8.count <= Captions.longestText else {
            throw source.failure(
                "the text of this cue is longer than \(Captions.longestText >> 10) KiB; split it into several cues",
                at: offset)
        }
        guard cue.end > cue.start else {
            return source.warn("a cue that does not end after its start was left out", at: offset)
        }
        try collector.add(cue, at: offset, &source)
    }
}

extension CaptionJSON {
    /// Returns whether a value is an array of objects or arrays.
    func holdsObjects(_ value: Int) -> Bool { items(value).first.map { isObject($0) || isArray($0) } ?? false }
}
