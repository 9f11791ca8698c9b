// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Measurements beside those of FFmpeg's own filters on the same files.
@Suite struct CheckComparisonTests {
    /// Returns the values that filters print, by name, in order.
    private func values(of path: String, video: String? = nil, sound: String? = nil) throws -> [String: [Double]] {
        var arguments = ["-v", "error", "-i", path]
        if let video { arguments += ["-an", "-vf", video + ",metadata=print:file=-"] }
        if let sound { arguments += ["-vn", "-af", sound + ",ametadata=print:file=-"] }
        let text = String(decoding: try run("ffmpeg", arguments + ["-f", "null", "/dev/null"]), as: UTF8.self)
        return text.split(separator: "\n").reduce(into: [:]) { table, line in
            let parts = line.split(separator: "=")
            if parts.count == 2, let value = Double(parts[1]) { table[String(parts[0]), default: []].append(value) }
        }
    }

    private func expectAlike(_ ours: [Double], _ theirs: [Double]?, within tolerance: Double, _ what: String) {
        #expect(ours.count == theirs?.count && !ours.isEmpty, "\(what): \(ours) \(theirs ?? [])")
        for (a, b) in zip(ours, theirs ?? []) { #expect(abs(a - b) <= tolerance, "\(what): \(ours) \(theirs ?? [])") }
    }

    @Test func `black, still and silent stretches are those that FFmpeg's filters find`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.mp4"
            var file = CheckedFile()
            file.seconds = 16
            file.videoFilter =
                "drawbox=enable='between(t,2,3.5)':color=black:thickness=fill,drawbox=enable='between(t,8,10.7)':color=0x0a0a0a:thickness=fill,"
                + "drawbox=enable='between(t,12,15)':color=0x808000:thickness=fill"
            file.soundFilter = "volume=enable='between(t,3,5.5)+between(t,9,11.1)':volume=0.001"
            try file.write(to: path)
            let report = try await MediaFile.check(path)
            let black = try values(of: path, video: "blackdetect=d=1:pic_th=0.98:pix_th=0.1")
            expectAlike(report.pictures?.black.map(\.start) ?? [], black["lavfi.black_start"], within: 0.001, "black")
            expectAlike(report.pictures?.black.map(\.end) ?? [], black["lavfi.black_end"], within: 0.001, "black")
            let frozen = try values(of: path, video: "freezedetect=n=0.001:d=2")
            // Black stands still for FFmpeg too.
            let starts = frozen["lavfi.freezedetect.freeze_start"]?.filter { $0 > 11 }
            let ends = frozen["lavfi.freezedetect.freeze_end"]?.filter { $0 > 11 }
            expectAlike(report.pictures?.frozen.map(\.start) ?? [], starts, within: 0.001, "frozen")
            expectAlike(report.pictures?.frozen.map(\.end) ?? [], ends, within: 0.001, "frozen")
            let silence = try values(of: path, sound: "silencedetect=noise=-60dB:d=2")
            expectAlike(
                report.sound?.silence.map(\.start) ?? [], silence["lavfi.silence_start"], within: 0.03, "silence")
            expectAlike(report.sound?.silence.map(\.end) ?? [], silence["lavfi.silence_end"], within: 0.03, "silence")
        }
    }

    @Test func `loudness, its range and true peaks are those of FFmpeg's ebur128`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var paths = [Fixtures.photos + "/music.m4a"]
            for (index, filter) in [
                "volume='0.1+0.9*mod(floor(t/3),2)':eval=frame", "lowpass=f=300,volume=6dB", "anull",
            ].enumerated() {
                let path = folder + "/\(index).wav"
                try run(
                    "ffmpeg",
                    [
                        "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=24:c=pink:r=48000:a=0.5:seed=\(index + 3)",
                        "-af",
                        filter, "-ac", index == 2 ? "1" : "2", path,
                    ])
                paths.append(path)
            }
            for path in paths {
                let report = try await MediaFile.check(path)
                let theirs = try values(of: path, sound: "ebur128=metadata=1:peak=true:dualmono=true")
                let sound = try #require(report.sound)
                #expect(
                    abs((sound.loudness ?? 0) - (theirs["lavfi.r128.I"]?.last ?? 99)) <= 0.11,
                    "\(path): \(report) \(theirs.mapValues(\.last))")
                #expect(abs(sound.range - (theirs["lavfi.r128.LRA"]?.last ?? 99)) <= 0.3, "\(path): \(report)")
                let peaks = theirs.filter { $0.key.hasPrefix("lavfi.r128.true_peaks_ch") }.compactMap(\.value.last)
                let peak = try #require(peaks.max())
                #expect(abs((sound.truePeak ?? 0) - 20 * log10(peak)) <= 0.3, "\(path): \(report) \(peaks)")
            }
        }
    }
}
