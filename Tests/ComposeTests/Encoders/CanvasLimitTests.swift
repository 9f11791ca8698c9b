// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// A canvas that is accepted is rendered; the others are refused before anything starts.
@Suite(.serialized) struct CanvasLimitTests {
    private static func edit(_ width: Int, _ height: Int, _ format: Output.Format, _ codec: VideoSettings.Codec) -> Edit
    {
        Edit(
            size: PixelSize(width: width, height: height), frameRate: 10,
            output: Output(format: format, video: VideoSettings(codec: codec, speed: .ultrafast))
        ) {
            Track { ColorClip(Color(red: 200, green: 40, blue: 40), duration: .milliseconds(200)) }
        }
    }

    @Test func `H.264 is made above the largest picture of its levels`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            // 139,776 macroblocks; level 6.2 ends at 139,264.
            let edit = Self.edit(8192, 4368, .mp4, .h264)
            #expect(edit.valueProblems(for: nil).isEmpty)
            let report = try await Renderer().render(edit, to: folder + "/out.mp4").result
            #expect(report.video?.frames == 2)
            #expect(try decodedSizes(folder + "/out.mp4") == ["8192,4368", "8192,4368"])
        }
    }

    @Test(arguments: [
        (16384, 128, Output.Format.mp4, VideoSettings.Codec.h264, "x264 makes h264 of 1…16383 × 1…16383 pixels"),
        (128, 16384, .mp4, .h264, "x264 makes h264 of 1…16383 × 1…16383 pixels"),
        (16384, 128, .webp, .webp, "webp makes webp of 1…16383 × 1…16383 pixels"),
        (128, 8706, .mp4, .av1, "svtav1 makes av1 of 64…16384 × 64…8704 pixels"),
        (62, 64, .mp4, .av1, "svtav1 makes av1 of 64…16384 × 64…8704 pixels"),
        (30, 64, .mp4, .hevc, "x265 makes hevc of 32…16384 × 32…16384 pixels"),
        (16384, 16, .mp4, .hevc, "x265 makes hevc of 32…16384 × 32…16384 pixels"),
    ])
    func `a canvas that no encoder takes is refused with the encoder's limit`(
        width: Int, height: Int, format: Output.Format, codec: VideoSettings.Codec, words: String
    ) throws {
        let problems = Self.edit(width, height, format, codec).valueProblems(for: nil)
        #expect(problems.map(\.path) == ["output.video.codec"])
        #expect(problems.first?.message.hasPrefix(words) == true, "\(problems)")
    }
}

/// Returns the size of each picture of a video, as FFmpeg's own tool decodes it.
private func decodedSizes(_ path: String) throws -> [String] {
    let output = try run(
        "ffprobe",
        ["-v", "error", "-select_streams", "v", "-show_entries", "frame=width,height", "-of", "csv=p=0", path])
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map { line in
        line.split(separator: ",").prefix(2).joined(separator: ",")  // side data may follow
    }
}
