// SPDX-License-Identifier: Apache-2.0

extension Form<[Track]> {
    /// The form of a timeline's tracks, which a sound inside finds before those of the timelines around.
    static func tracks(of form: Form<Track>) -> Form {
        let track = changed(form) {
            $0.check = { [check = form.check] track, report in
                report.scopes[report.scopes.count - 1].current = track.id
                check?(track, &report)
            }
        }
        let list = Form.list("an array of tracks", of: track, least: 1)
        return changed(list) {
            $0.check = { [check = list.check] tracks, report in
                report.scopes.append(TrackScope(tracks))
                check?(tracks, &report)
                report.scopes.removeLast()
            }
        }
    }
}

extension TrackScope {
    fileprivate init(_ tracks: [Track]) {
        self.tracks = tracks.compactMap { track in
            track.id.map { ($0, track.clips.contains { $0.kind.placement.playsSound }) }
        }
    }
}
