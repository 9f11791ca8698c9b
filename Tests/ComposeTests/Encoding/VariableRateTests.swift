// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose
@testable import Encoders

/// At a variable frame rate, a held picture is stored as one long picture.
struct VariableRateTests {
    private static let size = PixelSize(width: 160, height: 96)

    /// Returns an edit with holds of two to four seconds, fades between them, and a hold at the end.
    private static func edit(_ format: Output.Format, _ codec: VideoSettings.Codec, sound: Bool = true) -> Edit {
        let video = VideoSettings(codec: codec, encoder: .software, speed: .superfast, frameRate: .variable)
        return Edit(size: size, frameRate: 30, output: Output(format: format, video: video)) {
            Track {
                for name in ["gradient", "edge", "colours"] { ImageClip("inputs/\(name).png", duration: .seconds(4)) }
            }.joined(by: .fade, .seconds(1))
            if sound { Track { AudioClip("inputs/tone44.wav").looping() } }
        }
    }

    /// Returns when each picture of a file is shown, from the first one on, and the duration of the video, in frames.
    private static func times(_ path: String) throws -> (shown: [Int], length: Double) {
        let isMatroska = path.hasSuffix("mkv") || path.hasSuffix("webm")  // which has no duration for each stream
        let entries = "packet=pts_time,dts_time:\(isMatroska ? "format" : "stream")=duration"
        let text = try run(
            "ffprobe", ["-v", "error", "-select_streams", "v", "-show_entries", entries, "-of", "csv", path])
        var shown: [Int] = [], length = 0.0, last = -Double.infinity
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: ",")
            let numbers = fields.dropFirst().compactMap { Double($0) }
            if fields.first != "packet" { length = try #require(numbers.first) * 30 }
            guard fields.first == "packet" else { continue }
            shown.append(Int((try #require(numbers.first) * 30).rounded()))
            if let decoded = numbers.dropFirst().first {
                #expect(decoded > last && decoded <= numbers[0] + 1e-4)
                last = decoded
            }
        }
        let first = try #require(shown.min())
        return (shown.map { $0 - first }.sorted(), length)
    }

    @Test(arguments: [
        (Output.Format.mp4, VideoSettings.Codec.h264), (.mov, .h264), (.fmp4, .h264), (.mkv, .h264), (.mp4, .hevc),
        (.webm, .vp9), (.mp4, .av1),
    ])
    func `every picture is in the file once, at its time, and looks as it should`(
        format: Output.Format, codec: VideoSettings.Codec
    ) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a." + (format == .fmp4 ? "mp4" : format.rawValue)
            let edit = Self.edit(format, codec)
            let video = try #require(try await Renderer().render(edit, in: Fixtures.folder, to: path).result.video)
            let plan = try await edit.plan(in: Fixtures.folder)
            let fades = plan.spans.filter { !$0.isHeld }.flatMap(\.frames)
            let holds = plan.spans.filter(\.isHeld).map(\.frames.lowerBound)
            let expected = Set(fades + holds + (plan.frameCount - 4..<plan.frameCount))
            let (shown, length) = try Self.times(path)
            #expect(shown == expected.sorted())
            #expect(
                abs(length - Double(plan.frameCount)) < (path.hasSuffix("mp4") || format == .mov ? 0.01 : 1),
                "\(length)")
            #expect(video.frames == plan.frameCount && video.heldFrames == plan.frameCount - expected.count)
            let frames = try decodedFrames(path, width: Self.size.width, height: Self.size.height)
            try #require(frames.count == shown.count)
            for (frame, index) in zip(frames, shown) {
                #expect(frame.psnr(try composed(edit, frame: index), plane: 0) > 36, "frame \(index)")
            }
        }
    }

    @Test func `an encoder that is fed all of a video does the same`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var edit = Self.edit(.webm, .vp9, sound: false)
            let parts = folder + "/parts.webm", whole = folder + "/whole.webm"
            _ = try await Renderer().render(edit, in: Fixtures.folder, to: parts).result
            edit.output.video.pixelFormat = .yuva420p  // which is not assembled from segments
            let video = try await Renderer().render(edit, in: Fixtures.folder, to: whole).result.video
            #expect(video?.segments == 1 && video?.heldFrames ?? 0 > 150)
            let (one, other) = (try Self.times(parts), try Self.times(whole))
            #expect(one.shown == other.shown && one.length == other.length)
        }
    }

    @Test(arguments: [VideoSettings.Codec.h264, .hevc, .vp9, .av1])
    func `stills without transitions are a picture each, in a video of any encoder`(codec: VideoSettings.Codec)
        async throws
    {
        try await Fixtures.withTemporaryFolder { folder in
            var edit = Self.edit(.mp4, codec, sound: false)
            edit.timeline.tracks = [
                Track {
                    for name in ["gradient", "edge", "colours"] {
                        ImageClip("inputs/\(name).png", duration: .seconds(4))
                    }
                    ImageClip("inputs/odd.png", duration: .seconds(3)).motion(.zoom(to: 1.2))
                    ImageClip("inputs/edge.png", duration: .seconds(3))
                }
            ]
            let path = folder + "/a.mp4"
            let video = try #require(try await Renderer().render(edit, in: Fixtures.folder, to: path).result.video)
            #expect(video.segments == 5 && video.heldFrames == 540 - 98)
            let (shown, length) = try Self.times(path)
            #expect(shown == [0, 120, 240] + (360...450) + (536..<540))
            #expect(abs(length - 540) < 0.01)
        }
    }

    @Test func `where bits are given out by the second, every frame is a picture`() async throws {
        let plan = try await Self.edit(.mp4, .h264).plan(in: Fixtures.folder)
        #expect(Holds(plan, .vaapi)?.form == .longPictures)
        #expect(Holds(plan, .vaapi, hasAverageRate: true) == nil)
        var edit = Self.edit(.mp4, .h264)
        edit.output.video.maxBitrate = 1_000_000
        #expect(
            edit.valueProblems().map(\.description) == [
                "output.video.frameRate: maxBitrate needs a constant frame rate; "
                    + "use constant, or leave maxBitrate out"
            ])
    }

    @Test(arguments: [Output.Format.mp4, .fmp4, .mov])
    func `a file says of each picture how long it is shown, also of those that are decoded out of order`(
        format: Output.Format
    ) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.mov"
            _ = try await Renderer().render(Self.edit(format, .h264), in: Fixtures.folder, to: path).result
            let text = try run(
                "ffprobe",
                [
                    "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,dts_time", "-of",
                    "csv=p=0", path,
                ])
            let packets = String(decoding: text, as: UTF8.self).split(separator: "\n").map {
                $0.split(separator: ",").compactMap { Double($0).map { Int(($0 * 30).rounded()) } }
            }
            let times = packets.map { $0[0] }.sorted()
            #expect(times != packets.map { $0[0] }, "nothing is out of order")
            let shown = Dictionary(uniqueKeysWithValues: zip(times, zip(times, times.dropFirst()).map { $1 - $0 }))
            // These formats keep the time from one decoding to the next, and call it the duration of a picture.
            for (packet, next) in zip(packets, packets.dropFirst()) {
                #expect(next[1] - packet[1] == shown[packet[0]] ?? 1, "\(packet) before \(next)")
            }
        }
    }

    @Test func `a player that asks for frames at a constant rate gets them all`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.edit(.mp4, .h264)
            let path = folder + "/a.mp4"
            _ = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
            let bytes = try run(
                "ffmpeg",
                ["-v", "error", "-i", path, "-map", "0:v", "-r", "30", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"])
            let plan = try await edit.plan(in: Fixtures.folder)
            #expect(bytes.count == plan.frameCount * Self.size.width * Self.size.height * 3 / 2)
        }
    }

    @Test func `a kept segment is the same bytes as one encoded anew`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let cache = RenderCache(folder: folder + "/cache")
            let renderer = Renderer(segmentWorkers: 2, cache: cache)
            let edit = Self.edit(.mp4, .h264)
            let first = try await renderer.render(edit, in: Fixtures.folder, to: folder + "/a.mp4").result
            let second = try await renderer.render(edit, in: Fixtures.folder, to: folder + "/b.mp4").result
            #expect(second.video?.reusedSegments == first.video?.segments)
            #expect(second.video?.heldFrames == first.video?.heldFrames)
            let files = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: folder + "/\($0).mp4")) }
            #expect(files[0] == files[1])
        }
    }

    @Test(arguments: [(Output.Format.hls, VideoSettings.Codec.h264), (.gif, .gif), (.mov, .prores)])
    func `a file with a picture for every frame cannot be asked to have fewer`(
        format: Output.Format, codec: VideoSettings.Codec
    ) {
        var edit = Self.edit(format, codec, sound: false)
        edit.output.video.speed = .veryfast
        #expect(
            edit.valueProblems(for: nil).map(\.description) == [
                "output.video.frameRate: \(codec.rawValue) in \(format.rawValue) does not support a variable frame rate; "
                    + "use constant, or h264 in mp4"
            ])
    }
}
