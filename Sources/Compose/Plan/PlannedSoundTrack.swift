// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A track of sound in the output file.
struct PlannedSoundTrack: Sendable, Hashable {
    /// What is heard in it.
    ///
    /// It has all of the plan's buses, but those that are not heard have no sounds.
    let audio: AudioPlan
    /// The language's code of ISO 639-2/T.
    let language: String
    let name: String?
    let isDefault: Bool
}

extension Plan {
    /// The tracks of the output's sound, in order; none if it has no sound.
    var soundTracks: [PlannedSoundTrack] {
        guard soundCoding != nil else { return [] }
        let wanted = output.audio.tracks.isEmpty ? [SoundTrack()] : output.audio.tracks
        let usual = wanted.firstIndex(where: \.isDefault) ?? 0
        var tracks = wanted.enumerated().map { index, track in
            PlannedSoundTrack(
                audio: audio.only { bus in track.tracks.isEmpty || bus.id.map(track.tracks.contains) == true },
                language: PlannedCaptions.threeLetters(track.language), name: track.name, isDefault: index == usual)
        }
        guard output.audio.stems else { return tracks }
        for bus in audio.buses.filter({ $0.into == nil }).prefix(SoundTrack.most) {
            tracks.append(
                PlannedSoundTrack(
                    // Stems add up to what is mixed, before it is brought to its loudness.
                    audio: changed(audio.only { $0.path == bus.path }) { $0.loudness = .none }, language: "und",
                    name: bus.id ?? bus.path,
                    isDefault: false))
        }
        return tracks
    }
}

extension AudioPlan {
    /// Returns the plan with the sounds of some tracks' buses only, and of what plays into them.
    ///
    /// They are ducked under the others as if those were heard.
    fileprivate func only(_ isHeard: (Bus) -> Bool) -> AudioPlan {
        AudioPlan(
            buses: buses.enumerated().map { index, bus in
                let track = buses[chain(from: index).last ?? index]
                return isHeard(track) ? bus : changed(bus) { $0.sounds = [] }
            },
            sampleCount: sampleCount, effects: effects, loudness: loudness, keys: buses)
    }
}
