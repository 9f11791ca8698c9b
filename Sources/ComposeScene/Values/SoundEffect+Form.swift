// SPDX-License-Identifier: Apache-2.0

/// A kind of effect: its `type`, and how it is read into an effect and out of one.
private struct EffectForm: Sendable {
    let name: String
    let read: @Sendable ([JSONNode.Member], JSONNode, DocumentReader) -> SoundEffect
    /// Returns the fields of an effect of this kind; `nil` if it is of another one.
    let write: @Sendable (SoundEffect) -> [JSONNode.Member]?
    /// Checks an effect of this kind.
    let check: @Sendable (SoundEffect, inout ValueReport) -> Void
    let schema: @Sendable () -> Schema

    init<Value: Sendable>(
        _ form: ObjectForm<Value>, make: @escaping @Sendable (Value) -> SoundEffect,
        value: @escaping @Sendable (SoundEffect) -> Value?
    ) {
        let name = form.name
        self.name = name
        read = { members, object, reader in make(form.read(members, of: object, reader, known: ["type"])) }
        write = { value($0).map(form.write) }
        check = { effect, report in if let value = value(effect) { form.check(value, &report) } }
        schema = {
            form.schema(leading: [
                FieldDescription(
                    name: "type", about: form.about, kind: "`\"\(name)\"`", isRequired: true, usual: nil, unset: "",
                    schema: Schema(["const": .string(name)]))
            ])
        }
    }
}

extension SoundEffect {
    private static let frequencies = 10.0...20_000.0

    private static func pass(_ name: String, _ about: String) -> ObjectForm<PassFilter> {
        ObjectForm(
            name, about, usual: PassFilter(frequency: 0),
            [
                .required(
                    "frequency", \.frequency, .number(frequencies), "Where the level is 3 dB lower, in Hz."),
                .optional(
                    "slope", \.slope,
                    .integer(6...12, "decibels an octave").checked { slope, report in
                        if slope > 6, slope < 12 { report.add("\(slope) is between the slopes there are; use 6 or 12") }
                    }, "How steep it is, in decibels an octave: 6 or 12."),
            ])
    }

    private static let forms: [EffectForm] = [
        EffectForm(
            pass("highPass", "Leaves out what is below a frequency."), make: { .highPass($0) },
            value: { if case .highPass(let filter) = $0 { filter } else { nil } }),
        EffectForm(
            pass("lowPass", "Leaves out what is above a frequency."), make: { .lowPass($0) },
            value: { if case .lowPass(let filter) = $0 { filter } else { nil } }),
        EffectForm(
            ObjectForm(
                "equalizer", "Makes some frequencies louder or quieter.", usual: EqualizerBand(frequency: 0, gain: 0),
                [
                    .required("frequency", \.frequency, .number(frequencies), "The middle or the edge, in Hz."),
                    .required("gain", \.gain, .number(-40...40), "The change of the level, in decibels."),
                    .optional("q", \.q, .number(0.1...20), "The frequency divided by the width."),
                    .optional(
                        "shape", \.shape, .word("shape"), "What it changes: around, below or above the frequency."),
                ]), make: { .equalizer($0) }, value: { if case .equalizer(let band) = $0 { band } else { nil } }),
        EffectForm(
            ObjectForm(
                "compressor", "Turns down what is loud.", usual: Compressor(),
                [
                    .optional(
                        "threshold", \.threshold, .number(-60...0), "The level from which it turns down, in dBFS."),
                    .optional("ratio", \.ratio, .number(1...20), "How much more the input rises than the output."),
                    .optional("attack", \.attack, .length(0.0001...2), "How long it takes to turn down."),
                    .optional("release", \.release, .length(0.001...2), "How long it takes to turn up again."),
                    .optional("knee", \.knee, .number(0...18), "The width of the bend at the threshold, in decibels."),
                    .optional("makeup", \.makeup, .number(0...30), "What is added afterwards, in decibels."),
                ]), make: { .compressor($0) }, value: { if case .compressor(let value) = $0 { value } else { nil } }),
        EffectForm(
            ObjectForm(
                "gate", "Turns down what is quiet.", usual: Gate(),
                [
                    .optional(
                        "threshold", \.threshold, .number(-80...0), "The level below which it turns down, in dBFS."),
                    .optional("range", \.range, .number(-80...0), "The most that it turns down, in decibels."),
                    .optional("attack", \.attack, .length(0.0001...2), "How long it takes to open."),
                    .optional("release", \.release, .length(0.001...2), "How long it takes to close."),
                ]), make: { .gate($0) }, value: { if case .gate(let value) = $0 { value } else { nil } }),
        EffectForm(
            ObjectForm(
                "noiseReduction", "Takes away steady noise.", usual: NoiseReduction(),
                [
                    .optional("amount", \.amount, .number(1...40), "By how much noise becomes quieter, in decibels."),
                    .optional("floor", \.floor, .number(-80 ... -20), "The level of the noise, in dBFS."),
                ]), make: { .noiseReduction($0) },
            value: { if case .noiseReduction(let value) = $0 { value } else { nil } }),
        EffectForm(
            ObjectForm(
                "reverb", "Adds the echoes of a room.", usual: Reverb(),
                [
                    .optional("decay", \.decay, .length(0.1...10), "How long they take to become 60 dB quieter."),
                    .optional(
                        "level", \.level, .number(-60...6), "Their level beside the sound, in decibels."),
                    .optional("preDelay", \.preDelay, .length(0...0.5), "How long after the sound they begin."),
                    .optional(
                        "damping", \.damping, .number(0...1),
                        "How much sooner high frequencies end, from 0, as low ones, to 1."),
                ]), make: { .reverb($0) }, value: { if case .reverb(let value) = $0 { value } else { nil } }),
    ]

    static let form: Form<SoundEffect> = {
        let byName = Dictionary(uniqueKeysWithValues: forms.map { ($0.name, $0) })
        let type = Form<EffectForm>.word("sound effect", forms.map(\.name), make: { byName[$0] }, name: \.name)
        let expected = "an effect {\"type\", …}"
        return Form(
            expected: expected, kind: "effect", schema: { .any(forms.map { $0.schema() }, keyword: "oneOf") },
            read: { node, reader in
                guard case .object(let members) = node.value else {
                    reader.mismatch(node, expected)
                    return nil
                }
                return reader.inside(.field("type")) { () -> EffectForm? in
                    if let name = ObjectMembers(object: node, members: members)["type"] {
                        return type.read(name, reader)
                    }
                    reader.refuse(node, "missing; expected \(type.expected)")
                    return nil
                }?.read(members, node, reader)
            },
            write: { effect in
                for form in forms {
                    guard let members = form.write(effect) else { continue }
                    let type = JSONNode.Member(name: "type", value: .string(form.name))
                    return JSONNode(value: .object([type] + members))
                }
                preconditionFailure("an effect has no form")
            },
            check: { effect, report in for form in forms { form.check(effect, &report) } })
    }()

    /// The form of the effects of a sound, a track or the master, in the order in which they are applied.
    static let list: Form<[SoundEffect]> = .list("an array of effects", of: form, most: 16).checked { effects, report in
        if effects.count > 16 { report.add("there are \(effects.count); use at most 16") }
    }
}
