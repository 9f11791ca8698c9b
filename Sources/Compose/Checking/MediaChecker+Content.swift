// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What is wrong with what is seen and heard.
extension MediaChecker {
    func pictureFindings(_ report: MediaReport) -> [MediaReport.Finding] {
        guard let pictures, let shown = report.pictures else { return [] }
        let length = shown.end - shown.start
        var findings: [MediaReport.Finding] = []
        let black = pictures.black.list.map { part in
            MediaReport.Finding(
                .black, .warning, at: part.start, to: part.end,
                part.duration > 0.99 * length
                    ? "all of the pictures are black"
                    : "the picture is black from \(time(part.start)) to \(time(part.end))")
        }
        findings += bounded(black, total: pictures.black.count)
        // Where the pictures stand still most of the time, they are stills that are shown one after the other.
        let areStills = pictures.frozen.duration > length / 2
        let frozen = pictures.frozen.list.map { part in
            MediaReport.Finding(
                .frozen, areStills ? .note : .warning, at: part.start, to: part.end,
                "the picture stands still from \(time(part.start)) to \(time(part.end))")
        }
        findings += bounded(frozen, total: pictures.frozen.count)
        let (repeated, first) = pictures.repeated
        if repeated >= 3, repeated * 50 >= shown.count {
            findings.append(
                MediaReport.Finding(
                    .repeated, .warning, at: first,
                    "\(repeated) of \(shown.count) pictures repeat the one before while the picture moves, the first at \(time(first)); it was made for about \(fixed(shown.rate * Double(shown.count - repeated) / Double(shown.count), 1)) pictures a second"
                ))
        }
        return findings
    }

    func soundFindings(_ report: MediaReport) -> [MediaReport.Finding] {
        guard let sound, let heard = report.sound else { return [] }
        var findings: [MediaReport.Finding] = []
        let silence = sound.silence.list.map { part in
            MediaReport.Finding(
                .silence, .warning, at: part.start, to: part.end,
                part.duration > 0.99 * heard.duration
                    ? "all of the sound is silent" : "there is no sound from \(time(part.start)) to \(time(part.end))")
        }
        findings += bounded(silence, total: sound.silence.count)
        let clipping = sound.clipping.map { part in
            MediaReport.Finding(
                .clipping, .warning, at: part.start, to: part.end,
                "the sound is cut off at full scale from \(time(part.start)) to \(time(part.end)), and distorted; mix it quieter"
            )
        }
        findings += bounded(clipping, total: sound.clippingCount)
        if sound.clippingCount == 0, let peak = heard.truePeak, peak > 0 {
            findings.append(
                MediaReport.Finding(
                    .truePeak, .warning,
                    "the sound reaches \(fixed(peak, 1)) dBTP, and is cut off when it is played; EBU R 128 allows -1 dBTP"
                ))
        }
        return findings + stepFindings(sound, heard)
    }

    private func stepFindings(_ sound: SoundCheck, _ heard: MediaReport.Sound) -> [MediaReport.Finding] {
        // Where samples are missing the sound stops and begins, which is said already.
        let gaps = (soundTrack?.jumps ?? []).map { jump in
            (from: jump.at - zero - 0.1, to: jump.at - zero + max(0, jump.by) + 0.1)
        }
        let steps = sound.steps.filter { step in !gaps.contains { $0.from <= step && step <= $0.to } }
        let total = sound.stepCount - (sound.steps.count - steps.count)
        guard let first = steps.first else { return [] }
        // A sound that has them again and again, as beeps and drums of computers do, is made so.
        let areMany = total > 10 && Double(total) > heard.duration / 2
        if areMany {
            return [
                MediaReport.Finding(
                    .seam, .note, at: first,
                    "the sound has \(total) steps, the first at \(time(first)), which is how sounds of computers begin"
                )
            ]
        }
        let list = steps.map { step in
            MediaReport.Finding(
                .seam, .warning, at: step,
                "the sound jumps at \(time(step)), which is heard as a click; fade over the join by a few milliseconds")
        }
        return bounded(list, total: total)
    }
}
