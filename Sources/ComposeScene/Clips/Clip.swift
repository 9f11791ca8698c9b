// SPDX-License-Identifier: Apache-2.0

/// An element of a track.
///
/// More kinds of clips may be added, so a `switch` over them needs a `default`. A value type; safe to share between
/// threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public indirect enum Clip: Sendable, Hashable {
    /// A still picture.
    case image(ImageClip)
    /// A video.
    case video(VideoClip)
    /// A box of one colour.
    case color(ColorClip)
    /// A box filled by a gradient.
    case gradient(GradientClip)
    /// A text.
    case text(TextClip)
    /// Captions.
    case captions(CaptionsClip)
    /// A number that runs.
    case counter(CounterClip)
    /// A bar that fills while time passes.
    case progress(ProgressClip)
    /// A timeline inside the timeline.
    case group(GroupClip)
    /// Clips in rows and columns.
    case grid(GridClip)
    /// Clips side by side, or above one another.
    case splitScreen(SplitScreenClip)
    /// A clip with a smaller one over a corner of it.
    case pictureInPicture(PictureInPictureClip)
    /// A stretch of the track without content.
    case gap(Gap)
    /// A sound.
    case audio(AudioClip)
    /// A transition from the previous clip to the next.
    case transition(Transition)
}

extension Clip {
    /// The clip's payload.
    ///
    /// This is the only place that distinguishes the kinds.
    package var kind: any ClipKind {
        switch self {
        case .image(let clip): clip
        case .video(let clip): clip
        case .color(let clip): clip
        case .gradient(let clip): clip
        case .text(let clip): clip
        case .captions(let clip): clip
        case .counter(let clip): clip
        case .progress(let clip): clip
        case .group(let clip): clip
        case .grid(let clip): clip
        case .splitScreen(let clip): clip
        case .pictureInPicture(let clip): clip
        case .gap(let clip): clip
        case .audio(let clip): clip
        case .transition(let clip): clip
        }
    }

    /// The forms of all kinds, in the order of the documentation.
    package static let forms = [
        ClipForm(ImageClip.self), ClipForm(VideoClip.self), ClipForm(ColorClip.self), ClipForm(GradientClip.self),
        ClipForm(TextClip.self), ClipForm(CaptionsClip.self), ClipForm(CounterClip.self), ClipForm(ProgressClip.self),
        ClipForm(GroupClip.self), ClipForm(GridClip.self), ClipForm(SplitScreenClip.self),
        ClipForm(PictureInPictureClip.self), ClipForm(Gap.self),
        ClipForm(AudioClip.self), ClipForm(Transition.self),
    ]
}

/// The document form of a kind of clip, with the kind erased.
package struct ClipForm: Sendable {
    /// The clip's `type`.
    let name: String
    let read: @Sendable ([JSONNode.Member], JSONNode, DocumentReader) -> Clip
    let schema: @Sendable () -> Schema

    init<Kind: ClipKind>(_: Kind.Type) {
        let form = Kind.form
        name = form.name
        read = { members, object, reader in form.read(members, of: object, reader, known: ["type"]).clip }
        schema = {
            let type = FieldDescription(
                name: "type", about: form.about, kind: "`\"\(form.name)\"`", isRequired: true, usual: nil, unset: "",
                schema: Schema(["const": .string(form.name)]))
            return form.schema(leading: [type])
        }
    }
}

extension Clip {
    package static let form: Form<Clip> = {
        let byName = Dictionary(uniqueKeysWithValues: forms.map { ($0.name, $0) })
        let type = Form<ClipForm>.word("clip type", forms.map(\.name), make: { byName[$0] }, name: \.name)
        let expected = "a clip {\"type\", …}"
        return Form(
            expected: expected, kind: "clip",
            schema: { .any(forms.map { $0.schema() }, keyword: "oneOf").named("clip") },
            read: { node, reader in
                guard case .object(let members) = node.value else {
                    reader.mismatch(node, expected)
                    return nil
                }
                // Which other fields are valid depends on the type.
                return reader.inside(.field("type")) { () -> ClipForm? in
                    if let name = ObjectMembers(object: node, members: members)["type"] {
                        return type.read(name, reader)
                    }
                    reader.refuse(node, "missing; expected \(type.expected)")
                    return nil
                }?.read(members, node, reader)
            },
            write: { write($0.kind) },
            check: { check($0.kind, &$1) },
            files: { clip, walk in
                let visited = files(clip.kind, &walk)
                if walk.replaces { clip = visited.clip }
            })
    }()

    private static func write<Kind: ClipKind>(_ clip: Kind) -> JSONNode {
        let type = JSONNode.Member(name: "type", value: .string(Kind.form.name))
        return JSONNode(value: .object([type] + Kind.form.write(clip)))
    }

    private static func check<Kind: ClipKind>(_ clip: Kind, _ report: inout ValueReport) {
        Kind.form.check(clip, &report)
    }

    private static func files<Kind: ClipKind>(_ clip: Kind, _ walk: inout FileWalk) -> Kind {
        var clip = clip
        Kind.form.files(&clip, &walk)
        return clip
    }
}
