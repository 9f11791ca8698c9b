// SPDX-License-Identifier: Apache-2.0

/// A place in an edit that names a media file.
public struct MediaReference: Sendable, Hashable {
    /// Where in the edit: `tracks[0].clips[2].src`.
    public let path: String
    /// What it names, as the edit has it.
    public let src: String
}

/// The files an edit names: for those who fetch them, or who decide whether it may have them.
extension Edit {
    /// Every place that names a file, in document order; a file that is used twice is there twice.
    public var media: [MediaReference] {
        var references: [MediaReference] = []
        _ = mapMedia { reference in
            references.append(reference)
            return reference.src
        }
        return references
    }

    /// The same edit with other files in the places of its own.
    public func mapMedia<Failure: Error>(
        _ transform: (MediaReference) throws(Failure) -> String
    ) throws(Failure) -> Edit {
        var edit = self
        for track in timeline.tracks.indices {
            for clip in timeline.tracks[track].clips.indices {
                edit.timeline.tracks[track].clips[clip] = try timeline.tracks[track].clips[clip].mapMedia {
                    src throws(Failure) in
                    try transform(MediaReference(path: "tracks[\(track)].clips[\(clip)].src", src: src))
                }
            }
        }
        return edit
    }
}

extension Clip {
    fileprivate func mapMedia<Failure: Error>(
        _ transform: (String) throws(Failure) -> String
    ) throws(Failure) -> Clip {
        switch self {
        case .image(var image):
            image.src = try transform(image.src)
            return .image(image)
        case .audio(var audio):
            audio.src = try transform(audio.src)
            return .audio(audio)
        case .transition(var transition):
            guard case .map(let src) = transition.style else { return self }
            transition.style = .map(try transform(src))
            return .transition(transition)
        case .color, .gap: return self
        }
    }
}
