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
            volume: volume.resolved(over: place.length),
            fadeIn: clock.sample(at: fadeIn), fadeOut: clock.sample(at: fadeOut), crossIn: place.crossIn,
            crossOut: place.crossOut)
    }

    var hasKeyframes: Bool { volume.isAnimated }

    func mediaLength(_ media: Media) -> Duration? {
        guard let length = media.sounds[src]?.length else { return nil }
        return .seconds(length) / Sound.sampleRate - (source?.start ?? .zero)
    }

    /// Returns a problem if the requested part is not in the file: nothing is repeated or left silent without notice.
    func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
        guard let info = media.sounds[src] else { return [] }
        // Containers round their lengths, so accept up to a tenth of a second of silence at the end.
        let length = Duration.seconds(info.length) / Sound.sampleRate
        let slack = Duration.milliseconds(100)
        if let outside = SourceRange.problem(of: source, in: src, lasting: length, slack: slack, at: path) {
            return [outside]
        }
        let available = source?.duration ?? (length - (source?.start ?? .zero))
        if let duration, !loop, duration > available + slack {
            return [
                Problem(
                    path: "\(path()).duration",
                    message:
                        "\(seconds(duration)) is longer than the rest of the sound (\(rounded(available))); shorten it, or set loop"
                )
            ]
        }
        return []
    }
}
