// SPDX-License-Identifier: Apache-2.0

/// A value that can stand on a track.
///
/// The kinds of clips there are conform to it; see ``Clip``.
public protocol ClipValue: Sendable, Hashable {
    /// The clip that holds the value.
    var clip: Clip { get }
    /// A name of the user's own, kept on round trip.
    var id: String? { get set }
    /// Free-form data of the user's own, kept on round trip.
    var metadata: JSONValue? { get set }
}

extension ClipValue {
    /// Returns the same clip with a name of the user's own.
    public func id(_ id: String?) -> Self { changed(self) { $0.id = id } }
}

/// A kind of clip: how it is written in a document, and what it is in time.
package protocol ClipKind: ClipValue {
    /// The kind's fields and rules; its name is the clip's `type`.
    static var form: ObjectForm<Self> { get }
    /// What the clip is for those beside it on its track.
    var placement: Placement { get }
    /// What the clip is called in messages, with its article: `an image`.
    var noun: String { get }
}

/// What a clip is for those beside it on its track.
package struct Placement: Sendable {
    /// What a transition can join.
    package enum Content: String, Sendable {
        case picture = "a picture"
        case sound = "a sound"
    }

    package enum Length: Sendable {
        /// The edit says it, in the field that these names lead to.
        case known(Duration, fields: [String] = ["duration"])
        /// The media file says it.
        case ofMedia
        /// The clip lasts to the end of the timeline, which the other clips set.
        case toEndOfTimeline
        /// The clip is a transition, which overlaps its neighbours by that.
        case overlap(Duration)
    }

    /// What it shows or plays; `nil` is nothing.
    package var content: Content?
    /// Its absolute start on the timeline; `nil` follows the clip before.
    package var start: Duration?
    package var length: Length

    /// How long the clip overlaps its neighbours, if it is a transition; lengths that are none are reported elsewhere.
    var overlap: Duration? {
        guard case .overlap(let duration) = length, ValueReport.isLength(duration) else { return nil }
        return duration
    }

    package var isTransition: Bool { if case .overlap = length { true } else { false } }
    var isOpenEnded: Bool { if case .toEndOfTimeline = length { true } else { false } }
}

extension Field where Root: ClipValue {
    /// The fields that every clip has, after its own.
    static var identity: Field {
        .group(
            \.self,
            [
                .optional("id", \.id, .text, unset: "none", "A name of your own, kept on round trip."),
                .optional("metadata", \.metadata, .json, unset: "none", "Data of your own, kept on round trip."),
            ])
    }
}

extension ObjectForm where Root: ClipKind {
    /// How a kind of clip is written: `name` is its `type`, `fields` are those besides `type`, `id` and `metadata`.
    static func clip(
        _ name: String, _ about: String, usual: Root, conditions: [JSONNode] = [], _ fields: [Field<Root>],
        rules: Field<Root>.Rule? = nil
    ) -> ObjectForm {
        ObjectForm(name, about, usual: usual, conditions: conditions, fields + [.identity], rules: rules)
    }
}
