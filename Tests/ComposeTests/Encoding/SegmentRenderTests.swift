// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose
@testable import Encoders
@testable import Libav

/// The output does not depend on the number of parallel segments, or on where they came from.
@Suite(.serialized)
struct SegmentRenderTests {
    static let size = PixelSize(width: 128, height: 96)

    /// Edits of different kinds, each with several segments.
    static let edits: [(name: String, edit: Edit)] = [
        ("stills that fade", slideshow(motion: false)), ("photos in motion", slideshow(motion: true)),
        (
            "short cuts",
            Edit(size: size, frameRate: 25) {
                Track(
                    clips: (0..<50).map { index in
                        .image(
                            ImageClip(
                                "inputs/\(["odd", "gradient", "edge"][index % 3]).png", duration: .milliseconds(440)
                            )
                            .motion(.zoom(to: 1 + Double(index) / 100)))
                    })
            }
        ),
        (
            "a long shot with layers",
            Edit(size: size, frameRate: FrameRate(30000, 1001)) {
                Track { ImageClip("inputs/gradient.png", duration: .seconds(13)).motion(.zoom(to: 1.4)) }
                Track {
                    Gap(.seconds(2))
                    ImageClip("inputs/alpha.png", duration: .seconds(6)).size(width: 40, height: 40)
                }
                Track { AudioClip("inputs/tone44.wav").looping() }
            }
        ),
        (
            "HEVC by x265",
            changed(slideshow(motion: true)) {
                $0.output = Output(video: VideoSettings(codec: .hevc, encoder: .x265, speed: .ultrafast))
            }
        ),
    ]

    static func slideshow(motion: Bool) -> Edit {
        Edit(size: size, frameRate: 30) {
            Track {
                for name in ["gradient", "odd", "edge", "colours"] {
                    ImageClip("inputs/\(name).png", duration: .seconds(3)).motion(.zoom(to: motion ? 1.3 : 1))
                }
            }.joined(by: .fade, .seconds(1))
            Track { AudioClip("inputs/tone44.wav").looping() }
        }
    }

    static func render(
        _ edit: Edit, to path: String, workers: Int = 1, cache: (any SegmentStore)? = nil,
        in media: String = Fixtures.folder,
        maxMemory: Int = 4 << 30, identity: MediaIdentity = .fingerprint
    ) async throws -> Report {
        try await Renderer(
            segmentWorkers: workers, maxMemory: maxMemory, cache: cache, mediaIdentity: identity
        ).render(edit, in: media, to: path).result
    }

    static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test(arguments: edits.map(\.name))
    func `a video is the same bytes with any number of workers, and from a cache`(name: String) async throws {
        let edit = try #require(Self.edits.first { $0.name == name }).edit
        try await Fixtures.withTemporaryFolder { folder in
            let first = folder + "/first"
            let report = try await Self.render(edit, to: first)
            let segments = try #require(report.video).segments
            #expect(segments > 2)
            for workers in [2, 4, 8] {
                _ = try await Self.render(edit, to: folder + "/again", workers: workers)
                #expect(try Self.bytes(folder + "/again") == Self.bytes(first), "\(workers) workers")
            }
            let cache = RenderCache(folder: folder + "/cache")
            for (round, workers) in [1, 2, 4, 8].enumerated() {
                let cached = try await Self.render(edit, to: folder + "/cached", workers: workers, cache: cache)
                #expect(try Self.bytes(folder + "/cached") == Self.bytes(first))
                #expect(cached.video?.reusedSegments == (round == 0 ? 0 : segments))
                #expect(cached.video?.reusedFrames == (round == 0 ? 0 : report.video?.frames))
            }
        }
    }

