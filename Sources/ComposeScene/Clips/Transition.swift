// SPDX-License-Identifier: Apache-2.0

/// A transition between the previous and the next clip, which overlaps both by its duration.
///
/// The first frame of a transition shows only the first picture; the frame after its last shows only the second. A
/// value type; safe to share between threads.
public struct Transition: ClipValue {
    /// The style of the transition.
    public var style: Style
    /// How long the two clips overlap: more than zero, and no longer than either clip.
    public var duration: Duration
    /// The easing of the transition's progress.
    public var easing: Easing
    /// The width of a wipe's soft edge, as a fraction 0…1 of its path; `nil` means the style's default.
    public var softness: Double?
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a transition.
    public init(_ style: Style, _ duration: Duration, easing: Easing = .linear, softness: Double? = nil) {
        self.style = style
        self.duration = duration
        self.easing = easing
        self.softness = softness
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .transition(self) }
}

extension Transition: ClipKind {
    package static let form = ObjectForm.clip(
        "transition", "The way from the clip before to the clip after.", usual: Transition(.unknown, .zero),
        conditions: conditions,
        [
            .required("name", \.style, .style, "What it looks like; between two sounds `fade`."),
            .only(
                "src", \.style.src, .file(.map), isRequired: true, unset: "none",
                "The greyscale picture of `map`; other transitions have none.",
                if: { $0.style == .unknown ? nil : $0.style.needsFile },
                otherwise: { "only the transition \"map\" has a picture; remove src from \"\($0.style.name)\"" }),
            .required("duration", \.duration, .length, "By how much the clips overlap; no longer than either."),
            .optional("easing", \.easing, .easing, "How progress runs."),
            .optional(
                "softness", \.softness, .fraction, unset: "0.1 for `dissolve` and `map`, 0.05 for other edges",
                "Width of a wipe's soft edge."
            ) { transition, report in
                guard transition.softness != nil, !transition.style.hasEdge else { return }
                report.add("\(transition.style.name) has no edge to soften; leave it out")
            },
        ])

    package var placement: Placement { Placement(content: nil, start: nil, length: .overlap(duration)) }

    package var noun: String { "a transition" }

    /// The schema's conditions: only `map` has a picture, and only styles with an edge have a softness.
    private static var conditions: [JSONNode] {
        func named(_ names: [String]) -> JSONNode {
            .object(["properties": .object(["name": .object(["enum": .array(names.map(JSONNode.string))])])])
        }
        func without(_ field: String) -> JSONNode {
            .object(["properties": .object([field: JSONNode(value: .bool(false))])])
        }
        return [
            .object([
                "if": named(["map"]), "then": .object(["required": .array([.string("src")])]), "else": without("src"),
            ]),
            .object(["if": named(Style.all.filter { !$0.hasEdge }.map(\.name)), "then": without("softness")]),
        ]
    }
}

extension Form<Transition.Style> {
    fileprivate static var style: Form {
        .word(
            "transition", Transition.Style.all.map(\.name) + [Transition.Style.map("").name],
            make: { $0 == Transition.Style.map("").name ? .map("") : Transition.Style(name: $0) }, name: \.name)
    }
}
