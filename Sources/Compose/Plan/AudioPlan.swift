// SPDX-License-Identifier: Apache-2.0

package import Libav

/// The sound of a plan: clips play into their track's bus, and buses into the master, on one sample clock.
///
/// Sounds are added without scaling.
package struct AudioPlan: Sendable, Hashable {
    /// The tracks that have sounds, in order.
    package let buses: [Bus]
    /// The total length, in samples at 48 kHz.
    package let sampleCount: Int

    /// The sounds of a track.
    package struct Bus: Sendable, Hashable {
        /// The track's place in the edit; ``id`` is the name that the edit gives it.
        package let path: String
        package let id: String?
        /// The sounds in order of their start.
        package let sounds: [PlannedSound]
    }

    /// The sounds of all buses, in order of their start.
    package var sounds: [PlannedSound] {
        buses.flatMap(\.sounds).sorted { $0.samples.lowerBound < $1.samples.lowerBound }
    }
}

/// A sound of an audio plan.
///
/// Positions and lengths are in samples at 48 kHz.
package struct PlannedSound: Sendable, Hashable {
    /// The file's path as the edit gives it; ``path`` is the place in the edit.
    package let src: String
    package let path: String
    package let fingerprint: FileFingerprint
    /// The length of the whole file.
    package let fileLength: Int
    /// The range of the timeline in which it is heard.
    package var samples: Range<Int>
    /// The first sample used, in the file's own time; negative if silence comes before the file's sound.
    package let sourceStart: Int
    /// The length of the used part, after which it ends or restarts; `nil` means to the end of the file.
    package let sourceCount: Int?
    /// Whether silence stands for what the file lacks of the used part, as the sound of a video keeps its time.
    package let keepsTime: Bool
    package let loop: Bool
    /// The speed in millionths; 1,000,000 is the file's own.
    package let speed: Int
    package let volume: Animated<Double>
    /// The length of each ramp; cross-fades have equal power, the others are linear.
    package var fadeIn: Int
    package var fadeOut: Int
    package var crossIn: Int
    package var crossOut: Int

    /// Returns the gain at a timeline position, up to a stretch past the sound's end.
    package func gain(at position: Int) -> Double {
        let elapsed = position - samples.lowerBound
        let left = samples.upperBound - position
        var gain = volume.value(at: .seconds(elapsed) / Sound.sampleRate)
        if fadeIn > 0, elapsed < fadeIn { gain *= Double(elapsed) / Double(fadeIn) }
        if fadeOut > 0, left < fadeOut { gain *= Double(left) / Double(fadeOut) }
        // Unrelated sounds keep their loudness if their powers add up to one.
        if crossIn > 0, elapsed < crossIn { gain *= (Double(max(elapsed, 0)) / Double(crossIn)).squareRoot() }
        if crossOut > 0, left < crossOut { gain *= (Double(max(left, 0)) / Double(crossOut)).squareRoot() }
        return gain
    }
}

extension AudioPlan {
    init(_ layout: TimelineLayout, media: Media) {
        let (clock, sampleCount) = (layout.clock, layout.clock.samples(in: layout.frameCount))
        self.sampleCount = sampleCount
        buses = layout.tracks.compactMap { track in
            let sounds: [PlannedSound] = track.clips.flatMap { placed -> [PlannedSound] in
                guard placed.playsSound else { return [] }
                let start = clock.sample(at: placed.start)
                let end = min(clock.sample(at: placed.end ?? layout.length), sampleCount)
                guard start < end else { return [] }
                func cross(_ index: Int?) -> Int {
                    index.map { clock.sample(at: track.transitions[$0].transition.duration) } ?? 0
                }
                let place = SoundPlace(
                    path: placed.path, samples: start..<end, crossIn: cross(placed.entry), crossOut: cross(placed.exit),
                    clock: clock)
                return placed.clip.sounds(place, media)
            }
            guard !sounds.isEmpty else { return nil }
            return Bus(
                path: track.path, id: track.id,
                sounds: sounds.sorted { $0.samples.lowerBound < $1.samples.lowerBound })
        }
    }
}
