// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension VideoClip: PlannedLayer {
    var cropsContent: Bool { true }

    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        guard let info = sources.media.videos[src], let timing = timing(info) else { return [] }
        let file = VideoPictures(info: info, timing: timing, failsOnDamage: onDamage == .fail)
        let picture = FittedPicture(
            extent: file.extent, box: sources.box(of: visual), fit: fit, motion: motion,
            crop: visual.crop(of: file.extent, ClipCurves(frames, sources.rate, sources.canvas)))
        return sources.draws(src, file, picture, in: window, over: frames)
    }

    func sound(_ place: SoundPlace, _ media: Media) -> PlannedSound? {
        guard playsSound, let info = media.videos[src], let sound = info.sound, let rate = PlaybackRate(speed) else {
            return nil
        }
        let clock = place.clock
        let (start, length) = part(info)
        // Sound that begins after the source does, or ends before it, leaves silence.
        let first = clock.sample(at: start) + sound.origin
        var count = clock.sample(at: length)
        if let offset = audioOffset, offset.end > .zero {
            let heard = Duration.seconds(place.samples.count - place.anchor) / Sound.sampleRate
            count = max(count, clock.sample(at: rate.played(in: heard)) + 1)
        }
        return planned(
            SoundFile(src: src, fingerprint: info.fingerprint, length: sound.length, start: sound.origin), place,
            from: first, count: count, keepsTime: true)
    }

    func hasSound(_ media: Media) -> Bool { playsSound && media.videos[src]?.sound != nil }

    var hasKeyframes: Bool { visual.mayHaveKeyframes || volume.isAnimated || pan.isAnimated }

    func mediaLength(_ media: Media) -> Duration? {
        guard let info = media.videos[src] else { return nil }
        let length = part(info).length
        return length > .zero ? PlaybackRate(speed)?.time(toPlay: length) : length
    }

    /// Returns a problem if the requested part is not in the file: nothing is repeated or held without notice.
    func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
        guard let info = media.videos[src], let rate = PlaybackRate(speed) else { return [] }
        let size = (width: Double(info.size.width), height: Double(info.size.height))
        let cropped = visual.cropProblems(of: size, at: path())
        guard cropped.isEmpty else { return cropped }
        let whole = info.times.duration
        // Containers round their times, so accept a picture's length more, up to a tenth of a second.
        let slack = min(max(.milliseconds(2), whole / info.times.count), .milliseconds(100))
        if let outside = SourceRange.problem(of: source, in: src, lasting: whole, slack: slack, at: path) {
            return [outside]
        }
        func problem(_ field: String, _ message: String) -> [Problem] {
            [Problem(path: "\(path()).\(field)", message: message)]
        }
        if case .at(let time)? = freeze, time >= whole {
            return problem("freeze", "\(seconds(time)) lies behind the end of \(src), which lasts \(rounded(whole))")
        }
        let sound = soundProblems(info, rate, whole: whole + slack, at: path)
        guard let duration = visual.duration, !loop, freeze == nil else { return sound }
        let available = self.part(info).length
        if rate.played(in: duration) > available + slack {
            let most = rate.time(toPlay: available)
            let speed = speed == 1 ? "" : ", which is \(rounded(available)) at this speed"
            return problem(
                "duration",
                "\(seconds(duration)) is longer than the rest of the video (\(rounded(most))\(speed)); shorten it, "
                    + "set loop, or let a clip with \"freeze\": \"last\" follow")
        }
        return sound
    }

    /// Returns the problems of the sound alone; the file lasts `whole`.
    private func soundProblems(
        _ info: VideoInfo, _ rate: PlaybackRate, whole: Duration, at path: () -> String
    ) -> [Problem] {
        guard hasSound(in: info) else { return [] }
        var problems = buildProblems(at: path)
        let (start, length) = part(info)
        problems += crossfadeProblem(ofPart: length, at: path)
        guard let offset = audioOffset else { return problems }
        let before = Duration.seconds(max(0, (.zero - offset.start) / .seconds(1)) * speed.value(at: .zero))
        if before > start {
            problems.append(
                Problem(
                    path: "\(path()).audioOffset.start",
                    message:
                        "\(seconds(offset.start)) lies before the beginning of \(src): there is \(rounded(start)) of it "
                        + "before the clip; begin the sound later"))
        }
        let duration = visual.duration ?? rate.time(toPlay: length)
        if offset.end > .zero, start + rate.played(in: duration + offset.end) > whole {
            problems.append(
                Problem(
                    path: "\(path()).audioOffset.end",
                    message: "\(seconds(offset.end)) lies behind the end of \(src); end the sound earlier"))
        }
        return problems
    }

    private func hasSound(in info: VideoInfo) -> Bool { playsSound && info.sound != nil }

    /// Returns the part of the file that is played.
    private func part(_ info: VideoInfo) -> (start: Duration, length: Duration) {
        let start = source?.start ?? .zero
        let rest = info.times.duration - start
        return (start, min(source?.duration ?? rest, rest))
    }

    private func timing(_ info: VideoInfo) -> VideoTiming? {
        var (start, length) = part(info)
        guard length > .zero else { return nil }
        length = max(length, .microseconds(1))  // shorter than any picture
        switch freeze {
        case nil:
            return PlaybackRate(speed).map {
                VideoTiming(start: start, length: length, rate: $0, isReversed: reverse, isLooped: loop)
            }
        case .first: return VideoTiming(start: start, length: length, rate: nil)
        case .at(let time): return VideoTiming(start: time, length: length, rate: nil)
        case .last:
            let end = start + length - .nanoseconds(1)
            return VideoTiming(start: max(start, end), length: length, rate: nil)
        }
    }
}

/// The pictures of a video clip, for the planner.
private struct VideoPictures: PlannedPictures {
    let info: VideoInfo
    let timing: VideoTiming
    let failsOnDamage: Bool

    var extent: (width: Double, height: Double) { (Double(info.size.width), Double(info.size.height)) }
    var hasAlpha: Bool { info.file.hasAlpha }
    var isVector: Bool { false }

    func source(
        _ src: String, region: Picture.Region, size: PixelSize, blur: Double, rate: FrameRate, plays: Bool
    ) -> any PictureSource {
        let copy = PictureCopy(
            original: info.size, orientation: info.orientation, hasAlpha: hasAlpha, color: info.color,
            region: region, size: size, blur: blur)
        var timing = timing
        if !plays { timing.rate = nil }
        return VideoSource(
            copy: copy, src: src, fingerprint: info.fingerprint, times: info.times, timing: timing, rate: rate,
            stored: PixelSize(width: info.file.width, height: info.file.height), codec: info.file.codec,
            failsOnDamage: failsOnDamage)
    }
}
