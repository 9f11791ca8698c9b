// SPDX-License-Identifier: Apache-2.0

extension MediaReport: CustomStringConvertible {
    /// The measurements and the findings, a line each.
    public var description: String {
        var lines = [
            "file     \(path)", "kind     \(kind.rawValue), \(container.format), \(container.bytes) bytes" + form,
        ]
        if let pictures { lines += Self.lines(of: pictures) }
        if let sound { lines += Self.lines(of: sound) }
        if let sync {
            let drift = sync.drift.map { ", drift \(fixed($0, 3)) s" } ?? ""
            lines.append(
                "sync     sound begins \(Self.signed(sync.offset)) s and ends \(Self.signed(sync.end)) s after the pictures\(drift)"
            )
        }
        if let platform { lines.append("platform \(platform.rawValue), limits of \(PlatformLimit.asOf)") }
        lines += findings.map { $0.description + ($0.source.map { " [\($0)]" } ?? "") }
        if findings.isEmpty { lines.append("nothing is wrong with it") }
        return lines.joined(separator: "\n")
    }

    private var form: String {
        var parts: [String] = []
        if let duration = container.duration {
            let stated = container.statedDuration.map { ", stated \(fixed($0, 3)) s" } ?? ""
            parts.append(", \(fixed(duration, 3)) s\(stated)")
        }
        if let isFastStart = container.isFastStart { parts.append(isFastStart ? ", index in front" : ", index behind") }
        return parts.joined()
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + fixed(value, 3) }

    private static func lines(of pictures: Pictures) -> [String] {
        let profile = pictures.profile.isEmpty ? "" : " \(pictures.profile)"
        let rate = "\(fixed(pictures.rate, 3)) a second, \(fixed(Double(pictures.bitrate) / 1000, 0)) kbit/s"
        var lines = [
            "pictures \(pictures.codec)\(profile), \(pictures.width) × \(pictures.height), \(pictures.pixels), \(rate) (peak \(fixed(Double(pictures.peakBitrate) / 1000, 0)))",
            "length   \(fixed(pictures.start, 3))…\(fixed(pictures.end, 3)) s: \(pictures.count) pictures, \(pictures.damaged) of them damaged, \(pictures.keyPictures) key pictures",
        ]
        if pictures.frozenDuration > 0 { lines.append("still    \(fixed(pictures.frozenDuration, 3)) s in all") }
        return lines
    }

    private static func lines(of sound: Sound) -> [String] {
        let profile = sound.profile.isEmpty ? "" : " \(sound.profile)"
        func level(_ value: Double?, _ unit: String) -> String { value.map { "\(fixed($0, 1)) \(unit)" } ?? "silent" }
        return [
            "sound    \(sound.codec)\(profile), \(sound.sampleRate) Hz, \(sound.channels) channels, \(fixed(Double(sound.bitrate) / 1000, 0)) kbit/s, from \(fixed(sound.start, 3)) s on, \(fixed(sound.duration, 3)) s: \(sound.samples) samples at 48 kHz",
            "loudness \(level(sound.loudness, "LUFS")), range \(fixed(sound.range, 1)) LU, true peak \(level(sound.truePeak, "dBTP")), sample peak \(level(sound.samplePeak, "dBFS"))",
        ]
    }
}
