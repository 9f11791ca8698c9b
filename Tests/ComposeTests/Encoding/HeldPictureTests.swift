// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose
@testable import Encoders

/// A held picture is encoded once, and the result decodes to the same pixels.
struct HeldPictureTests {
    private static let size = PixelSize(width: 160, height: 96)

    private static func edit(
        _ options: VideoSettings.Options = .init(), speed: VideoSettings.Speed = .veryfast,
        codec: VideoSettings.Codec = .h264
    ) -> Edit {
        let video = VideoSettings(codec: codec, encoder: .software, speed: speed, options: options)
        return Edit(size: size, frameRate: 30, output: Output(video: video)) {
            Track {
                for name in ["gradient", "edge", "colours"] { ImageClip("inputs/\(name).png", duration: .seconds(4)) }
            }.joined(by: .fade, .seconds(1))
            // Holds within a segment.
            Track {
                Gap(.seconds(1))
                ImageClip("inputs/odd.png", duration: .seconds(1)).size(width: 40, height: 40)
            }
        }
    }

    private static func render(_ edit: Edit, to path: String) async throws -> Report.Video {
        try #require(try await Renderer().render(edit, in: Fixtures.folder, to: path).result.video)
    }

    @Test(
        arguments: [
            ("mp4", VideoSettings.Codec.h264, [VideoSettings.Speed.ultrafast, .veryfast, .medium]),
            ("webm", .vp9, [.ultrafast, .veryfast, .fast]), ("mp4", .vp9, [.superfast]),
        ].flatMap { ending, codec, speeds in speeds.map { (ending, codec, $0) } })
    func `every frame of a hold decodes to the same pixels, and is one of a constant rate`(
        ending: String, codec: VideoSettings.Codec, speed: VideoSettings.Speed
    ) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a." + ending
            let edit = Self.edit(speed: speed, codec: codec)
            let video = try await Self.render(edit, to: path)
            let plan = try await edit.plan(in: Fixtures.folder)
            let holds = plan.spans.filter(\.isHeld).map(\.frames)
            #expect(video.heldFrames == holds.reduce(0) { $0 + $1.count - 1 })
            #expect(video.heldFrames > 150)
            let frames = try decodedFrames(path, width: Self.size.width, height: Self.size.height)
            #expect(frames.count == plan.frameCount)
            for hold in holds {
                for index in hold { #expect(frames[index].planes == frames[hold.lowerBound].planes, "frame \(index)") }
            }
            for index in frames.indices {
                let least = codec == .h264 ? 38.0 : 36
                #expect(frames[index].psnr(try composed(edit, frame: index), plane: 0) > least, "frame \(index)")
            }
            let stream = try probe(path, stream: "v:0")
            #expect(stream["r_frame_rate"] == "30/1" && stream["avg_frame_rate"] == "30/1")
        }
    }

    @Test(arguments: [VideoSettings.Codec.h264, .vp9])
    func `it can be turned off, and then every repeat is encoded`(codec: VideoSettings.Codec) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let (a, b) = (folder + "/off.mp4", folder + "/on.mp4")
            let off = try await Self.render(Self.edit(.init(heldPictures: false), codec: codec), to: a)
            let on = try await Self.render(Self.edit(codec: codec), to: b)
            #expect(off.heldFrames == 0 && on.heldFrames > 150 && off.frames == on.frames)
            #expect(on.bytes < off.bytes * 11 / 10)
        }
    }

    @Test func `where the stream is not of the known kind every frame is encoded`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            for (name, output) in [
                ("ten bits", Output(video: VideoSettings(encoder: .x264, pixelFormat: .yuv420p10))),
                ("x265", Output(video: VideoSettings(codec: .hevc, encoder: .x265))),
                ("a ceiling", Output(video: VideoSettings(encoder: .x264, maxBitrate: 2_000_000))),
            ] {
                var edit = Self.edit()
                edit.output = output
                let video = try await Self.render(edit, to: folder + "/\(name).mp4")
                #expect(video.heldFrames == 0, "\(name)")
            }
        }
    }

    @Test(arguments: [1.0, 2.5])
    func `key frames come as often as they are asked for, also within a hold`(interval: Double) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.mp4"
            var edit = Self.edit()
            edit.output.video.keyframeInterval = .seconds(interval)
            let video = try await Self.render(edit, to: path)
            #expect(video.heldFrames > 100)
            let text = try run(
                "ffprobe",
                [
                    "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0",
                    path,
                ])
            let keys =
                String(decoding: text, as: UTF8.self).split(separator: "\n").filter { $0.contains("K") }
                .compactMap { Double($0.split(separator: ",")[0]) } + [10]
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $1 - $0 <= interval + 0.001 }, "\(keys)")
        }
    }

    @Test func `decoding can begin anywhere in a hold`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.mp4"
            _ = try await Self.render(Self.edit(), to: path)
            let frames = try decodedFrames(path, width: Self.size.width, height: Self.size.height)
            for index in [50, 75, 89, 95, 100, 130, 190, 280] {
                let pixels = try run(
                    "ffmpeg",
                    [
                        "-v", "error", "-xerror", "-ss", String(Double(index) / 30), "-i", path, "-frames:v", "1", "-f",
                        "rawvideo", "-pix_fmt", "yuv420p", "-",
                    ])
                #expect(Array(pixels) == frames[index].planes.flatMap(\.self), "frame \(index)")
            }
        }
    }
}
