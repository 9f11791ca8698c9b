// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension AudioClip: PlannedClip {
    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound? {
        guard let info = media.sounds[src] else { return nil }
        return planned(
            SoundFile(src: src, fingerprint: info.fingerprint, length: info.length), place,
            from: place.clock.sample(at: source?.start ?? .zero), count: source?.duration.map(place.clock.sample),
            keepsTime: false)
    }

    var hasKeyframes: Bool { volume.isAnimated || pan.isAnimated }

    func mediaLength(_ media: Media) -> Duration? {
        guard let length = media.sounds[src]?.length else { return nil }
        let rest = .seconds(length) / Sound.sampleRate - (source?.start ?? .zero)
        let part = min(source?.duration ?? rest, rest)
        return speed == 1 || part <= .zero ? part : PlaybackRate(speed)?.time(toPlay: part)
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
        var problems = buildProblems(at: path)
        let available = source?.duration ?? (length - (source?.start ?? .zero))
        problems += crossfadeProblem(ofPart: available, at: path)
        if let duration, !loop, let rate = PlaybackRate(speed), rate.played(in: duration) > available + slack {
            let most = speed == 1 ? available : rate.time(toPlay: available)
            let atSpeed = speed == 1 ? "" : ", which is \(rounded(available)) at this speed"
            problems.append(
                Problem(
                    path: "\(path()).duration",
                    message:
                        "\(seconds(duration)) is longer than the rest of the sound (\(rounded(most))\(atSpeed)); shorten it, or set loop"
                ))
        }
        return problems
    }
}
