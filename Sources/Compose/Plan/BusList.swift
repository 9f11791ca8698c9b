// SPDX-License-Identifier: Apache-2.0

/// The buses of a timeline while it is planned.
///
/// A track of the timeline has a bus of its own. A track inside of a clip has one if anything is done to its sound, or is done
/// by its name, and so has a clip with sounds inside that a transition joins to another; the other sounds play into the
/// bus around.
struct BusList {
    private let clock: FrameClock
    private let media: Media
    private var buses: [AudioPlan.Bus] = []
    /// The timelines, the outermost first: each with the one around it, and the buses of the tracks with an id.
    private var scopes: [(outer: Int?, ids: [String: Int])] = []
    /// What becomes quieter under a track with an id: a bus, or its sounds of a clip.
    private var ducks: [(bus: Int, clip: String?, duck: Duck, scope: Int)] = []

    init(clock: FrameClock, media: Media) {
        self.clock = clock
        self.media = media
    }

    /// Adds the sounds of a timeline's tracks, which begin with a range of samples.
    ///
    /// Clips without an end are heard until `length`.
    mutating func add(_ tracks: [TrackLayout], in range: Range<Int>, openUntil length: Duration) {
        add(tracks, in: range, openUntil: length, into: nil, outer: nil)
    }

    private mutating func add(
        _ tracks: [TrackLayout], in range: Range<Int>, openUntil length: Duration, into around: Int?, outer: Int?
    ) {
        let scope = scopes.count
        scopes.append((outer, [:]))
        for track in tracks {
            var bus = around ?? buses.count
            if around == nil || track.id != nil || track.duck != nil || !track.effects.isEmpty {
                bus = buses.count
                buses.append(AudioPlan.Bus(path: track.path, id: track.id, into: around, effects: track.effects))
                if let id = track.id { scopes[scope].ids[id] = bus }
                if let duck = track.duck { ducks.append((bus, nil, duck, scope)) }
            }
            for (placed, place) in track.heard(in: range, openUntil: length, clock) {
                guard let inside = placed.clip.timelineInside(place, media) else {
                    if let sound = placed.clip.sound(place, media) { buses[bus].sounds.append(sound) }
                    if let duck = placed.clip.duck { ducks.append((bus, placed.path, duck, scope)) }
                    continue
                }
                let target = place.crossIn > 0 || place.crossOut > 0 ? buses.count : bus
                if target != bus {
                    buses.append(AudioPlan.Bus(path: placed.path, id: nil, into: bus, crossfade: place.crossfade))
                }
                add(inside.tracks, in: place.samples, openUntil: place.length, into: target, outer: scope)
            }
        }
    }

    /// The buses that have sounds, or into which such ones play.
    var planned: [AudioPlan.Bus] {
        var all = buses
        for (bus, clip, duck, scope) in ducks {
            guard let key = self.bus(of: duck.under, from: scope) else { continue }
            let planned = PlannedDuck(duck, under: key, clock: clock)
            if clip == nil { all[bus].duck = planned }
            for index in all[bus].sounds.indices where all[bus].sounds[index].path == clip {
                all[bus].sounds[index].duck = planned
            }
        }
        for index in all.indices {
            all[index].sounds = Self.declicked(all[index].sounds)
                .sorted { $0.samples.lowerBound < $1.samples.lowerBound }
        }
        return AudioPlan(buses: all, sampleCount: 0).withoutSilentBuses.buses
    }

    private func bus(of id: String, from scope: Int) -> Int? {
        var place: Int? = scope
        while let scope = place {
            if let bus = scopes[scope].ids[id] { return bus }
            place = scopes[scope].outer
        }
        return nil
    }

    /// Returns the sounds with ramps at cuts, but for those of clips that want none.
    private static func declicked(_ sounds: [PlannedSound]) -> [PlannedSound] {
        let byEnd = Dictionary(grouping: sounds) { $0.samples.upperBound }
        let byStart = Dictionary(grouping: sounds) { $0.samples.lowerBound }
        return sounds.map { sound in
            sound.withCuts(
                among: (byEnd[sound.samples.lowerBound] ?? []) + (byStart[sound.samples.upperBound] ?? []))
        }
    }
}

extension SoundPlace {
    /// The cross-fades of what is heard at the place.
    fileprivate var crossfade: AudioPlan.Crossfade {
        AudioPlan.Crossfade(samples: samples, crossIn: crossIn, crossOut: crossOut)
    }
}
