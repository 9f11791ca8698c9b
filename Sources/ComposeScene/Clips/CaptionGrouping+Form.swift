// SPDX-License-Identifier: Apache-2.0

extension CaptionGrouping {
    /// The groupings with a name, which documents may write in the place of an object.
    private static let named: [(name: String, grouping: CaptionGrouping)] = [
        ("subtitles", .subtitles), ("phrases", .phrases), ("words", .words),
    ]

    private static let object = ObjectForm(
        "captionGrouping", "How words are put together into cues.", usual: CaptionGrouping(),
        [
            .optional("words", \.mostWords, .integer(1...1000), unset: "no limit", "The most words of a cue."),
            .optional(
                "characters", \.lineCharacters, .integer(1...10_000), "The most characters of a line."),
            .optional("lines", \.mostLines, .integer(1...10), "The most lines of a cue."),
            .optional("pause", \.lastingPause, .time, "The shortest silence that ends a cue."),
            .optional("punctuation", \.punctuation, .text, "The characters after which a cue ends."),
            .optional("shortest", \.shortest, .time, "How long a cue lasts at least, if the next one leaves the time."),
            .optional("longest", \.lastingLongest, .time, "How long a cue lasts at most."),
            .optional("closedGap", \.closedGap, .time, "The longest gap that a cue is extended over."),
        ])

    static let form: Form<CaptionGrouping> = {
        let words = named.map(\.name)
        let expected = "\(words.map { "\"\($0)\"" }.joined(separator: ", ")) or \(object.expected)"
        let word = Form<CaptionGrouping>.word(
            "grouping", words, make: { name in named.first { $0.name == name }?.grouping },
            name: { grouping in named.first { $0.grouping == grouping }?.name ?? "" })
        return Form(
            expected: expected, kind: "`subtitles`, `phrases`, `words`, or object *captionGrouping*",
            schema: { .any([word.schema(), object.schema()]) },
            read: { node, reader in
                if case .string = node.value { return word.read(node, reader) }
                if case .object = node.value { return object.form.read(node, reader) }
                reader.mismatch(node, expected)
                return nil
            },
            write: { grouping in
                named.contains { $0.grouping == grouping } ? word.write(grouping) : object.form.write(grouping)
            },
            check: { object.check($0, &$1) })
    }()

    // Documents say no limit by a large number.

    private var lineCharacters: Int {
        get { mostCharacters ?? 10_000 }
        set { mostCharacters = newValue == 10_000 ? nil : newValue }
    }
    private var lastingPause: Duration {
        get { pause ?? ValueReport.longest }
        set { pause = newValue >= ValueReport.longest ? nil : newValue }
    }
    private var lastingLongest: Duration {
        get { longest ?? ValueReport.longest }
        set { longest = newValue >= ValueReport.longest ? nil : newValue }
    }
}
