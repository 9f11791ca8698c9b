// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Keys of what is heard in a range of a plan's sound, before it is brought to its level.
enum SoundKey {
    /// Returns the key of a range, for a use with a name; keys are equal only if the sound is.
    static func key(
        of range: Range<Int>, _ plan: Plan, _ identity: MediaIdentity, _ use: String
    ) throws(ComposeError) -> Digest {
        var bytes = CanonicalBytes()
        bytes.add("\(use) \(ComposeVersion.build)")
        try add(to: &bytes, range, plan, identity)
        return try rendering { () throws(LibavError) in try Digest(of: bytes.bytes) }
    }

    /// Adds everything that determines what is heard in a range.
    static func add(
        to bytes: inout CanonicalBytes, _ range: Range<Int>, _ plan: Plan, _ identity: MediaIdentity
    ) throws(ComposeError) {
        // Effects and ducking depend on what is around the range, and on where it is in their grids.
        let audio = plan.audio.around(range)
        let reach = audio.reach
        bytes.add(reach > 0 ? range : 0..<range.count)
        bytes.add(min(audio.sampleCount, range.upperBound + reach) - range.lowerBound)
        bytes.add(audio.effects)
        for bus in audio.buses + (reach > 0 ? audio.keys : []) {
            bytes.add(bus.into ?? -1)
            bytes.add(bus.effects)
            bytes.add(bus.duck)
            bytes.add(
                bus.crossfade.map { fade in changed(fade) { $0.samples = fade.samples.moved(by: -range.lowerBound) } })
            bytes.add(bus.sounds.count)
            for sound in bus.sounds {
                bytes.add(
                    try identity.bytes(
                        of: sound.src, sound.fingerprint, at: plan.path(of: sound.src), named: sound.path + ".src"))
                bytes.add(changed(sound) { $0.samples = $0.samples.moved(by: -range.lowerBound) })
            }
        }
    }
}

extension AudioPlan {
    /// Returns the plan of what may change what is heard in a range.
    func around(_ range: Range<Int>) -> AudioPlan { near(range.lowerBound - reach..<range.upperBound + reach) }

    /// How far around a range there may be sound that changes what is heard in it; 0 if nothing of that kind does.
    var reach: Int {
        // Each list of effects works in cells, on what the one before it made in cells.
        func reach(of effects: [SoundEffect]) -> Int {
            effects.isEmpty ? 0 : effects.reduce(EffectCells.length + Sound.sampleRate) { $0 + $1.warmUp }
        }
        let longest = buses.indices.map { bus in
            chain(from: bus).reduce(0) { $0 + reach(of: buses[$1].effects) }
        }
        let ofBuses = longest.max() ?? 0
        let ducks = buses.compactMap(\.duck) + buses.flatMap { $0.sounds.compactMap(\.duck) }
        let duck = ducks.map { $0.attack + $0.release + $0.hold + $0.lookAhead }.max()
        return reach(of: effects) + ofBuses + (duck.map { $0 + Sound.sampleRate + ofBuses } ?? 0)
    }
}
