// SPDX-License-Identifier: Apache-2.0

/// The rules for tracks that become quieter under others.
extension Track {
    /// Returns the check of each track beside the others.
    static func duckChecks(_ tracks: [Track]) -> (_ index: Int, inout ValueReport) -> Void {
        let ids = tracks.map(\.id)
        let sounds = tracks.map { $0.clips.contains { $0.kind.placement.playsSound } }
        return { index, report in
            func check(_ duck: Duck, at steps: [EditPath.Step]) {
                if let message = problem(of: duck.under, from: index, ids, sounds) {
                    report.add(message, at: steps + [.field("duck"), .field("under")])
                }
            }
            for (number, clip) in tracks[index].clips.enumerated() {
                if let duck = (clip.kind as? any SoundClip)?.duck {
                    check(duck, at: [.field("clips"), .index(number)])
                }
            }
            if let duck = tracks[index].duck { check(duck, at: []) }
        }
    }

    /// Returns what is wrong with the identifier of a track to duck under; `nil` if nothing is.
    private static func problem(of id: String, from index: Int, _ ids: [String?], _ sounds: [Bool]) -> String? {
        let known = ids.enumerated().filter { $0.offset != index }.compactMap(\.element)
        let found = ids.indices.filter { ids[$0] == id }
        if found.isEmpty {
            let list = known.isEmpty ? "; no other track has an id" : "; use one of \(known.joined(separator: ", "))"
            return "no track has the id \(quoted(id))\(didYouMean(id, among: known))\(list)"
        }
        if found == [index] { return "\(quoted(id)) is this track itself; name another one" }
        if found.count > 1 { return "\(found.count) tracks have the id \(quoted(id)); give each one of its own" }
        return sounds[found[0]] ? nil : "the track \(quoted(id)) has no sound to duck under; name another one"
    }
}
