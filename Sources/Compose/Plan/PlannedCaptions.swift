// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A track of captions in the output file.
struct PlannedCaptions: Sendable, Hashable {
    /// The language's code of ISO 639-2/T.
    let language: String
    let name: String?
    let isDefault: Bool
    /// The cues on the timeline, in order.
    let cues: [Captions.Cue]

    /// Returns the tracks of an edit; files that were not examined are reported elsewhere.
    static func all(of edit: Edit, _ layout: TimelineLayout, _ media: Media) -> [PlannedCaptions] {
        edit.output.captions.map { track in
            let captions =
                track.src.map { media.captions[$0]?.captions.cues ?? [] } ?? shown(layout, media)
            return PlannedCaptions(
                language: threeLetters(track.language), name: track.name, isDefault: track.isDefault,
                cues: captions.compactMap { $0.clamped(to: layout.length) }.sorted { $0.start < $1.start })
        }
    }

    /// Returns what the timeline's captions clips show.
    private static func shown(_ layout: TimelineLayout, _ media: Media) -> [Captions.Cue] {
        layout.tracks.flatMap(\.clips).flatMap { placed -> [Captions.Cue] in
            guard let captions = placed.clip.captions(media) else { return [] }
            let length = (placed.end ?? layout.length) - placed.start
            return captions.cues.compactMap { $0.clamped(to: length) }.map { cue in
                changed(cue) {
                    $0.start += placed.start
                    $0.end += placed.start
                    $0.words = []
                }
            }
        }
    }

    /// Returns a language's code of ISO 639-2/T.
    static func threeLetters(_ language: String) -> String {
        let code = Locale.Language(identifier: language).languageCode
        return code?.identifier(.alpha3) ?? "und"
    }
}

extension Captions.Cue {
    /// Returns the cue as it is seen of a length of time; `nil` if it is not.
    fileprivate func clamped(to length: Duration) -> Captions.Cue? {
        guard start < length, end > start, !text.isEmpty else { return nil }
        return changed(self) { $0.end = min(end, length) }
    }
}
