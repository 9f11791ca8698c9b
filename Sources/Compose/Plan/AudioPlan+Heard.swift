// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension AudioPlan {
    /// A sound's place in the plan.
    struct Place: Hashable {
        let bus: Int
        let sound: Int
    }

    /// Returns the sounds that are heard in a range, in the plan's order.
    func heard(in range: Range<Int>) -> [Place] {
        buses.indices.flatMap { bus in
            buses[bus].sounds.indices.compactMap { sound in
                buses[bus].sounds[sound].samples.overlaps(range) ? Place(bus: bus, sound: sound) : nil
            }
        }
    }
}

extension PlannedSound {
    /// The number of samples around a range within which its sounds' ends are told apart, in case they shape what is heard.
    private static let margin = Sound.sampleRate

    /// Returns what a range of the timeline hears of the sound, with positions counted from the range's start.
    ///
    /// Equal sounds are heard the same: what lies outside is left out, such as a fade that begins later and the end of a long
    /// sound. The result describes and is not played.
    func heard(in range: Range<Int>) -> PlannedSound {
        changed(self) { sound in
            sound.samples = samples.moved(by: -range.lowerBound)
            let before = range.lowerBound - Self.margin - samples.lowerBound
            if fadeIn <= before { sound.fadeIn = 0 }
            if crossIn <= before { sound.crossIn = 0 }
            if cutIn <= before { sound.cutIn = 0 }
            if samples.upperBound - max(fadeOut, crossOut, cutOut) >= range.upperBound + Self.margin {
                (sound.fadeOut, sound.crossOut, sound.cutOut) = (0, 0, 0)
                sound.samples = sound.samples.lowerBound..<range.count + Self.margin
            }
        }
    }
}
