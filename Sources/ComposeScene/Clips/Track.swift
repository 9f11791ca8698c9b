// SPDX-License-Identifier: Apache-2.0

/// A sequence of clips.
///
/// Later tracks are painted over earlier ones. A value type; safe to share between threads.
public struct Track: Sendable, Hashable {
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// The clips, in order.
    public var clips: [Clip]
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a track of the given clips.
    public init(id: String? = nil, clips: [Clip]) {
        self.id = id
        self.clips = clips
    }

    /// Creates a track from its clips.
    public init(_ id: String? = nil, @ClipBuilder clips: () -> [Clip]) {
        self.init(id: id, clips: clips())
    }

    /// Returns a copy of the track with a transition between every two adjacent clips.
    ///
    /// Existing gaps and transitions are kept.
    public func joined(by style: Transition.Style, _ duration: Duration, easing: Easing = .linear) -> Track {
        var joined: [Clip] = []
        var canJoin = false
        for clip in clips {
            let hasContent = clip.kind.placement.content != nil
            if canJoin, hasContent { joined.append(.transition(Transition(style, duration, easing: easing))) }
            joined.append(clip)
            canJoin = hasContent
        }
        return changed(self) { $0.clips = joined }
    }
}

extension Track {
    static let form = ObjectForm(
        "track", expected: "a track {\"clips\": […]}", "Clips that follow each other.", usual: Track(clips: []),
        [
            .optional("id", \.id, .text, unset: "none", "A name of your own, kept on round trip."),
            .required(
                "clips", \.clips, .list("an array of clips", of: Clip.form, each: neighbourChecks),
                "The clips, in order."),
            .optional("metadata", \.metadata, .json, unset: "none", "Data of your own, kept on round trip."),
        ])
}
