// SPDX-License-Identifier: Apache-2.0

/// The sound of a plan: clips play into their track's bus, and buses into the master, on one sample clock.
///
/// Sounds are added without scaling. The sum gets the master's effects, and is brought to its loudness.
package struct AudioPlan: Sendable, Hashable {
    /// The tracks that have sounds, in order.
    package let buses: [Bus]
    /// The total length, in samples at 48 kHz.
    package let sampleCount: Int
    /// The master's effects, in order.
    package var effects: [SoundEffect] = []
    package var loudness = Loudness.none
    /// The buses that others are ducked under, where some of them are not heard; none if all are.
    package var keys: [Bus] = []

    /// The sounds of a track.
    package struct Bus: Sendable, Hashable {
        /// The track's place in the edit; ``id`` is the name that the edit gives it.
        package let path: String
        package let id: String?
        /// The sounds in order of their start.
        package var sounds: [PlannedSound]
        /// The bus's effects, in order.
        package var effects: [SoundEffect] = []
        /// What the bus becomes quieter under, after its effects; `nil` is nothing.
        package var duck: PlannedDuck?
    }

    /// The sounds of all buses, in order of their start.
    package var sounds: [PlannedSound] {
        buses.flatMap(\.sounds).sorted { $0.samples.lowerBound < $1.samples.lowerBound }
    }
}

extension AudioPlan {
    init(_ layout: TimelineLayout, media: Media) {
        let (clock, sampleCount) = (layout.clock, layout.clock.samples(in: layout.frameCount))
        self.sampleCount = sampleCount
        effects = layout.effects
        loudness = layout.loudness
        let planned: [(bus: Bus, track: TrackLayout)] = layout.tracks.compactMap { track in
            let sounds = track.sounds(in: 0..<sampleCount, openUntil: layout.length, clock, media)
            guard !sounds.isEmpty else { return nil }
            let bus = Bus(
                path: track.path, id: track.id,
                sounds: Self.declicked(sounds).sorted { $0.samples.lowerBound < $1.samples.lowerBound },
                effects: track.effects)
            return (bus, track)
        }
        let ids = planned.map(\.bus.id)
        buses = planned.map { bus, track in
            let ducks = Dictionary(
                track.clips.compactMap { clip in clip.clip.duck.map { (clip.path, $0) } }, uniquingKeysWith: { $1 })
            return changed(bus) { bus in
                bus.duck = track.duck.flatMap { PlannedDuck($0, among: ids, clock: clock) }
                for (index, sound) in bus.sounds.enumerated() {
                    bus.sounds[index].duck = ducks[sound.path].flatMap { PlannedDuck($0, among: ids, clock: clock) }
                }
            }
        }
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

extension TrackLayout {
    /// Returns the sounds of the track's clips within a range of samples, at whose start the track begins.
    ///
    /// Clips without an end are heard until `length`.
    func sounds(in range: Range<Int>, openUntil length: Duration, _ clock: FrameClock, _ media: Media) -> [PlannedSound]
    {
        clips.flatMap { placed -> [PlannedSound] in
            guard placed.playsSound else { return [] }
            func sample(_ time: Duration) -> Int { range.lowerBound + clock.sample(at: time) }
            let offset = placed.clip.audioOffset ?? AudioOffset()
            let first = max(sample(placed.start + offset.start), range.lowerBound)
            let end = min(sample((placed.end ?? length) + offset.end), range.upperBound)
            guard first < end else { return [] }
            func cross(_ index: Int?) -> Int {
                index.map { clock.sample(at: transitions[$0].transition.duration) } ?? 0
            }
            let place = SoundPlace(
                path: placed.path, samples: first..<end, anchor: sample(placed.start) - first,
                crossIn: cross(placed.entry), crossOut: cross(placed.exit), clock: clock)
            return placed.clip.sounds(place, media)
        }
    }
}
