// SPDX-License-Identifier: Apache-2.0

/// The rules for the output's values together.
enum OutputRules {
    static func check(_ output: Output, _ report: inout ValueReport) {
        let format = output.settledFormat
        checkName(&report)
        checkVideoCodec(output, format, &report)
        if output.hasVideo { check(output.video, output, format, &report) }
        checkAudio(output, format, &report)
        if !output.tags.isEmpty, !format.container.hasTags {
            report.add("\(format.rawValue) does not support tags; leave them out", at: .field("tags"))
        }
        if !output.chapters.isEmpty, !format.container.hasChapters {
            report.add("\(format.rawValue) has no chapters; leave them out", at: .field("chapters"))
        }
        if !output.captions.isEmpty, !format.container.hasCaptions {
            let others = Output.Format.allCases.filter(\.container.hasCaptions)
            report.add(
                "\(format.rawValue) has no tracks of captions; leave them out, or use \(words(others))",
                at: .field("captions"))
        }
        if output.captions.count > CaptionTrack.most {
            report.add("there are \(output.captions.count); use at most \(CaptionTrack.most)", at: .field("captions"))
        }
    }

    /// Refuses a file's name that asks for a format which is not written.
    private static func checkName(_ report: inout ValueReport) {
        guard let path = report.context.nameOfFormat, let ending = Output.Format.fileExtension(of: path),
            Output.Format(path: path) == nil
        else { return }
        let name = quoted(path.split(separator: "/").last.map(String.init) ?? path)
        if let format = Output.Format.allCases.first(where: { $0.container.parts.contains(ending) }) {
            report.add(
                "\(name) names a single file; set \(quoted(format.rawValue)), and the output will be a folder with such files",
                at: .field("format"))
        } else {
            let known = Set(Output.Format.allCases.compactMap(\.fileExtension).map { "." + $0 })
            report.add(
                "\(name) names no format that is written; use \(known.sorted().joined(separator: ", ")), or set the format",
                at: .field("format"))
        }
    }

    private static func words(_ list: [some RawRepresentable<String>]) -> String {
        list.map(\.rawValue).joined(separator: ", ")
    }

    private static func checkVideoCodec(_ output: Output, _ format: Output.Format, _ report: inout ValueReport) {
        guard output.hasVideo, let codec = output.video.codec, !format.holds(codec) else { return }
        let others = Output.Format.allCases.filter { $0.holds(codec) }
        report.add(
            "\(format.rawValue) does not hold \(codec.rawValue); use \(words(format.container.video)), "
                + "or the format \(words(others))",
            at: .field("video"), .field("codec"))
    }

    private static func check(
        _ video: VideoSettings, _ output: Output, _ format: Output.Format, _ report: inout ValueReport
    ) {
        guard let codec = video.codec, let pixels = video.pixelFormat, format.holds(codec) else { return }
        func refuse(_ field: String, _ message: String) {
            report.add(message, at: .field("video"), .field(field))
        }
        if video.frameRate == .variable, video.maxBitrate != nil {
            refuse(
                "frameRate", "maxBitrate needs a constant frame rate; use constant, or leave maxBitrate out")
        }
        if video.frameRate == .variable, !output.allowsVariableRate {
            refuse(
                "frameRate",
                "\(codec.rawValue) in \(format.rawValue) does not support a variable frame rate; use constant, or h264 in mp4"
            )
        }
        if pixels.hasAlpha, codec.pixelFormats.contains(pixels), !format.container.keepsAlpha(of: codec) {
            return refuse(
                "pixelFormat",
                "\(format.rawValue) does not keep transparency of \(codec.rawValue); use the format webm or mkv")
        }
        if !codec.pixelFormats.contains(pixels) {
            let others = VideoSettings.Codec.allCases.filter { $0.pixelFormats.contains(pixels) }
            return refuse(
                "pixelFormat",
                "\(codec.rawValue) has no \(pixels.rawValue); use \(words(codec.pixelFormats)), "
                    + "or the codec \(words(others))")
        }
        report.inside(.field("video")) { checkEncoder(video, codec, pixels, &$0) }
        checkSize(video, codec, &report)
    }

    /// Refuses a canvas that no encoder takes.
    ///
    /// GPUs report their limits when they are opened. `automatic` has to work without one, and none takes more than the
    /// encoders on the CPU.
    private static func checkSize(
        _ video: VideoSettings, _ codec: VideoSettings.Codec, _ report: inout ValueReport
    ) {
        let (width, height) = report.context.canvas
        guard PixelSize(width: width, height: height).isCanvas else { return }
        let choice = video.encoder == .automatic ? VideoSettings.EncoderChoice.software : video.encoder
        let backends = Backend.candidates(for: codec, choice)
        let limits = backends.compactMap(\.limits)
        guard !limits.isEmpty, limits.count == backends.count,
            !limits.contains(where: { $0.widths.contains(width) && $0.heights.contains(height) })
        else { return }
        let (widths, heights) = limits[0]
        report.add(
            "\(words(backends)) makes \(codec.rawValue) of \(widths.lowerBound)…\(widths.upperBound) × "
                + "\(heights.lowerBound)…\(heights.upperBound) pixels, and the canvas has \(width)x\(height); "
                + "use another size or codec",
            at: .field("video"), .field("codec"))
    }

