// SPDX-License-Identifier: Apache-2.0

/// The loudness that a timeline's sound is brought to, by EBU R 128.
///
/// The whole sound has one gain, and peaks that would be above the true peak are turned down. A value type; safe to share
/// between threads.
public struct Loudness: Sendable, Hashable {
    /// The integrated loudness in LUFS, −50…−5; `nil` leaves the sound as it is mixed.
    public var target: Double?
    /// The highest true peak in dBTP, −20…0, which the encoded sound keeps too.
    public var truePeak: Double

    /// Creates a loudness.
    public init(target: Double?, truePeak: Double = -1) {
        self.target = target
        self.truePeak = truePeak
    }

    /// −14 LUFS and −1 dBTP, as streaming services play music and videos.
    public static let streaming = Loudness(target: -14)
    /// −16 LUFS and −1 dBTP, as podcasts are made.
    public static let podcast = Loudness(target: -16)
    /// −23 LUFS and −1 dBTP, as EBU R 128 says.
    public static let broadcast = Loudness(target: -23)
    /// The sound as it is mixed.
    public static let none = Loudness(target: nil)

    private static let presets: [(name: String, value: Loudness)] = [
        ("streaming", streaming), ("podcast", podcast), ("broadcast", broadcast), ("none", none),
    ]

    static let form: Form<Loudness> = {
        let object = ObjectForm(
            "loudness", "The loudness and the highest true peak.", usual: Loudness(target: nil),
            [
                .required("target", \.target, .number(-50 ... -5), "The integrated loudness in LUFS."),
                .optional(
                    "truePeak", \.truePeak, .number(-20...0), "The highest true peak in dBTP, after the codec too."),
            ])
        let names = presets.map(\.name)
        let word = Form<Loudness>.word(
            "loudness", names, make: { name in presets.first { $0.name == name }?.value },
            name: { value in presets.first { $0.value == value }?.name ?? "" })
        return Form(
            expected: "\(word.expected), or {\"target\", \"truePeak\"}", kind: "\(word.kind), or object *loudness*",
            schema: { .any([word.schema(), object.form.schema()]) },
            read: { node, reader in
                if case .string = node.value { return word.read(node, reader) }
                return object.form.read(node, reader)
            },
            write: { value in
                presets.contains { $0.value == value } ? word.write(value) : object.form.write(value)
            },
            check: { value, report in
                if value.target != nil { object.form.check?(value, &report) }
            })
    }()
}
