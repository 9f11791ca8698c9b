// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension AudioClip: PlannedClip {
    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound? {
        guard let info = media.sounds[src] else { return nil }
        let clock = place.clock
        return PlannedSound(
            src: src, path: place.path, fingerprint: info.fingerprint, samples: place.samples,
            sourceStart: clock.sample(at: source?.start ?? .zero),
            sourceCount: source?.duration.map(clock.sample), loop: loop, volume: volume,
            fadeIn: clock.sample(at: fadeIn), fadeOut: clock.sample(at: fadeOut), crossIn: place.crossIn,
            crossOut: place.crossOut)
    }

    func mediaLength(_ media: Media) -> Duration? {
        guard let length = media.sounds[src]?.length else { return nil }
        return .seconds(length) / Sound.sampleRate - (source?.start ?? .zero)
    }

    /// The part that is asked for must be there: nothing is silently repeated or left silent.
    func mediaProblems(_ media: Media, at path: String) -> [Problem] {
        guard let info = media.sounds[src] else { return [] }
        func problem(_ field: String, _ message: String) -> [Problem] {
            [Problem(path: "\(path).\(field)", message: message)]
        }
        guard info.length > 0 else {
            guard duration == nil, !loop, source?.duration == nil else { return [] }
            return problem("duration", "\(src) does not say how long it is; give the clip a duration")
        }
        // Containers round their lengths; a tenth of a second of silence at the end is not a mistake anybody made.
        let length = Duration.seconds(info.length) / Sound.sampleRate
        let slack = Duration.milliseconds(100)
        let start = source?.start ?? .zero
        if start >= length {
            return problem(
                "source.start", "\(seconds(start)) lies behind the end of \(src), which lasts \(rounded(length))")
        }
        if let part = source?.duration, start + part > length + slack {
            return problem(
                "source.duration",
                "\(seconds(start)) + \(seconds(part)) lies behind the end of \(src), which lasts \(rounded(length)); "
                    + "shorten it")
        }
        let available = source?.duration ?? (length - start)
        if let duration, !loop, duration > available + slack {
            return problem(
                "duration",
                "\(seconds(duration)) is longer than the sound there is (\(rounded(available))); shorten it, or set loop"
            )
        }
        return []
    }
}

/// A length of sound for a message, to the millisecond.
private func rounded(_ duration: Duration) -> String {
    let milliseconds = (duration.attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
    return seconds(.milliseconds(Int64(milliseconds)))
}
