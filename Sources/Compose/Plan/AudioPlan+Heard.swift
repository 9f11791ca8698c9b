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

extension AudioPlan {
    /// The plan without buses that have no sound, and into which none plays that has one.
    var withoutSilentBuses: AudioPlan { near(nil) }

    /// Returns the plan of what is heard in a range: without sounds that lie outside, and buses that are silent there.
    func near(_ range: Range<Int>?) -> AudioPlan {
        func isHeard(_ sound: PlannedSound) -> Bool { range.map(sound.samples.overlaps) ?? true }
        var isKept = buses.map { _ in false }
        for list in [buses, keys] {
            for (index, bus) in list.enumerated() where bus.sounds.contains(where: isHeard) {
                var place: Int? = index
                while let bus = place, !isKept[bus] {
                    isKept[bus] = true
                    place = list[bus].into
                }
            }
        }
        var places: [Int: Int] = [:]
        for index in buses.indices where isKept[index] { places[index] = places.count }
        // What is ducked under silence keeps its level.
        func moved(_ duck: PlannedDuck?) -> PlannedDuck? {
            duck.flatMap { duck in places[duck.bus].map { place in changed(duck) { $0.bus = place } } }
        }
        func kept(_ list: [Bus]) -> [Bus] {
            list.enumerated().filter { isKept[$0.offset] }.map { _, bus in
                changed(bus) { bus in
                    bus.into = bus.into.flatMap { places[$0] }
                    bus.duck = moved(bus.duck)
                    bus.sounds = bus.sounds.filter(isHeard).map { sound in changed(sound) { $0.duck = moved($0.duck) } }
                }
            }
        }
        return AudioPlan(
            buses: kept(buses), sampleCount: sampleCount, effects: effects, loudness: loudness, keys: kept(keys))
    }

    /// Returns the buses that a bus plays into, from itself on.
    func chain(from bus: Int) -> [Int] { Array(sequence(first: bus) { buses[$0].into }) }

    /// Returns the sample at which a bus and what plays into it is over, with what rings on after the last sound.
    func end(of bus: Int) -> Int {
        let own = buses[bus].sounds.map(\.samples.upperBound).max() ?? 0
        let inside = buses.indices.filter { buses[$0].into == bus }.map(end).max() ?? 0
        let effects = buses[bus].effects
        let echoes = effects.isEmpty ? 0 : effects.reduce(Sound.sampleRate) { $0 + $1.warmUp }
        return max(own, inside) + echoes
    }
}

extension AudioPlan.Crossfade {
    /// Returns what a range of the timeline hears of it, with positions counted from the range's start.
    func heard(in range: Range<Int>) -> AudioPlan.Crossfade {
        changed(self) { fade in
            let start = range.lowerBound
            fade.samples = samples.moved(by: -start)
            if samples.lowerBound + crossIn <= start { (fade.crossIn, fade.samples) = (0, 0..<fade.samples.upperBound) }
            if samples.upperBound - crossOut >= range.upperBound {
                (fade.crossOut, fade.samples) = (0, fade.samples.lowerBound..<range.count)
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
