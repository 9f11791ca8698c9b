// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// What the output's values have to satisfy, by themselves and with each other.
extension ValueRules {
    static func check(_ edit: Edit, asWritten written: Output, _ report: inout ValueReport) {
        let output = edit.output
        let format = output.settledFormat
        checkFormat(edit, format, written, &report)
        if output.hasVideo { check(output.video, edit, format, &report) }
        checkAudio(edit, written, &report)
        checkWords(edit, &report)
    }

    private static func words(_ list: [some RawRepresentable<String>]) -> String {
        list.map(\.rawValue).joined(separator: ", ")
    }

    private static func checkFormat(
        _ edit: Edit, _ format: Output.Format, _ written: Output, _ report: inout ValueReport
    ) {
        let container = format.container
        if edit.output.hasVideo, let codec = edit.output.video.codec, !container.video.contains(codec) {
            let others = Output.Format.allCases.filter { $0.container.video.contains(codec) }
            report.add(
                "output.video.codec",
                "\(format.rawValue) does not hold \(codec.rawValue); use \(words(container.video)), or the format \(words(others))"
            )
        }
        if format == .gif, edit.timeline.frameRate.numerator > 50 * edit.timeline.frameRate.denominator {
            report.add("frameRate", "GIF shows at most 50 frames a second; use a lower rate")
        }
        if let name = container.muxer, !Library.hasMuxer(name) {
            report.add("output.format", "this FFmpeg was built without \(name); install one that has it")
        }
    }

    private static func check(
        _ video: VideoSettings, _ edit: Edit, _ format: Output.Format, _ report: inout ValueReport
    ) {
        let path = "output.video"
        report.number(video.quality.crf, in: 1...51, path + ".quality")
        if let threads = video.threads { report.number(Double(threads), in: 1...64, path + ".threads") }
        report.number(video.keyframeInterval / .seconds(1), in: 0.1...60, path + ".keyframeInterval")
        if let rate = video.maxBitrate { report.number(Double(rate), in: 50_000...200_000_000, path + ".maxBitrate") }
        let options = video.options
        for (name, value) in options.numbers {
            let widest = name == "bFrames" ? 16.0 : name == "lookahead" ? 250 : 50
            report.number(Double(value), in: 0...widest, path + ".options.\(name)")
        }
        guard let codec = video.codec, let pixels = video.pixelFormat, format.container.video.contains(codec) else {
            return
        }
        if video.frameRate == .variable, video.maxBitrate != nil {
            report.add(
                path + ".frameRate",
                "a ceiling to the bitrate is kept frame by frame; use constant, or leave maxBitrate out")
        }
        if video.frameRate == .variable, !edit.output.allowsVariableRate {
            report.add(
                path + ".frameRate",
                "\(codec.rawValue) in \(format.rawValue) has a picture for every frame; use constant, or h264 in mp4")
        }
        if pixels.hasAlpha, codec.pixelFormats.contains(pixels), !format.container.keepsAlpha(of: codec) {
            report.add(
                path + ".pixelFormat",
                "\(format.rawValue) keeps no transparency of \(codec.rawValue); use the format webm or mkv")
            return
        }
        if !codec.pixelFormats.contains(pixels) {
            let others = VideoSettings.Codec.allCases.filter { $0.pixelFormats.contains(pixels) }
            report.add(
                path + ".pixelFormat",
                "\(codec.rawValue) has no \(pixels.rawValue); use \(words(codec.pixelFormats)), or the codec \(words(others))"
            )
            return
        }
        checkEncoder(video, codec, pixels, &report)
    }

    /// What lies behind everything can shine through only where the output keeps that.
    static func checkBackground(of edit: Edit, _ report: inout ValueReport) {
        let background = edit.timeline.background
        guard background.alpha < 255, edit.output.hasVideo, !edit.output.hasAlpha else { return }
        let solid = changed(background) { $0.alpha = 255 }
        let codec = edit.output.video.codec?.rawValue ?? "the output"
        report.add(
            "background",
            "\(background) is not solid, and \(codec) as it is set keeps no transparency; "
                + "use \(solid), or an output such as webm, mov with prores, gif, webp or png")
    }

