// SPDX-License-Identifier: Apache-2.0

/// A timeline inside a timeline: tracks that are placed, turned, faded and joined as one clip.
///
/// Its box is the canvas of everything inside: positions and percentages count from the box, and times from the group's start. What is
/// inside is composed at the box's size, over transparency unless there is a background, and then shaped and turned as a whole. A value
/// type; safe to share between threads.
public struct GroupClip: VisualClip {
    /// The tracks inside, the lowest first; at least one.
    public var tracks: [Track]
    /// The colour behind all clips inside.
    public var background: Color
    /// The placement in time and on the canvas; without a duration, the group ends with the last clip inside.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a group over the whole canvas.
    public init(duration: Duration? = nil, background: Color = .clear, tracks: [Track]) {
        self.tracks = tracks
        self.background = background
        self.visual = Visual(duration: duration)
    }

    /// Creates a group over the whole canvas from its tracks.
    public init(duration: Duration? = nil, background: Color = .clear, @TrackBuilder tracks: () -> [Track]) {
        self.init(duration: duration, background: background, tracks: tracks())
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .group(self) }

    /// How deep groups may be nested.
    package static let mostLevels = 8
}

extension GroupClip: Arrangement {
    package static let form = ObjectForm.clip(
        "group", "A timeline inside a timeline, shown as one clip.", usual: GroupClip(tracks: []),
        [
            .required(
                "tracks", \.tracks,
                Form<[Track]>.tracks(of: .inside).checkedFirst { tracks, report in
                    Track.checkMasks(tracks, &report)
                }, "The tracks inside, the lowest first. Their times count from the group's start."),
            .visual(
                .optional(
                    "duration", \.duration, .length, unset: "to the end of the last clip inside",
                    "How long it is shown.")),
            .optional("background", \.background, .color, "The colour behind all clips inside."),
        ],
        rules: { group, report in
            if group.visual.duration == nil, !group.tracks.contains(where: \.lasts) {
                report.add("the group has no length: add a clip with a duration, or give it one", at: .field("tracks"))
            }
        })

    package var placement: Placement { arrangedPlacement }

    package var noun: String { "a group" }

    package func tracks(width: Double, height: Double) -> [Track] { tracks }
    package func path(ofTrack track: Int, clip: Int) -> String { "tracks[\(track)].clips[\(clip)]" }

    /// Returns how deep groups are nested in tracks, as far as it matters.
    static func levels(of tracks: [Track]) -> Int {
        var level = tracks.flatMap(\.clips)
        for depth in 1...mostLevels {
            level = level.flatMap(\.kind.clipsInside)
            if level.isEmpty { return depth }
        }
        return mostLevels + 1
    }
}

extension Track {
    /// Whether a clip of it has an end of its own.
    var lasts: Bool {
        clips.contains {
            let placement = $0.kind.placement
            return !placement.isTransition && !placement.isOpenEnded
        }
    }
}

extension Form<Track> {
    /// The form of a track within a clip of a track.
    fileprivate static let inside = Form.deferred("track", to: Track.form.form).withItsOwnLength
}

extension Form {
    /// The form of something inside of a clip, which does not last as long as that does.
    var withItsOwnLength: Form {
        changed(self) { form in
            form.check = { [check = form.check] value, report in
                let length = report.clipLength
                report.clipLength = nil
                check?(value, &report)
                report.clipLength = length
            }
        }
    }
}
