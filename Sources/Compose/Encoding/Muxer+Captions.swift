// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension Output.Format {
    /// How the format stores captions.
    fileprivate var textCodec: Muxer.TextCodec {
        switch self {
        case .webm: .webVTT
        case .mkv: .subRip
        default: .movText
        }
    }
}

extension Muxer {
    /// Adds a track of captions, and returns its number.
    func add(_ track: PlannedCaptions, _ format: Output.Format) throws(LibavError) -> Int {
        try addText(format.textCodec, language: track.language, name: track.name, isDefault: track.isDefault)
    }

    /// Writes a cue into its track.
    func write(_ cue: Captions.Cue, _ format: Output.Format, stream: Int) throws(LibavError) {
        let (start, end) = (Self.milliseconds(cue.start), Self.milliseconds(cue.end))
        let packet = try Packet(bytes: format.textCodec.payload(of: cue))
        packet.place(at: start, lasting: max(1, end - start))
        try write(packet, stream: stream)
    }

    private static func milliseconds(_ time: Duration) -> Int {
        Int((time.attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000)
    }
}

extension Muxer.TextCodec {
    /// Returns a cue's packet.
    fileprivate func payload(of cue: Captions.Cue) -> [UInt8] {
        switch self {
        case .subRip: return Array(cue.body(as: .srt).utf8)
        case .webVTT: return Array(cue.body(as: .webVTT).utf8)
        case .movText:
            // 3GPP TS 26.245, 5.17: the length in bytes, big-endian, and the text; at most 2048 characters are to be shown.
            let text = Array(cue.body(as: .text).utf8.prefix(65_535))
            return [UInt8(text.count >> 8), UInt8(text.count & 255)] + text
        }
    }
}
