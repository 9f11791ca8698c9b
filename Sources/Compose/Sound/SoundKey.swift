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
        do throws(LibavError) { return try Digest(of: bytes.bytes) } catch { throw ComposeError(error, .renderFailed) }
    }

    /// Adds everything that determines what is heard in a range.
    static func add(
        to bytes: inout CanonicalBytes, _ range: Range<Int>, _ plan: Plan, _ identity: MediaIdentity
    ) throws(ComposeError) {
        let audio = plan.audio
        // Effects and ducking depend on what is around the range, and on where it is in their grids.
        let reach = audio.reach
        let around = range.lowerBound - reach..<range.upperBound + reach
        bytes.add(reach > 0 ? range : 0..<range.count)
        bytes.add(min(audio.sampleCount, around.upperBound) - range.lowerBound)
        bytes.add(audio.effects)
        for bus in audio.buses + (reach > 0 ? audio.keys : []) {
            bytes.add(bus.effects)
            bytes.add(bus.duck)
            let sounds = bus.sounds.filter { $0.samples.overlaps(around) }
            bytes.add(sounds.count)
            for sound in sounds {
                bytes.add(
                    try identity.bytes(
                        of: sound.src, sound.fingerprint, at: plan.path(of: sound.src), named: sound.path + ".src"))
                bytes.add(changed(sound) { $0.samples = $0.samples.moved(by: -range.lowerBound) })
            }
        }
    }
}

extension AudioPlan {
    /// How far around a range there may be sound that changes what is heard in it; 0 if nothing of that kind does.
    var reach: Int {
        let effects = self.effects + buses.flatMap(\.effects)
        let warmUp =
            effects.reduce(0) { $0 + $1.warmUp } + (effects.isEmpty ? 0 : EffectCells.length + Sound.sampleRate)
        let ducks = buses.compactMap(\.duck) + buses.flatMap { $0.sounds.compactMap(\.duck) }
        let longest = ducks.map { $0.attack + $0.release + $0.hold + $0.lookAhead }.max().map { $0 + Sound.sampleRate }
        return warmUp + (longest ?? 0)
    }
}
