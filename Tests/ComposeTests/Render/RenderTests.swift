// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

@Suite(.serialized)
struct RenderTests {
    /// Returns a small slideshow with all features: one-second pictures with fades of 0.2 s, and a tone.
    private func slideshow(_ count: Int = 8) -> Edit {
        Edit(
            size: PixelSize(width: 160, height: 90), frameRate: 30,
            output: Output(video: VideoSettings(quality: .number(10)))
        ) {
            Track("pictures") {
                for index in 0..<count {
                    ImageClip("inputs/" + (index % 2 == 0 ? "gradient.png" : "odd.png"), duration: .seconds(1))
                        .motion(.zoom(to: 1.2))
                }
            }.joined(by: .fade, .milliseconds(200))
            Track("music") { AudioClip("inputs/tone.wav").looping().fadeOut(.milliseconds(500)) }
        }
    }

    @Test func `a slideshow has the frames, the length and the tags it should have`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/out.mp4"
            let report = try await Renderer().render(slideshow(), in: Fixtures.folder, to: path).result
            let video = try probe(path, stream: "v:0")
            // 8 × 1 s − 7 × 0.2 s = 6.6 s
            #expect(video["nb_read_frames"] == "198" && video["nb_frames"] == "198")
            #expect(video["duration"] == "6.600000")
            #expect(video["codec_name"] == "h264" && video["profile"] == "High" && video["pix_fmt"] == "yuv420p")
            #expect(video["color_range"] == "tv" && video["color_space"] == "bt709")
            #expect(video["color_primaries"] == "bt709" && video["color_transfer"] == "bt709")
            #expect(video["chroma_location"] == "left" && video["r_frame_rate"] == "30/1")
            let audio = try probe(path, stream: "a:0")
            #expect(audio["codec_name"] == "aac" && audio["sample_rate"] == "48000" && audio["channels"] == "2")
            #expect(audio["duration"] == "6.600000")
            #expect(report.video?.frames == 198)
            #expect(report.audio?.samples == 316_800 && report.audio?.samplesOfVideo == 316_800)
            #expect(report.spans == 15 && report.video?.encoder == "x264")
            #expect(report.bytes == (try Data(contentsOf: URL(fileURLWithPath: path))).count)
            #expect(try Fixtures.contents(of: folder) == ["out.mp4"])
        }
    }

    @Test func `what is encoded is what was composed`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/out.mp4"
            var edit = slideshow(3)
            edit.output.video.quality = .number(1)
            _ = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
            let frames = try decodedFrames(path, width: 160, height: 90)
            #expect(frames.count == 78)
            for index in [0, 12, 26, 27, 40, 77] {
                #expect(frames[index].lowestPSNR(try composed(edit, frame: index)) > 45, "frame \(index)")
            }
        }
    }

    @Test func `the same plan gives the same bytes`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let plan = try await slideshow(3).plan(in: Fixtures.folder)
            _ = try await Renderer().render(plan, to: folder + "/a.mp4").result
            _ = try await Renderer().render(plan, to: folder + "/b.mp4").result
            let first = try Data(contentsOf: URL(fileURLWithPath: folder + "/a.mp4"))
            let second = try Data(contentsOf: URL(fileURLWithPath: folder + "/b.mp4"))
            let differing = zip(first, second).enumerated().first { $1.0 != $1.1 }?.offset
            #expect(first.count == second.count && differing == nil, "they differ from byte \(differing ?? -1) on")
        }
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/exe"), "there is no glibc here"),
        arguments: [(160, 90), (320, 180), (322, 182)])
    func `the result does not depend on what memory held before`(_ width: Int, _ height: Int) async throws {
        // A second render may reuse memory that the first one freed.
        try await Fixtures.withTemporaryFolder { folder in
            var edit = slideshow(2)
            edit.timeline.size = PixelSize(width: width, height: height)
            var seen: Set<Data> = []
            for index in 0..<4 {
                let path = folder + "/\(index).mp4"
                _ = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
                seen.insert(try Data(contentsOf: URL(fileURLWithPath: path)))
                // Overwrite freed memory with other contents.
                let junk = (0..<64).map {
                    [UInt8](repeating: UInt8(truncatingIfNeeded: index * 77 + $0), count: 100_000)
                }
                #expect(junk.count == 64)
            }
            #expect(seen.count == 1)
        }
    }

    @Test(arguments: [2, 8]) func `the result does not depend on how many threads compose`(_ workers: Int) async throws
    {
        // Sources that start and end, held and moving pictures, shared parts, masks and layers: everything that workers
        // share.
        var edit = slideshow(6)
        edit.timeline.size = PixelSize(width: 96, height: 64)
        edit.timeline.tracks[0].clips.append(.image(ImageClip("inputs/gradient.png", duration: .seconds(1))))
        edit.timeline.tracks.append(
            Track("badges") {
                for index in 0..<12 {
                    ImageClip("inputs/alpha.png", duration: .milliseconds(200 + 130 * index))
                        .size(width: .pixels(20), height: .pixels(20)).opacity(index.isMultiple(of: 2) ? 1 : 0.5)
                }
            })
        let plan = try edit.makePlan(in: Fixtures.folder)
        func frames(_ workers: Int) throws -> [[[UInt8]]] {
            let queue = FrameQueue(plan, workers: workers)
            defer { queue.close() }
            return try (0..<plan.frameCount).map { _ in Planes(try queue.next()).planes }
        }
        #expect(try frames(workers) == frames(1))
        try await Fixtures.withTemporaryFolder { folder in
            _ = try await Renderer(composeWorkers: 1).render(plan, to: folder + "/one.mp4").result
            _ = try await Renderer(composeWorkers: workers).render(plan, to: folder + "/many.mp4").result
            #expect(FileManager.default.contentsEqual(atPath: folder + "/one.mp4", andPath: folder + "/many.mp4"))
        }
    }

    @Test(arguments: [1, 3, 8]) func `a picture that cannot be decoded ends the render with its name`(_ workers: Int)
        async throws
    {
        try await Fixtures.withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.input("gradient.png")))
            for index in 2000..<2100 { bytes[index] ^= 0xff }
            try bytes.write(to: URL(fileURLWithPath: folder + "/bad.png"))
            let edit = Edit(size: PixelSize(width: 64, height: 48)) {
                Track {
                    ImageClip("inputs/gradient.png", duration: .seconds(1)).motion(.zoom(to: 1.3))
                    ImageClip(folder + "/bad.png", duration: .seconds(1))
                }
            }
            let error = await #expect(throws: ComposeError.self) {
                _ = try await Renderer(composeWorkers: workers)
                    .render(edit, in: Fixtures.folder, to: folder + "/out.mp4").result
            }
            #expect(error?.code == .unreadableMedia)
            #expect(error?.problems.map(\.path) == ["tracks[0].clips[1].src"])
            let left = try Fixtures.contents(of: folder)
            #expect(left == ["bad.png"])
        }
    }

    @Test func `frames do not depend on which were composed before`() throws {
        let edit = slideshow(3)
        let plan = try edit.makePlan(in: Fixtures.folder)
        let frames = FrameQueue(plan)
        defer { frames.close() }
        var inOrder: [[[UInt8]]] = []
        for _ in 0..<plan.frameCount { inOrder.append(Planes(try frames.next()).planes) }
        for index in [70, 3, 30, 26] { #expect(try composed(edit, frame: index).planes == inOrder[index]) }
    }

    @Test func `odd frame rates keep sound and pictures together`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var edit = slideshow(2)
            edit.timeline.frameRate = .ntsc
            let report = try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/out.mp4").result
            #expect(report.audio?.samples == report.audio?.samplesOfVideo)
            #expect(try probe(folder + "/out.mp4", stream: "v:0")["r_frame_rate"] == "30000/1001")
        }
    }

    @Test func `a video without sound has no sound track`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: PixelSize(width: 64, height: 64)) {
                Track { ColorClip(.white, duration: .seconds(1)) }
            }
            let report = try await Renderer().render(edit, to: folder + "/out.mp4").result
            #expect(report.audio == nil)
            #expect(try probe(folder + "/out.mp4", stream: "a").isEmpty)
        }
    }

    @Test func `a single frame is a video`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: PixelSize(width: 2, height: 2)) {
                Track { ColorClip(.white, duration: .milliseconds(20)) }
            }
            let report = try await Renderer().render(edit, to: folder + "/out.mp4").result
            #expect(report.video?.frames == 1)
            #expect(try probe(folder + "/out.mp4", stream: "v:0")["nb_read_frames"] == "1")
        }
    }

    @Test func `progress rises to the last frame`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let render = Renderer().render(slideshow(), in: Fixtures.folder, to: folder + "/out.mp4")
            var seen: [Int] = []
            for await progress in render.progress {
                seen.append(progress.frame)
                #expect(progress.totalFrames == 198)
            }
            _ = try await render.result
            #expect(seen == seen.sorted() && seen.last == 198)
        }
    }

    @Test func `cancelling leaves nothing behind and keeps what was there`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/out.mp4"
            try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
            var edit = slideshow(8)
            edit.timeline.size = PixelSize(width: 1280, height: 720)
            let render = Renderer().render(edit, in: Fixtures.folder, to: path)
            for await progress in render.progress where progress.frame > 0 { break }
            render.cancel()
            await #expect { _ = try await render.result } throws: { ($0 as? ComposeError)?.code == .cancelled }
            #expect(try Fixtures.contents(of: folder) == ["out.mp4"])
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        }
    }

    @Test func `cancelling the waiting task cancels the render`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var edit = slideshow(8)
            edit.timeline.size = PixelSize(width: 1280, height: 720)
            let wanted = edit
            let task = Task { try await Renderer().render(wanted, in: Fixtures.folder, to: folder + "/out.mp4").result }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            await #expect { _ = try await task.value } throws: { ($0 as? ComposeError)?.code == .cancelled }
            #expect(try Fixtures.contents(of: folder).isEmpty)
        }
    }

    @Test func `many renders at once do not disturb each other`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = slideshow(2)
            let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<4 {
                    group.addTask {
                        try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/\(index).mp4").result
                            .bytes
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(sizes).count == 1)
        }
    }

    @Test func `a still shows the frame that is on the screen`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let plan = try slideshow(2).makePlan(in: Fixtures.folder)
            #expect(try plan.frame(showing: .zero) == 0)
            #expect(try plan.frame(showing: .seconds(17) / 30) == 17)
            #expect(try plan.frame(showing: .milliseconds(580)) == 17)
            #expect(throws: ComposeError.self) { try plan.frame(showing: .milliseconds(1800)) }
            #expect(throws: ComposeError.self) { try plan.frame(showing: .milliseconds(-1)) }
            let path = folder + "/still.png"
            try await Renderer().still(slideshow(2), at: .milliseconds(500), in: Fixtures.folder, to: path)
            #expect(try probe(path, stream: "v:0")["width"] == "160")
        }
    }
}
