// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The report of a video or a sound, from all that was read of it.
extension MediaChecker {
    func describe() -> MediaReport {
        var report = MediaReport(file.path, file.kind, container)
        report.pictures = describedPictures
        report.sound = describedSound
        if let pictures = report.pictures, let sound = report.sound {
            let drift = soundTrack?.drift.map { $0.rounded(to: 1e6) }
            report.sync = MediaReport.Sync(
                offset: (sound.start - pictures.start).rounded(to: 1e6),
                end: ((soundEnd ?? 0) - pictures.end).rounded(to: 1e6), drift: drift)
        }
        report.findings = damageFindings
        // What a file that was cut short lacks needs no other words.
        if !isCutShort { report.findings += timeFindings(report) }
        report.findings += tagFindings + formFindings
        report.findings += pictureFindings(report) + soundFindings(report)
        return report
    }

    private var container: MediaReport.Container {
        let ends = packets?.tracks.enumerated().filter { packets?.streams[$0.offset].isCover == false }.map(
            \.element.end)
        let others = ends?.filter(\.isFinite).max()
        let own = [video.map { $0.times.duration / .seconds(1) }, soundEnd].compactMap(\.self).max()
        let isMedia = layout != nil
        return MediaReport.Container(
            format: packets?.format ?? "", bytes: bytes,
            statedDuration: layout.map(\.statedDuration) ?? packets?.statedDuration,
            duration: (own ?? others)?.rounded(to: 1e6), streams: packets?.streams.count ?? 0,
            isFastStart: isMedia ? layout?.isFastStart : nil, editLists: isMedia ? layout?.editLists : nil)
    }

    /// When the sound that could be decoded ends, in seconds.
    var soundEnd: Double? {
        guard let sound, let start = file.sound?.start else { return nil }
        return start + Double(sound.samples) / Double(Libav.Sound.sampleRate)
    }

    /// The time 0 of the file by the clock of its packets, in seconds.
    var zero: Double {
        guard let info = video?.file else { return 0 }
        return Double(info.origin) * Double(info.unitNumerator) / Double(info.unitDenominator)
    }

    /// When the sound is first heard, in seconds; what comes before may be silence that a reader puts there.
    private var soundStart: Double? {
        guard video != nil, let start = soundTrack?.start, start.isFinite else { return nil }
        return max(0, start - zero)
    }

    private var describedPictures: MediaReport.Pictures? {
        guard let found = file.pictures, let video, let pictures else { return nil }
        let times = video.times
        let start = max(0, times.duration(of: times.starts[0]) / .seconds(1))
        let end = times.duration / .seconds(1)
        return MediaReport.Pictures(
            codec: videoStream?.codec ?? found.codec, profile: videoStream?.profile ?? "", width: found.width,
            height: found.height, pixels: videoStream?.pixels ?? "", count: times.count,
            damaged: pictures.damaged.count,
            keyPictures: times.keys.count, statedDuration: videoStream?.duration, start: start.rounded(to: 1e6),
            end: end.rounded(to: 1e6), rate: video.picturesPerSecond.rounded(to: 1e6),
            bitrate: bitrate(videoTrack, end - start), peakBitrate: videoTrack?.peakBitrate ?? 0,
            black: pictures.black.list, frozen: pictures.frozen.list,
            frozenDuration: pictures.frozen.duration.rounded(to: 1e6), repeated: pictures.repeated.count)
    }

    private var describedSound: MediaReport.Sound? {
        guard let found = file.sound, let sound else { return nil }
        let start = soundStart ?? max(0, found.start)
        // Silence that a reader puts before the sound is not the file's.
        let samples = sound.samples - max(0, Int(((start - found.start) * Double(Libav.Sound.sampleRate)).rounded()))
        let duration = Double(samples) / Double(Libav.Sound.sampleRate)
        func hundredth(_ value: Double?) -> Double? { value.map { $0.rounded(to: 100) } }
        return MediaReport.Sound(
            codec: soundStream?.codec ?? "", profile: soundStream?.profile ?? "",
            sampleRate: soundStream?.sampleRate ?? 0,
            channels: soundStream?.channels ?? 0, statedDuration: soundStream?.duration,
            start: start.rounded(to: 1e6),
            samples: samples, duration: duration.rounded(to: 1e6), bitrate: bitrate(soundTrack, duration),
            loudness: hundredth(sound.loudness), range: sound.range.rounded(to: 100),
            truePeak: hundredth(SoundCheck.decibels(sound.truePeak)),
            samplePeak: hundredth(SoundCheck.decibels(sound.samplePeak)),
            silence: sound.silence.list, clippedSamples: sound.clippedSamples, steps: sound.steps,
            stepCount: sound.stepCount)
    }

    private func bitrate(_ track: PacketCheck.Track?, _ duration: Double) -> Int {
        guard let track, duration > 0 else { return 0 }
        return Int(min(Double(track.bytes) * 8 / duration, 1e15))
    }
}

extension Double {
    /// Returns the value rounded to a fraction of one.
    func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}