    private static func checkEncoder(
        _ video: VideoSettings, _ codec: VideoSettings.Codec, _ pixels: VideoSettings.PixelFormat,
        _ report: inout ValueReport
    ) {
        let path = "output.video"
        let backends = Backend.candidates(for: codec, video.encoder)
        let able = Backend.candidates(for: codec, .automatic)
        if backends.isEmpty {
            report.add(
                path + ".encoder",
                "\(video.encoder.rawValue) does not make \(codec.rawValue); use automatic, \(words(able))")
            return
        }
        if !backends.contains(where: { $0.pixelFormats(of: codec).contains(pixels) }) {
            report.add(
                path + ".pixelFormat",
                "\(words(backends)) makes no \(codec.rawValue) in \(pixels.rawValue); use \(words(backends[0].pixelFormats(of: codec))), or the encoder software"
            )
        }
        for name in video.options.named where !backends.contains(where: { $0.options.contains(name) }) {
            let others = Backend.allCases.filter { $0.options.contains(name) }
            report.add(
                path + ".options.\(name)", "\(words(backends)) has no such option; \(words(others)) have it")
        }
        for (name, value) in video.options.numbers where (0...250).contains(value) {
            let ranges = backends.filter { $0.options.contains(name) }.map { $0.range(of: name) }
            guard let widest = ranges.compactMap(\.self).max(by: { $0.upperBound < $1.upperBound }),
                !ranges.contains(where: { $0?.contains(value) ?? true })
            else { continue }
            report.number(
                Double(value), in: Double(widest.lowerBound)...Double(widest.upperBound), path + ".options.\(name)")
        }
        if video.maxBitrate != nil, !backends.contains(where: \.hasMaxBitrate) {
            report.add(path + ".maxBitrate", "\(codec.rawValue) has no ceiling to the bitrate; leave it out")
        }
        if let device = video.device {
            let isNumber = !device.isEmpty && device.count < 4 && device.allSatisfy { $0.isASCII && $0.isNumber }
            if !isNumber && !device.hasPrefix("/") {
                report.add(
                    path + ".device",
                    "\(quoted(device)) is neither a number, for NVENC, nor the path of a render node, for VA-API")
            } else if !backends.contains(isNumber ? .nvenc : .vaapi) {
                report.add(path + ".device", "\(words(backends)) does not run on such a device; leave it out")
            }
        }
    }

    private static func checkAudio(_ edit: Edit, _ written: Output, _ report: inout ValueReport) {
        report.number(Double(written.audio.bitrate), in: 32_000...320_000, "output.audio.bitrate")
        let format = edit.output.settledFormat
        let container = format.container
        let hasSound = edit.timeline.tracks.contains { track in
            track.clips.contains { if case .audio = $0 { true } else { false } }
        }
        if let codec = written.audio.codec, codec != .none, !container.audio.contains(codec) {
            report.add(
                "output.audio.codec",
                container.audio.isEmpty
                    ? "\(format.rawValue) holds no sound; use none"
                    : "\(format.rawValue) does not hold \(codec.rawValue); use \(words(container.audio))")
        } else if hasSound, container.audio.isEmpty, written.audio.codec != AudioSettings.Codec.none {
            report.add(
                "output.format",
                "\(format.rawValue) holds no sound, but the timeline has some; remove it, or set output.audio.codec to none"
            )
        } else if !edit.output.hasVideo, written.audio.codec == AudioSettings.Codec.none || !hasSound {
            report.add("output.format", "\(format.rawValue) is sound alone, and there is none; add an audio clip")
        }
    }

    private static func checkWords(_ edit: Edit, _ report: inout ValueReport) {
        let output = edit.output
        let format = output.settledFormat
        if !output.tags.isEmpty, !format.container.hasTags {
            report.add("output.tags", "\(format.rawValue) has no room for them; leave them out")
        }
        for tag in Output.Tag.allCases {
            guard let text = output.tags[tag] else { continue }
            if text.utf8.count > 4096 {
                report.add("output.tags.\(tag.rawValue)", "is longer than 4096 bytes; shorten it")
            }
        }
        if !output.chapters.isEmpty, !format.container.hasChapters {
            report.add("output.chapters", "\(format.rawValue) has no chapters; leave them out")
        }
        for (index, chapter) in output.chapters.enumerated() {
            report.time(chapter.start, "output.chapters[\(index)].start")
            if index > 0, chapter.start <= output.chapters[index - 1].start {
                report.add("output.chapters[\(index)].start", "is not after the chapter before it; order them by time")
            }
            if chapter.title.utf8.count > 1024 {
                report.add("output.chapters[\(index)].title", "is longer than 1024 bytes; shorten it")
            }
        }
    }
}
