// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What is wrong with the lengths and the times of a file.
extension MediaChecker {
    /// What differences of time are reported, in seconds.
    private enum Rule {
        /// Sound that begins by more than this before or after the pictures: what is noticed of sound that comes early (ITU-R BT.1359).
        static let offset = 0.045
        static let ends = 0.2
        static let drift = 0.04
        static let duration = 0.1
    }

    /// Whether the file says that it has more bytes than there are.
    var isCutShort: Bool { (layout?.statedSize ?? 0) > bytes }

    /// What is missing of the file, and what cannot be decoded.
    var damageFindings: [MediaReport.Finding] {
        var findings: [MediaReport.Finding] = []
        func add(_ message: String, at start: Double? = nil, to end: Double? = nil) {
            findings.append(MediaReport.Finding(.damage, .error, at: start, to: end, message))
        }
        if let layout, isCutShort {
            add(
                "the file is cut short: it says that it has \(layout.statedSize) bytes, and has \(bytes); copy or render it again"
            )
        }
        let failures = packets?.failures ?? 0
        if failures > 0, !isCutShort { add("the container is damaged in \(counted(failures, "place"))") }
        if let pictures, pictures.damaged.count > 0, !isCutShort {
            let (count, first, last) = pictures.damaged
            add(
                "\(counted(count, "picture")) of \(video?.times.count ?? count) cannot be decoded, from \(time(first)) to \(time(last)); players show other ones or rubbish",
                at: first, to: last)
        }
        let drift = abs(soundTrack?.drift ?? 0)
        if let lost = sound?.lost, soundTrack?.jumpCount == 0, drift <= Rule.drift, !isCutShort {
            add(
                "\(fixed(Double(lost.count) / 48_000, 3)) s of the sound cannot be decoded, the first at \(time(lost.first)); it is silent there",
                at: lost.first)
        }
        if isScattered {
            add(
                "the times of the sound leave out \(fixed(silentTime, 0)) s, so that it was not decoded; write the file again"
            )
        }
        if let invalid = sound?.invalid, invalid > 0 {
            add("\(counted(invalid, "sample")) of the sound are no numbers; players make noise of them, or fall silent")
        }
        return findings
    }

    /// What does not fit together in time.
    func timeFindings(_ report: MediaReport) -> [MediaReport.Finding] {
        jumpFindings + durationFindings(report) + syncFindings(report)
    }

    private func durationFindings(_ report: MediaReport) -> [MediaReport.Finding] {
        var findings: [MediaReport.Finding] = []
        let frame = report.pictures.map { 2 / max($0.rate, 1) } ?? 0
        let tolerance = max(Rule.duration, frame)
        func compare(_ who: String, _ stated: Double?, _ found: Double?, _ of: String) {
            guard let stated, let found, abs(stated - found) > tolerance else { return }
            findings.append(
                MediaReport.Finding(
                    .duration, .warning,
                    "\(who) states \(fixed(stated, 3)) s, and \(of) \(fixed(found, 3)) s; players stop or wait at the wrong time: write the file again, without encoding it"
                ))
        }
        // Streams that are not looked at may be the last to end.
        let others = packets?.tracks.map(\.end).filter(\.isFinite).max() ?? 0
        let end = report.container.duration ?? 0
        if let stated = report.container.statedDuration, abs(stated - others) > tolerance {
            compare("the container", stated, end, "its streams end after")
        }
        guard findings.isEmpty, layout != nil else { return findings }
        if let pictures = report.pictures {
            compare("the video stream", pictures.statedDuration, pictures.end - pictures.start, "its pictures last")
        }
        if let sound = report.sound {
            compare("the sound stream", sound.statedDuration, sound.duration, "its samples last")
        }
        return findings
    }

    private func syncFindings(_ report: MediaReport) -> [MediaReport.Finding] {
        guard let sync = report.sync else { return [] }
        var findings: [MediaReport.Finding] = []
        func add(_ kind: MediaReport.Finding.Kind, _ message: String) {
            findings.append(MediaReport.Finding(kind, .warning, message))
        }
        let isOff = abs(sync.offset) > Rule.offset
        if isOff {
            add(
                .offset,
                "the sound begins \(fixed(abs(sync.offset), 3)) s \(sync.offset > 0 ? "after" : "before") the pictures; if lips and voices do not fit, move it by that"
            )
        }
        // Sound that was moved ends as much later.
        let rest = isOff ? min(abs(sync.end), abs(sync.end - sync.offset)) : abs(sync.end)
        if rest > Rule.ends, jumpFindings.isEmpty {
            add(
                .ends,
                sync.end < 0
                    ? "the sound ends \(fixed(-sync.end, 3)) s before the pictures"
                    : "the pictures end \(fixed(sync.end, 3)) s before the sound; players show the last one, or nothing"
            )
        }
        if let drift = sync.drift, abs(drift) > Rule.drift {
            add(
                .drift,
                "the times of the sound claim \(fixed(abs(drift), 3)) s \(drift > 0 ? "more" : "less") than its samples last, so it drifts away from the pictures; its sample rate or its times are wrong"
            )
        }
        return findings
    }

    /// Times that jump, in the packets of the sound and in the pictures.
    private var jumpFindings: [MediaReport.Finding] {
        var findings: [MediaReport.Finding] = []
        for (name, track) in [("sound", soundTrack), ("video", videoTrack)] {
            guard let track, track.jumpCount > 0 else { continue }
            let list = track.jumps.map { jump in
                MediaReport.Finding(
                    .timestamps, .warning, at: jump.at - zero,
                    "the times of the \(name) jump by \(fixed(jump.by, 3)) s at \(time(jump.at - zero)): something is \(jump.by > 0 ? "missing there" : "there twice"), as where parts were joined"
                )
            }
            findings += bounded(list, total: track.jumpCount)
        }
        let gaps = pictureGaps
        let list = gaps.map { gap in
            MediaReport.Finding(
                .timestamps, .warning, at: gap.start, to: gap.end,
                "no new picture comes for \(fixed(gap.duration, 3)) s at \(time(gap.start)), while all others come every \(fixed(usualStep * 1000, 1)) ms; pictures are missing there"
            )
        }
        return findings + bounded(list, total: gaps.count)
    }

    /// The usual time from a picture to the next, in seconds.
    private var usualStep: Double {
        guard let times = video?.times, times.count > 1 else { return 0 }
        let steps = zip(times.starts.dropFirst(), times.starts).map { $0 - $1 }.sorted()
        return times.duration(of: steps[steps.count / 2]) / .seconds(1)
    }

    /// The times without a picture in a video whose pictures come at a constant rate but for those.
    private var pictureGaps: [MediaReport.Stretch] {
        guard let times = video?.times, times.count > 10 else { return [] }
        let usual = usualStep
        var gaps: [MediaReport.Stretch] = []
        var regular = 0
        for (start, end) in zip(times.starts, times.starts.dropFirst()) {
            let (from, to) = (times.duration(of: start) / .seconds(1), times.duration(of: end) / .seconds(1))
            if abs(to - from - usual) <= max(0.0015, usual / 10) { regular += 1 }
            if to - from > 2.5 * usual { gaps.append(MediaReport.Stretch(start: from + usual, end: to)) }
        }
        // Where many steps differ, the rate is meant to be variable.
        return regular * 100 >= (times.count - 1) * 97 ? gaps : []
    }

    func time(_ seconds: Double) -> String { fixed(seconds, 3) + " s" }
}

/// Returns a number with its noun, in the plural unless it is 1.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
