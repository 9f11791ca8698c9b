// SPDX-License-Identifier: Apache-2.0

/// A sequence of clips.
///
/// Later tracks are painted over earlier ones. A value type; safe to share between threads.
public struct Track: Sendable, Hashable {
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// The clips, in order.
    public var clips: [Clip]
    /// The way in which its visible clips come in, unless they have their own; `nil` for a cut.
    public var enter: Entrance?
    /// The way in which its visible clips go out, unless they have their own; `nil` for a cut.
    public var exit: Entrance?
    /// By how much later each of the clips comes in that start at the same time; zero or more.
    public var stagger: Duration
    /// What the track's sound becomes quieter under; `nil` is nothing.
    public var duck: Duck?
    /// Changes of the tone and dynamics of the track's sound, in order; at most 16.
    public var effects: [SoundEffect]
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a track of the given clips.
    public init(id: String? = nil, clips: [Clip]) {
        self.id = id
        self.clips = clips
        self.stagger = .zero
        self.effects = []
    }

    /// Creates a track from its clips.
    public init(_ id: String? = nil, @ClipBuilder clips: () -> [Clip]) {
        self.init(id: id, clips: clips())
    }

    /// Returns a copy of the track whose visible clips come in in a way; those that start together, one after the other.
    public func enter(
        _ style: Entrance.Style, _ duration: Duration? = nil, easing: Easing? = nil, stagger: Duration = .zero
    ) -> Track {
        changed(self) {
            $0.enter = Entrance(style, duration, easing: easing)
            $0.stagger = stagger
        }
    }
    /// Returns a copy of the track whose visible clips go out in a way.
    public func exit(_ style: Entrance.Style, _ duration: Duration? = nil, easing: Easing? = nil) -> Track {
        changed(self) { $0.exit = Entrance(style, duration, easing: easing) }
    }
    /// Returns a copy of the track whose sound becomes quieter while another track is heard.
    public func ducked(_ duck: Duck?) -> Track { changed(self) { $0.duck = duck } }
    /// Returns a copy of the track with effects on its sound, in order.
    public func effects(_ effects: SoundEffect...) -> Track { changed(self) { $0.effects = effects } }

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
            .optional(
                "enter", \.enter, Entrance.form.form, unset: "a cut",
                "The way in which its visible clips come in, unless they have their own."),
            .optional(
                "exit", \.exit, Entrance.form.form, unset: "a cut",
                "The way in which its visible clips go out, unless they have their own."),
            .optional(
                "stagger", \.stagger, .time,
                "By how much later each of the clips comes in that start at the same time."),
            .optional(
                "duck", \.duck, Duck.form.form, unset: "keeps its level",
                "The track's sound becomes quieter while another track is heard."),
            .optional("effects", \.effects, SoundEffect.list, "Changes of the track's sound, in order."),
            .optional("metadata", \.metadata, .json, unset: "none", "Data of your own, kept on round trip."),
        ])
}
