// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension AudioClip: PlannedClip {
    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound? {
        guard let info = media.sounds[src] else { return nil }
        let clock = place.clock
        return PlannedSound(
            src: src, path: place.path, fingerprint: info.fingerprint, fileLength: info.length, samples: place.samples,
            sourceStart: clock.sample(at: source?.start ?? .zero),
            sourceCount: source?.duration.map(clock.sample), keepsTime: false, loop: loop, speed: 1_000_000,
            volume: volume,
            fadeIn: clock.sample(at: fadeIn), fadeOut: clock.sample(at: fadeOut), crossIn: place.crossIn,
            crossOut: place.crossOut)
    }

    func mediaLength(_ media: Media) -> Duration? {
        guard let length = media.sounds[src]?.length else { return nil }
        return .seconds(length) / Sound.sampleRate - (source?.start ?? .zero)
    }

    /// Returns a problem if the requested part is not in the file: nothing is repeated or left silent without notice.
    func mediaProblems(_ media: Media, at path: () -> String) -> [Problem] {
        guard let info = media.sounds[src] else { return [] }
        func problem(_ field: String, _ message: String) -> [Problem] {
            [Problem(path: "\(path()).\(field)", message: message)]
        }
        // Containers round their lengths, so accept up to a tenth of a second of silence at the end.
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
                "\(seconds(duration)) is longer than the rest of the sound (\(rounded(available))); shorten it, or set loop"
            )
        }
        return []
    }
}

/// Returns a duration for messages, rounded to milliseconds.
func rounded(_ duration: Duration) -> String {
    let milliseconds = (duration.attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
    return seconds(.milliseconds(Int64(milliseconds)))
}
