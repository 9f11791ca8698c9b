// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct CheckCommandTests {
    /// Writes a video of three seconds in which nothing is wrong but what options ask for.
    private func write(_ name: String, in folder: Scratch, _ options: String...) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=30:duration=3", "-f", "lavfi",
                "-i",
                "aevalsrc=0.2*sin(2*PI*330*t):duration=3:sample_rate=48000", "-pix_fmt", "yuv420p", "-vf",
                "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709", "-color_primaries",
                "bt709",
                "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
            ] + options + [folder.url.appendingPathComponent(name).path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test func `check says what it measured, in words and as JSON, and ends with 0`() async throws {
        let folder = try Scratch()
        try await write("a.mp4", in: folder, "-movflags", "+faststart")
        let words = try await folder.run("check", "a.mp4")
        #expect(words.code == 0 && words.errors == "", "\(words)")
        #expect(words.output.contains("file     a.mp4\nkind     video, ") && words.output.contains("\nloudness -"))
        #expect(words.outputLines.last == "nothing is wrong with it")
        let json = try await folder.run("check", "--json", "--strict", "a.mp4")
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
        #expect(json.code == 0 && found?.count == 1 && (found?[0]["findings"] as? [Any])?.isEmpty == true)
        #expect((found?[0]["pictures"] as? [String: Any])?["count"] as? Int == 90)
    }

    @Test func `warnings end with 1 only if strict, and errors always`() async throws {
        let folder = try Scratch()
        try await write("a.mp4", in: folder)
        let loose = try await folder.run("check", "a.mp4")
        #expect(loose.code == 0 && loose.output.contains("warning: fastStart: "))
        let strict = try await folder.run("check", "--strict", "a.mp4")
        #expect(strict.code == 1 && strict.errorLines == ["compose: a.mp4: 1 problem"])
        let refused = try await folder.run("check", "--platform", "instagram-reels", "--json", "a.mp4")
        #expect(refused.code == 1 && refused.errorLines.count == 1 && refused.output.hasPrefix("[{"))
        let missing = try await folder.run("check", "missing.mp4")
        #expect(missing.code == 1 && missing.output == "" && missing.errorLines.count == 1)
        let unknown = try await folder.run("check", "--platform", "myspace", "a.mp4")
        #expect(unknown.code == 2 && unknown.errors.contains("tiktok"))
    }
}
