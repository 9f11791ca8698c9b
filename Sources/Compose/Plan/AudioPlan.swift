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

    /// The sounds of a track, or those inside of a clip.
    ///
    /// Its sounds and the buses that play into it are added up, get the effects, become quieter, and are faded.
    package struct Bus: Sendable, Hashable {
        /// The place in the edit of the track or the clip; ``id`` is the name that the edit gives the track.
        package let path: String
        package let id: String?
        /// The bus that it plays into, which precedes it in the plan; `nil` is the master.
        package var into: Int?
        /// The sounds in order of their start.
        package var sounds: [PlannedSound] = []
        /// The bus's effects, in order.
        package var effects: [SoundEffect] = []
        /// What the bus becomes quieter under, after its effects; `nil` is nothing.
        package var duck: PlannedDuck?
        /// The cross-fades with the clips beside the clip whose bus it is; `nil` if there are none.
        package var crossfade: Crossfade?
    }

    /// The cross-fades, of equal power, of sounds that end together.
    package struct Crossfade: Sendable, Hashable {
        /// The range of the timeline in which they are heard.
        package var samples: Range<Int>
        /// The lengths of the ramps at its ends; 0 if there is none.
        package var crossIn: Int
        package var crossOut: Int
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
        var list = BusList(clock: clock, media: media)
        list.add(layout.tracks, in: 0..<sampleCount, openUntil: layout.length)
        buses = list.planned
    }
}

extension TrackLayout {
    /// Returns the clips of the track that are heard, each with its place in a range of samples at whose start the track begins.
    ///
    /// Clips without an end are heard until `length`.
    func heard(in range: Range<Int>, openUntil length: Duration, _ clock: FrameClock) -> [(PlacedClip, SoundPlace)] {
        clips.compactMap { placed in
            guard placed.playsSound else { return nil }
            func sample(_ time: Duration) -> Int { range.lowerBound + clock.sample(at: time) }
            let offset = placed.clip.audioOffset ?? AudioOffset()
            let first = max(sample(placed.start + offset.start), range.lowerBound)
            let end = min(sample((placed.end ?? length) + offset.end), range.upperBound)
            guard first < end else { return nil }
            func cross(_ index: Int?) -> Int {
                index.map { clock.sample(at: transitions[$0].transition.duration) } ?? 0
            }
            let place = SoundPlace(
                path: placed.path, samples: first..<end, anchor: sample(placed.start) - first,
                crossIn: cross(placed.entry), crossOut: cross(placed.exit), clock: clock)
            return (placed, place)
        }
    }
}
