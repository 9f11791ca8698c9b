// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Media files for checks, made by FFmpeg: nothing is wrong with them but what a test asks for.
struct CheckedFile {
    var size = "320x240"
    var rate = "30"
    var seconds = 6.0
    /// The seconds of the sound, if it has others.
    var soundSeconds: Double?
    /// The expression of the samples, by `t`.
    var sound = "0.3*sin(2*PI*330*t)+0.1*sin(2*PI*1870*t)"
    /// Filters of the pictures and of the sound.
    var videoFilter = "null"
    var soundFilter = "anull"
    /// What the file says of its colours, as options of encoders.
    var tags: KeyValuePairs = [
        "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "color_range": "tv",
    ]
    var flags = ["-movflags", "+faststart"]
    var soundCodec = ["-c:a", "aac", "-b:a", "128k"]
    var videoCodec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-bf", "0"]
    /// Options of the output, such as filters of packets.
    var options: [String] = []
    /// How much later than the pictures the sound begins.
    var soundOffset = 0.0

    /// Writes the file; its extension chooses the container.
    func write(to path: String) throws {
        let pictures = "testsrc2=size=\(size):rate=\(rate):duration=\(seconds)"
        let samples = "aevalsrc=exprs=\(sound)|\(sound):sample_rate=48000:duration=\(soundSeconds ?? seconds)"
        var arguments = ["-v", "error", "-y", "-f", "lavfi", "-i", pictures]
        if soundOffset != 0 { arguments += ["-itsoffset", String(soundOffset)] }
        // From FFmpeg 7 on, encoders believe the pictures more than their options.
        let marks = tags.map { "\($0 == "color_range" ? "range" : $0)=\($1)" }.joined(separator: ":")
        let filter = videoFilter + (marks.isEmpty ? "" : ",setparams=" + marks)
        arguments += ["-f", "lavfi", "-i", samples, "-vf", filter, "-af", soundFilter, "-pix_fmt", "yuv420p"]
        let said = tags.flatMap { ["-" + $0, $1] }
        try run("ffmpeg", arguments + videoCodec + said + soundCodec + flags + options + [path])
    }

    /// Makes a file, checks it, and returns the report.
    static func report(
        _ name: String = "a.mp4", platform: Platform? = nil, decoding: MediaDecoding = .inProcess,
        _ change: (inout CheckedFile) -> Void = { _ in }, patched: ((inout [UInt8]) -> Void)? = nil
    ) async throws -> MediaReport {
        var file = CheckedFile()
        change(&file)
        return try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/" + name
            try file.write(to: path)
            if let patched {
                var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                patched(&bytes)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
            }
            return try await MediaFile.check(path, platform: platform, decoding: decoding)
        }
    }
}

extension MediaReport {
    /// The kinds of what is wrong, without what is only noted.
    var faults: Set<Finding.Kind> { Set(findings.filter { $0.severity > .note }.map(\.kind)) }
}

extension [UInt8] {
    /// Returns where four letters are, the first time.
    func place(of letters: String) -> Int? {
        let wanted = [UInt8](letters.utf8)
        return indices.first { starts(with: wanted, at: $0) }
    }

    private func starts(with wanted: [UInt8], at index: Int) -> Bool {
        index + wanted.count <= count && (0..<wanted.count).allSatisfy { self[index + $0] == wanted[$0] }
    }

    mutating func write(_ value: UInt32, at index: Int) {
        for byte in 0..<4 { self[index + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(byte))) }
    }
}
