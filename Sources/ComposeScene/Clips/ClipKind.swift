// SPDX-License-Identifier: Apache-2.0

/// A value that can be placed on a track.
///
/// All kinds of clips conform to it; see ``Clip``. Conforming types are values; safe to share between threads.
public protocol ClipValue: Sendable, Hashable {
    /// The value as a ``Clip``.
    var clip: Clip { get }
    /// An identifier chosen by the user; preserved when the document is read and written.
    var id: String? { get set }
    /// Free-form data of the user; preserved when the document is read and written.
    var metadata: JSONValue? { get set }
}

extension ClipValue {
    /// Returns a copy of the clip with an identifier.
    public func id(_ id: String?) -> Self { changed(self) { $0.id = id } }
}

/// A kind of clip: its form in a document, and its placement on a track.
package protocol ClipKind: ClipValue {
    /// The fields and rules of the kind; the form's name is the clip's `type`.
    static var form: ObjectForm<Self> { get }
    /// The clip's placement, as its neighbours on the track see it.
    var placement: Placement { get }
    /// The kind's name in messages, with its article: `an image`.
    var noun: String { get }
    /// Whether it fills the canvas where it has no size; otherwise its size follows from what it shows.
    var fillsBox: Bool { get }
    /// Whether it has a place of its own on the canvas where it has no position, other than the middle.
    var placesItself: Bool { get }
    /// The clips inside of it; those inside of them are theirs.
    var clipsInside: [Clip] { get }
}

extension ClipKind {
    package var fillsBox: Bool { true }
    package var placesItself: Bool { false }
    package var clipsInside: [Clip] { [] }

    /// Returns the keyframes of the clip that are not in order over its length, which only its media may tell.
    ///
    /// The clip's other values have to be in order already. Those of clips inside are left to their own lengths.
    package func keyframeProblems(over length: Duration, at path: String) -> [Problem] {
        var report = ValueReport(NoContext())
        report.clipLength = length
        Self.form.check(self, &report)
        return report.problems.map { Problem(path: path + "." + $0.path, message: $0.message) }
    }
}

/// The context of a clip alone, whose rules ask for nothing around it.
private struct NoContext: RuleContext {
    // Lengths have been checked on the canvas, and against none they are not.
    var canvas: (width: Int, height: Int) { (0, 0) }
    var hasSound: Bool { true }
    var hasSoundClips: Bool { true }
    var nameOfFormat: String? { nil }
    var format: String { "" }
    var audioCodec: String? { nil }
    var tracksWithSound: [String] { [] }
    var opaqueCodec: String? { nil }
}

/// The placement of a clip on its track.
package struct Placement: Sendable {
    /// The content that a transition can join.
    package enum Content: String, Sendable {
        case picture = "a picture"
        case sound = "a sound"
    }

    /// The field that says how long a clip lasts.
    package enum DurationField: Sendable {
        /// The clip's `duration`.
        case own
        /// The duration of its `source`.
        case source

        var steps: [EditPath.Step] { self == .own ? [.field("duration")] : [.field("source"), .field("duration")] }
    }

    package enum Length: Sendable {
        /// A length that the edit sets, in the field with this path.
        case known(Duration, field: DurationField = .own)
        /// The length of the media file.
        case ofMedia
        /// A length to the end of the timeline, which the other clips determine.
        case toEndOfTimeline
        /// The overlap of a transition with its neighbours.
        case overlap(Duration)
    }

    /// The clip's content; `nil` if it has none.
    package var content: Content?
    /// Whether the clip is heard, or may be: only its file says whether a video has sound.
    package var playsSound: Bool
    /// The absolute start time on the timeline; `nil` means the end of the previous clip.
    package var start: Duration?
    package var length: Length

    /// How long a transition overlaps its neighbours; `nil` for other clips.
    ///
    /// Invalid lengths are reported elsewhere.
    var overlap: Duration? {
        guard case .overlap(let duration) = length, ValueReport.isLength(duration) else { return nil }
        return duration
    }

    package init(content: Content?, playsSound: Bool? = nil, start: Duration? = nil, length: Length) {
        self.content = content
        self.playsSound = playsSound ?? (content == .sound)
        self.start = start
        self.length = length
    }

    package var isTransition: Bool { if case .overlap = length { true } else { false } }
    var isOpenEnded: Bool { if case .toEndOfTimeline = length { true } else { false } }
}

extension Field where Root: ClipValue {
    /// The fields that every kind of clip has, after its own.
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
    /// Returns the form of a kind of clip; `name` is its `type`, and `fields` excludes `type`, `id` and `metadata`.
    static func clip(
        _ name: String, _ about: String, usual: Root, conditions: [JSONNode] = [], _ fields: [Field<Root>],
        rules: Field<Root>.Rule? = nil
    ) -> ObjectForm {
        ObjectForm(name, about, usual: usual, conditions: conditions, fields + [.identity], rules: rules)
    }
}