    @Test(arguments: edits.map(\.name))
    func `what is put together looks like what is encoded in one piece`(name: String) async throws {
        var edit = try #require(Self.edits.first { $0.name == name }).edit
        edit.timeline.tracks.removeAll { $0.clips.contains { if case .audio = $0 { true } else { false } } }
        try await Fixtures.withTemporaryFolder { [edit] folder in
            let plan = try await edit.plan(in: Fixtures.folder)
            let whole = plan.part(Segment(index: 0, frames: 0..<plan.frameCount))
            #expect(plan.segments.count > 1 && whole.segments.count == 1)
            let ending = edit.output.format?.rawValue ?? "mp4"
            let (a, b) = (folder + "/a." + ending, folder + "/b." + ending)
            _ = try await Renderer().render(plan, to: a).result
            _ = try await Renderer().render(whole, to: b).result
            let entries = "stream=r_frame_rate,avg_frame_rate,duration,start_time,has_b_frames,profile,level"
            let said = try [a, b].map { path in
                let text = try run(
                    "ffprobe", ["-v", "error", "-select_streams", "v", "-show_entries", entries, "-of", "csv", path])
                return String(decoding: text, as: UTF8.self)
            }
            #expect(said[0] == said[1])
            let times = try run(
                "ffprobe",
                [
                    "-v", "error", "-select_streams", "v", "-show_entries", "packet=dts,pts,duration", "-of", "csv=p=0",
                    a,
                ])
            let stamps = String(decoding: times, as: UTF8.self).split(separator: "\n").map {
                $0.split(separator: ",").compactMap { Int($0) }
            }
            #expect(
                zip(stamps, stamps.dropFirst()).allSatisfy { $0[1] < $1[1] } && stamps.allSatisfy { $0[0] >= $0[1] })
            let (size, count) = (Self.size, plan.frameCount)
            let (one, other) = try (
                decodedFrames(a, width: size.width, height: size.height),
                decodedFrames(b, width: size.width, height: size.height)
            )
            #expect(one.count == count && other.count == count)
            // Key frames are at other places, and some of the loss moves with them; on average nothing is lost. Single
            // frames are checked below.
            let lost = try (0..<count).map { index in
                let truth = try composed(edit, frame: index)
                return min(other[index].psnr(truth, plane: 0), 55) - min(one[index].psnr(truth, plane: 0), 55)
            }
            let mean = lost.reduce(0, +) / Double(count)
            #expect(mean < 0.1, "\(mean) dB worse")
            #expect(one.indices.allSatisfy { one[$0].lowestPSNR(other[$0]) > 33 })
        }
    }

    /// Encodes a plan with one encoder, with key frames at the starts of segments.
    private static func encodeInOnePiece(_ plan: Plan, to path: String) throws {
        var search = EncoderSearch(EncoderRequest(plan))
        let opened = search.next()
        let encoder = try #require(opened).encoder
        // Segments that start with a held picture start with a key frame anyway.
        let holds = Holds(plan, .x264).flatMap { $0.repeats.isEmpty ? nil : $0 }
        let held = try holds.map { try PictureStream(encoder, frameCount: plan.frameCount, holds: $0) }
        let starts = Set(plan.segments.map(\.frames.lowerBound))
        let muxer = try Muxer("mp4", path: path)
        let track = try muxer.add(encoder, hasRate: true)
        if let held { try muxer.setHeader(held.header, stream: track) }
        try muxer.writeHeader()
        func take() throws {
            while case .packet(let packet) = try encoder.receive() { try muxer.write(packet, stream: track) }
        }
        let frames = FrameQueue(plan)
        defer { frames.close() }
        for index in 0..<plan.frameCount {
            let frame = try frames.next()
            if let held {
                for packet in try held.send(frame) { try muxer.write(packet, stream: track) }
            } else {
                try encoder.send(frame, at: index, keyframe: starts.contains(index))
                try take()
            }
        }
        if let held {
            for packet in try held.finish() { try muxer.write(packet, stream: track) }
        } else {
            try encoder.drain()
            try take()
        }
        try muxer.finish()
    }

    @Test(arguments: [("movement and fades", 1.2, 1.0), ("movement and cuts", 1.1, 0), ("stills and fades", 1, 1)])
    func `no frame is half a decibel worse than in one piece with the same key frames`(
        name: String, zoom: Double, fade: Double
    ) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let track = Track {
                for index in 1...3 {
                    ImageClip("photo\(index).jpg", duration: .seconds(3)).motion(.zoom(to: zoom))
                }
            }
            let size = PixelSize(width: 216, height: 384)
            let edit = Edit(size: size) { fade > 0 ? track.joined(by: .fade, .seconds(fade)) : track }
            let plan = try await edit.plan(in: Fixtures.photos)
            #expect(plan.segments.count == 3)
            let (parts, whole) = (folder + "/parts.mp4", folder + "/whole.mp4")
            _ = try await Renderer().render(plan, to: parts).result
            try Self.encodeInOnePiece(plan, to: whole)
            let frames = try [parts, whole].map { try decodedFrames($0, width: size.width, height: size.height) }
            try #require(frames.allSatisfy { $0.count == plan.frameCount })
            let pictures = FrameQueue(plan)
            defer { pictures.close() }
            for index in 0..<plan.frameCount {
                let truth = Planes(try pictures.next())
                let (part, one) = (frames[0][index].psnr(truth, plane: 0), frames[1][index].psnr(truth, plane: 0))
                #expect(part > one - 0.5, "frame \(index)")
            }
        }
    }

    @Test(arguments: [VideoSettings.Codec.av1, .vp9])
    func `other codecs are put together too`(codec: VideoSettings.Codec) async throws {
        var edit = Self.slideshow(motion: true)
        edit.output = Output(format: .webm, video: VideoSettings(codec: codec, speed: .superfast))
        try await Fixtures.withTemporaryFolder { [edit] folder in
            let report = try await Self.render(edit, to: folder + "/a.webm", workers: 2)
            #expect(report.video?.segments == 4)
            let frames = try decodedFrames(folder + "/a.webm", width: Self.size.width, height: Self.size.height)
            #expect(frames.count == report.video?.frames)
            for index in stride(from: 0, to: frames.count, by: 7) {
                #expect(frames[index].lowestPSNR(try composed(edit, frame: index)) > 30, "frame \(index)")
            }
        }
    }

    @Test func `less memory makes fewer workers, never none`() async throws {
        let plan = try await Self.slideshow(motion: true).plan(in: Fixtures.folder)
        let segmenting = Segmenting(workers: 8, maxMemory: 1 << 40, store: nil, identity: .fingerprint)
        #expect(segmenting.workers(for: plan) == plan.segments.count)
        #expect(changed(segmenting) { $0.maxMemory = 2 * plan.segmentMemory }.workers(for: plan) == 2)
        #expect(changed(segmenting) { $0.maxMemory = 1 }.workers(for: plan) == 1)
        #expect(changed(segmenting) { $0.workers = 3 }.workers(for: plan) == 3)
    }

    @Test func `a cancelled render ends its workers and leaves nothing`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = changed(Self.slideshow(motion: true)) { $0.timeline.size = .hd1080 }
            let render = Renderer(segmentWorkers: 4).render(edit, in: Fixtures.folder, to: folder + "/a.mp4")
            for await progress in render.progress where progress.frame > 0 { break }
            render.cancel()
            let error = await #expect(throws: ComposeError.self) { try await render.result }
            #expect(error?.code == .cancelled)
            let left = try Fixtures.contents(of: folder)
            #expect(left == [])
        }
    }

    @Test func `a picture that cannot be read is named, whichever segment it is in`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: Self.size) {
                Track {
                    ImageClip("inputs/odd.png", duration: .seconds(3))
                    ImageClip("inputs/truncated.png", duration: .seconds(3))
                    ImageClip("inputs/odd.png", duration: .seconds(3))
                }
            }
            let error = await #expect(throws: ComposeError.self) {
                try await Self.render(edit, to: folder + "/a.mp4", workers: 3)
            }
            #expect(error?.problems.first?.path == "tracks[0].clips[1].src")
            let left = try Fixtures.contents(of: folder)
            #expect(left == [])
        }
    }
}