    private static func checkEncoder(
        _ video: VideoSettings, _ codec: VideoSettings.Codec, _ pixels: VideoSettings.PixelFormat,
        _ report: inout ValueReport
    ) {
        let backends = Backend.candidates(for: codec, video.encoder)
        guard !backends.isEmpty else {
            let able = Backend.candidates(for: codec, .automatic)
            return report.add(
                "\(video.encoder.rawValue) does not make \(codec.rawValue); use automatic, \(words(able))",
                at: .field("encoder"))
        }
        if !backends.contains(where: { $0.pixelFormats(of: codec).contains(pixels) }) {
            report.add(
                "\(words(backends)) makes no \(codec.rawValue) in \(pixels.rawValue); "
                    + "use \(words(backends[0].pixelFormats(of: codec))), or the encoder software",
                at: .field("pixelFormat"))
        }
        report.inside(.field("options")) { check(video.options, backends, &$0) }
        if video.maxBitrate != nil, !backends.contains(where: \.hasMaxBitrate) {
            report.add("\(codec.rawValue) does not support maxBitrate; leave it out", at: .field("maxBitrate"))
        }
        if let device = video.device { report.inside(.field("device")) { check(device: device, backends, &$0) } }
    }

    private static func check(
        _ options: VideoSettings.Options, _ backends: [Backend], _ report: inout ValueReport
    ) {
        for name in options.named where !backends.contains(where: { $0.options.contains(name) }) {
            let others = Backend.allCases.filter { $0.options.contains(name) }
            report.add("\(words(backends)) has no such option; \(words(others)) have it", at: .field(name))
        }
        for (name, value) in options.numbers where (0...250).contains(value) {
            let ranges = backends.filter { $0.options.contains(name) }.map { $0.range(of: name) }
            guard let widest = ranges.compactMap(\.self).max(by: { $0.upperBound < $1.upperBound }),
                !ranges.contains(where: { $0?.contains(value) ?? true })
            else { continue }
            report.inside(.field(name)) {
                $0.number(Double(value), in: Double(widest.lowerBound)...Double(widest.upperBound))
            }
        }
    }

    private static func check(device: String, _ backends: [Backend], _ report: inout ValueReport) {
        let isNumber = !device.isEmpty && device.count < 4 && device.allSatisfy { $0.isASCII && $0.isNumber }
        if !isNumber && !device.hasPrefix("/") {
            report.add("\(quoted(device)) is neither a number, for NVENC, nor the path of a render node, for VA-API")
        } else if !backends.contains(isNumber ? .nvenc : .vaapi) {
            report.add("\(words(backends)) does not run on such a device; leave it out")
        }
    }

    /// Refuses a sample rate that the sound's format does not have.
    private static func checkRate(_ audio: AudioSettings, _ format: Output.Format, _ report: inout ValueReport) {
        guard let codec = audio.codec ?? format.container.audio.first,
            AudioSettings.sampleRates.contains(audio.sampleRate),
            !codec.sampleRates.contains(audio.sampleRate)
        else { return }
        let rates = codec.sampleRates.map(String.init).joined(separator: " or ")
        report.add(
            "\(codec.rawValue) has no \(audio.sampleRate); use \(rates), or another codec", at: .field("audio"),
            .field("sampleRate"))
    }

    /// Refuses tracks of sound that the format has no place for, or of tracks that the timeline lacks.
    private static func checkTracks(_ audio: AudioSettings, _ format: Output.Format, _ report: inout ValueReport) {
        if !format.container.hasCaptions {
            let others = words(Output.Format.allCases.filter(\.container.hasCaptions))
            for (field, isSet) in [("tracks", !audio.tracks.isEmpty), ("stems", audio.stems)] where isSet {
                report.add(
                    "\(format.rawValue) holds one track of sound; leave \(field) out, or use \(others)",
                    at: .field("audio"),
                    .field(field))
            }
        }
        if audio.tracks.count > SoundTrack.most {
            report.add(
                "there are \(audio.tracks.count); use at most \(SoundTrack.most)", at: .field("audio"), .field("tracks")
            )
        }
        let known = report.context.tracksWithSound
        for (index, track) in audio.tracks.enumerated() {
            for (place, id) in track.tracks.enumerated() where !known.contains(id) {
                let list = known.isEmpty ? "give it one" : "use " + known.map(quoted).joined(separator: ", ")
                report.add(
                    "no track with sound has the id \(quoted(id)); \(list)", at: .field("audio"), .field("tracks"),
                    .index(index), .field("tracks"), .index(place))
            }
        }
    }

    private static func checkAudio(_ output: Output, _ format: Output.Format, _ report: inout ValueReport) {
        let container = format.container
        let context = report.context
        checkRate(output.audio, format, &report)
        checkTracks(output.audio, format, &report)
        let written = context.audioCodec.flatMap(AudioSettings.Codec.init(rawValue:))
        if let codec = written, codec != .noSound, !container.audio.contains(codec) {
            report.add(
                container.audio.isEmpty
                    ? "\(format.rawValue) holds no sound; use none"
                    : "\(format.rawValue) does not hold \(codec.rawValue); use \(words(container.audio))",
                at: .field("audio"), .field("codec"))
        } else if container.audio.isEmpty, written != .noSound, context.hasSoundClips {
            report.add(
                "\(format.rawValue) holds no sound, but the timeline has some; remove it, "
                    + "or set output.audio.codec to none",
                at: .field("format"))
        } else if !output.hasVideo, written == .noSound || !context.hasSound {
            report.add(
                "\(format.rawValue) holds only sound, but the timeline has none; add an audio clip",
                at: .field("format"))
        }
    }
}
