// SPDX-License-Identifier: Apache-2.0

package import Libav

/// What is to be heard: every sound with its place on one sample clock.
///
/// Sounds add up as they are.
package struct AudioPlan: Sendable, Hashable {
    /// Sounds in the order of their start.
    package let sounds: [PlannedSound]
    /// Length of the whole, in samples at 48 kHz.
    package let sampleCount: Int
}

/// One sound of an audio plan.
///
/// Positions and lengths are in samples at 48 kHz.
package struct PlannedSound: Sendable, Hashable {
    /// The path as the edit says it, and where the edit says it.
    package let src: String
    package let path: String
    package let fingerprint: FileFingerprint
    /// Where it sounds, on the timeline.
    package let samples: Range<Int>
    /// The first sample used, in the file's own time.
    package let sourceStart: Int
    /// How much of the file is used before it ends or starts again; `nil` is to the end of the file.
    package let sourceCount: Int?
    package let loop: Bool
    package let volume: Animated
    /// Length of the ramps at both ends; a cross-fade's are of equal power, others linear.
    package let fadeIn: Int
    package let fadeOut: Int
    package let crossIn: Int
    package let crossOut: Int

    /// The gain at a position on the timeline, up to a stretch past its end.
    package func gain(at position: Int) -> Double {
        let elapsed = position - samples.lowerBound
        let left = samples.upperBound - position
        var gain = volume.value(at: .seconds(elapsed) / Sound.sampleRate)
        if fadeIn > 0, elapsed < fadeIn { gain *= Double(elapsed) / Double(fadeIn) }
        if fadeOut > 0, left < fadeOut { gain *= Double(left) / Double(fadeOut) }
        // Two sounds that have nothing to do with each other keep their loudness when their powers add up to one.
        if crossIn > 0, elapsed < crossIn { gain *= (Double(max(elapsed, 0)) / Double(crossIn)).squareRoot() }
        if crossOut > 0, left < crossOut { gain *= (Double(max(left, 0)) / Double(crossOut)).squareRoot() }
        return gain
    }
}

extension AudioPlan {
    init(layouts: [TrackLayout], media: Media, clock: FrameClock, length: Duration, frameCount: Int) {
        let sampleCount = clock.samples(in: frameCount)
        var sounds: [PlannedSound] = []
        for layout in layouts {
            for placed in layout.clips {
                guard case .audio(let audio) = placed.clip, let info = media.sounds[audio.src] else { continue }
                let start = clock.sample(at: placed.start)
                let end = min(clock.sample(at: placed.end ?? length), sampleCount)
                guard start < end else { continue }
                func cross(_ index: Int?) -> Int {
                    index.map { clock.sample(at: layout.transitions[$0].transition.duration) } ?? 0
                }
                sounds.append(
                    PlannedSound(
                        src: audio.src, path: placed.path, fingerprint: info.fingerprint, samples: start..<end,
                        sourceStart: clock.sample(at: audio.source?.start ?? .zero),
                        sourceCount: audio.source?.duration.map(clock.sample), loop: audio.loop, volume: audio.volume,
                        fadeIn: clock.sample(at: audio.fadeIn), fadeOut: clock.sample(at: audio.fadeOut),
                        crossIn: cross(placed.entry), crossOut: cross(placed.exit)))
            }
        }
        self.sounds = sounds.sorted { $0.samples.lowerBound < $1.samples.lowerBound }
        self.sampleCount = sampleCount
    }
}
