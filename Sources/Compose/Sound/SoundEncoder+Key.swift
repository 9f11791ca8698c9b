// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

extension SoundEncoder {
    /// Returns the cache key of an encoded chunk; keys are equal only if the chunks are.
    ///
    /// It covers all that is heard in the chunk and in what its encoder takes in before and after it, with positions counted
    /// from the chunk's start, and the encoder with its settings.
    func key(of chunk: SoundChunk, _ identity: MediaIdentity) throws(ComposeError) -> Digest {
        var bytes = CanonicalBytes()
        bytes.add("sound \(ComposeVersion.build)")
        bytes.add(codec.rawValue)
        bytes.add(plan.output.audio.bitrate)
        bytes.add(header)
        bytes.add(coding.rate)
        bytes.add(coding.channels)
        let (start, looked) = (chunk.samples.lowerBound, lookedAt(chunk))
        bytes.add(chunk.samples.count)
        bytes.add(looked.moved(by: -start))
        bytes.add(start == 0)
        bytes.add(chunk.index == chunks.count - 1)
        // Where samples of the output lie between those of the timeline.
        bytes.add(coding.place(of: start).rest)
        let range = coding.timeline(looked)
        bytes.add(range.lowerBound - coding.place(of: start).sample)
        bytes.add(min(range.upperBound, plan.sampleCount) - coding.place(of: start).sample)
        bytes.add(level?.gain ?? 0)
        bytes.add(level?.ceiling ?? .infinity)
        let dips = level?.dips.near(range) ?? []
        bytes.add(dips.count)
        for dip in dips {
            bytes.add(dip.place * LevelDips.length - coding.place(of: start).sample)
            bytes.add(dip.decibels)
        }
        // Effects and ducking also depend on what is around, and on where it is in their grids.
        if plan.audio.around(range).reach > 0 { try SoundKey.add(to: &bytes, range, plan, identity) }
        let heard = heard(chunk)
        bytes.add(heard.count)
        var numbers: [Int: Int] = [:]
        for place in heard {
            let sound = plan.audio.buses[place.bus].sounds[place.sound]
            // Sums are rounded, so it matters which sounds are added up first: those of one bus, and of buses that play into it.
            let chain = plan.audio.chain(from: place.bus)
            bytes.add(chain.count)
            for bus in chain {
                let number = numbers[bus] ?? numbers.count
                numbers[bus] = number
                bytes.add(number)
                bytes.add(plan.audio.buses[bus].crossfade?.heard(in: range))
            }
            bytes.add(
                try identity.bytes(
                    of: sound.src, sound.fingerprint, at: plan.path(of: sound.src), named: sound.path + ".src"))
            bytes.add(sound.heard(in: range))
        }
        return try rendering { () throws(LibavError) in try Digest(of: bytes.bytes) }
    }
}
