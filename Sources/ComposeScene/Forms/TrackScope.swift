// SPDX-License-Identifier: Apache-2.0

/// The tracks of a timeline, as a sound inside of one of them knows them by their ids.
struct TrackScope {
    /// The tracks that have an id, in order.
    let tracks: [(id: String, hasSound: Bool)]
    /// The id of the track that is being checked.
    var current: String?
}

/// The rule for sounds that become quieter under others.
extension ValueReport {
    /// Reports an id that is not that of another track with sound.
    mutating func trackToDuckUnder(_ id: String) {
        let others = scopes.reversed().flatMap { scope in scope.tracks.map(\.id).filter { $0 != scope.current } }
        guard let place = scopes.lastIndex(where: { scope in scope.tracks.contains { $0.id == id } }) else {
            let list = others.isEmpty ? "; no other track has an id" : "; use one of \(others.joined(separator: ", "))"
            return add("no track has the id \(quoted(id))\(didYouMean(id, among: others))\(list)")
        }
        let found = scopes[place].tracks.filter { $0.id == id }
        if found.count > 1 {
            add("\(found.count) tracks have the id \(quoted(id)); give each one of its own")
        } else if scopes[place].current == id {
            let what = place == scopes.count - 1 ? "this track itself" : "a track that this one is part of"
            add("\(quoted(id)) is \(what); name another one")
        } else if !found[0].hasSound {
            add("the track \(quoted(id)) has no sound to duck under; name another one")
        }
    }
}
