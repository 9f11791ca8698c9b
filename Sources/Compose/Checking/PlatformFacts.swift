// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What a platform looks at in a file: a number or a word for each subject.
struct PlatformFacts {
    private(set) var numbers: [PlatformLimit.Subject: Double] = [:]
    private(set) var words: [PlatformLimit.Subject: String] = [:]
    let kind: MediaFile.Kind

    init(_ report: MediaReport, _ checker: MediaChecker) {
        kind = report.kind
        words[.container] = Self.container(report, checker)
        words[.index] = report.container.isFastStart.map { $0 ? "front" : "end" }
        words[.editLists] = report.container.editLists?.rawValue
        numbers[.bytes] = Double(report.container.bytes)
        numbers[.duration] = report.container.duration
        if let pictures = report.pictures, let stream = checker.videoStream {
            words[.videoCodec] = pictures.codec
            words[.scan] = stream.isInterlaced ? "interlaced" : "progressive"
            words[.pixelShape] = stream.pixelWidth == stream.pixelHeight ? "square" : "other"
            words[.chroma] = Self.chroma(stream)
            numbers[.width] = Double(pictures.width)
            numbers[.longSide] = Double(max(pictures.width, pictures.height))
            numbers[.shortSide] = Double(min(pictures.width, pictures.height))
            numbers[.aspect] = Double(pictures.width) / Double(max(pictures.height, 1))
            numbers[.frameRate] = pictures.rate
            numbers[.videoBitrate] = Double(pictures.peakBitrate)
        }
        if let sound = report.sound {
            words[.soundCodec] = sound.codec
            numbers[.soundBitrate] = Double(sound.bitrate)
            numbers[.sampleRate] = Double(sound.sampleRate)
            numbers[.channels] = Double(sound.channels)
            numbers[.loudness] = sound.loudness
            numbers[.truePeak] = sound.truePeak
        }
    }

    /// Returns the usual ending of such files; libav has one name for several.
    private static func container(_ report: MediaReport, _ checker: MediaChecker) -> String {
        let format = report.container.format
        if format.hasPrefix("mov,") { return checker.layout?.isQuickTime == true ? "mov" : "mp4" }
        if format.hasPrefix("matroska") {
            let web = ["vp8", "vp9", "av1", "opus", "vorbis"]
            let codecs = [report.pictures?.codec, report.sound?.codec].compactMap(\.self)
            return codecs.allSatisfy(web.contains) ? "webm" : "mkv"
        }
        return format
    }

    private static func chroma(_ stream: FileScan.Stream) -> String {
        switch (stream.chromaWidth, stream.chromaHeight) {
        case (2, 2): "4:2:0"
        case (2, 1): "4:2:2"
        case (1, 1): "4:4:4"
        case (4, 1): "4:1:1"
        case (0, _): "grey"
        default: "other"
        }
    }
}

extension Platform {
    /// Returns what the platform refuses of a file, or asks to be different.
    func findings(in facts: PlatformFacts) -> [MediaReport.Finding] {
        if facts.kind == .picture || (facts.kind == .sound && self != .ebu) {
            return [
                MediaReport.Finding(.platform, .error, "\(name) takes videos, and this is a \(facts.kind.rawValue)")
            ]
        }
        var found: [MediaReport.Finding] = []
        for limit in limits {
            guard let message = limit.broken(by: facts) else { continue }
            found.append(
                MediaReport.Finding(
                    .platform, limit.isRefused ? .error : .warning,
                    "\(name) \(limit.isRefused ? "refuses" : "asks for something else than") \(message)",
                    source: limit.source))
        }
        return found
    }
}

extension PlatformLimit {
    /// Returns what of a file is beyond the limit, and what is not; `nil` if nothing is, or it has nothing of the kind.
    fileprivate func broken(by facts: PlatformFacts) -> String? {
        if let words {
            guard let word = facts.words[subject], !words.contains(word) else { return nil }
            return "\(subject.noun) \(word); use \(words.joined(separator: ", "))"
        }
        guard let value = facts.numbers[subject] else { return nil }
        // Measured numbers are off by their rounding.
        let slack = subject.slack * max(abs(value), 1)
        if let least, value < least - slack { return "\(subject.noun) \(subject.shown(value)); \(advice)" }
        if let most, value > most + slack { return "\(subject.noun) \(subject.shown(value)); \(advice)" }
        return nil
    }

    /// What the limit allows, in words.
    private var advice: String {
        switch (least, most) {
        case (let least?, let most?) where least == most: "use \(subject.shown(least))"
        case (let least?, let most?): "use \(subject.shown(least)) to \(subject.shown(most))"
        case (let least?, nil): "use \(subject.shown(least)) or more"
        case (nil, let most?): "use \(subject.shown(most)) or less"
        case (nil, nil): "change it"
        }
    }
}

extension PlatformLimit.Subject {
    fileprivate var noun: String {
        switch self {
        case .container: "the container"
        case .videoCodec: "the video codec"
        case .soundCodec: "the audio codec"
        case .chroma: "the chroma subsampling"
        case .scan: "the scan"
        case .index: "the index at the"
        case .editLists: "edit lists with"
        case .pixelShape: "the shape of the pixels,"
        case .width: "a width of"
        case .longSide: "a longer side of"
        case .shortSide: "a shorter side of"
        case .aspect: "an aspect ratio of"
        case .frameRate: "a frame rate of"
        case .duration: "a duration of"
        case .bytes: "a file of"
        case .videoBitrate: "a peak bitrate of the video of"
        case .soundBitrate: "a bitrate of the sound of"
        case .sampleRate: "a sample rate of"
        case .channels: "a number of channels of"
        case .loudness: "a loudness of"
        case .truePeak: "a true peak of"
        }
    }

    fileprivate func shown(_ value: Double) -> String {
        switch self {
        case .width, .longSide, .shortSide: "\(fixed(value, 0)) pixels"
        case .aspect: fixed(value, 4)
        case .frameRate: "\(fixed(value, 2)) pictures a second"
        case .duration: "\(fixed(value, 3)) s"
        case .bytes: "\(fixed(value / 1e6, 1)) MB"
        case .videoBitrate: "\(fixed(value / 1e6, 1)) Mbit/s"
        case .soundBitrate: "\(fixed(value / 1e3, 0)) kbit/s"
        case .sampleRate: "\(fixed(value, 0)) Hz"
        case .loudness: "\(fixed(value, 1)) LUFS"
        case .truePeak: "\(fixed(value, 1)) dBTP"
        default: fixed(value, 0)
        }
    }

    /// How much a measured value may be beyond a limit, as a part of it.
    fileprivate var slack: Double {
        switch self {
        case .frameRate, .aspect: 0.005
        case .duration: 0.002
        // Encoders keep a bitrate on average, and not to the last bit.
        case .soundBitrate: 0.05
        case .loudness, .truePeak: 0.001
        default: 0
        }
    }
}
