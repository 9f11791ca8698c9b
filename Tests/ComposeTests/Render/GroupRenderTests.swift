// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Groups in whole renders: their sound, their files, their errors, and the bytes that come of them.
@Suite(.serialized)
struct GroupRenderTests {
    private static let size = PixelSize(width: 96, height: 64)

    /// Returns the mixed sound of an edit before it is encoded, of the left side.
    private func mixed(_ edit: Edit) throws -> [Float] {
        let plan = try edit.makePlan(in: Fixtures.folder)
        let mixer = AudioMixer(plan.audio, path: plan.path)
        var samples: [Float] = []
        while mixer.position < plan.sampleCount {
            let (part, count) = try mixer.next(1024)
            for index in 0..<count { samples.append(part[2 * index]) }
        }
        return samples
    }

    private func clicks(_ edit: Edit) throws -> [Int] {
        let samples = try mixed(edit)
        return samples.indices.filter { abs(samples[$0]) > 0.1 }
    }

    @Test func `sound inside is heard at its sample, and not after the group's end`() throws {
        // The file has clicks at its first sample, in the middle of its second, and at its last sample.
        let edit = Edit(size: Self.size, frameRate: 30) {
            Track { ColorClip(.black, duration: .seconds(4)) }
            Track {
                Gap(.milliseconds(500))
                GroupClip(duration: .milliseconds(1250)) {
                    Track { AudioClip("inputs/click.wav").starting(at: .milliseconds(250)) }
                    Track { ColorClip(.white) }
                }
                Gap(.milliseconds(250))
                GroupClip(duration: .seconds(1)) {
                    Track { GroupClip { Track { AudioClip("inputs/click.wav").starting(at: .milliseconds(100)) } } }
                }
            }
        }
        #expect(try clicks(edit) == [36_000, 60_000, 36_000 + 47_999, 100_800, 124_800].sorted())
        let shorter = Edit(size: Self.size, frameRate: 30) {
            Track { GroupClip(duration: .milliseconds(700)) { Track { AudioClip("inputs/click.wav") } } }
            Track { ColorClip(.black, duration: .seconds(2)) }
        }
        #expect(try clicks(shorter) == [0, 24_000])
    }

    @Test func `the volume's keyframes count over the clip, in percent and from its end`() throws {
        func sound(_ volume: Animated<Double>) throws -> [Float] {
            try mixed(
                Edit(size: Self.size, frameRate: 30) {
                    Track { ColorClip(.black, duration: .seconds(2)) }
                    Track {
                        AudioClip("inputs/tone.wav", duration: .seconds(1)).starting(at: .milliseconds(500)).volume(
                            volume)
                    }
                })
        }
        let relative = try sound(
            .keyframes([
                Keyframe(at: .percent(20), 0), Keyframe(at: .percent(50), 1),
                Keyframe(at: .fromEnd(.milliseconds(250)), 1),
                Keyframe(at: .fromEnd(.zero), 0),
            ]))
        let absolute = try sound(
            .keyframes([
                Keyframe(.milliseconds(200), 0), Keyframe(.milliseconds(500), 1), Keyframe(.milliseconds(750), 1),
                Keyframe(.seconds(1), 0),
            ]))
        #expect(relative == absolute && absolute.contains { abs($0) > 0.1 })
    }

    private static func edit(_ src: String = "inputs/edge.png") -> Edit {
        Edit(size: size, frameRate: 30) {
            Track {
                for (index, name) in ["inputs/gradient.png", src, "inputs/odd.png"].enumerated() {
                    ImageClip("inputs/colours.png", duration: .seconds(1))
                    GroupClip {
                        Track { ImageClip(name, duration: .seconds(3)).motion(.zoom(to: 1.2)) }
                        Track {
                            GroupClip(duration: .seconds(2)) {
                                Track { ImageClip("inputs/alpha.png", duration: .seconds(2)).enter(.pop) }
                            }.size(width: 40, height: 30).rotation(
                                .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(2), Double(20 * index))]))
                        }
                        Track { AudioClip("inputs/tone.wav", duration: .seconds(2)) }
                    }
                }
            }
        }
    }

    @Test func `a video of groups is the same bytes with any number of workers, and from a cache`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let first = folder + "/first"
            let report = try await SegmentRenderTests.render(Self.edit(), to: first)
            let segments = try #require(report.video).segments
            #expect(segments > 2)
            let cache = RenderCache(folder: folder + "/cache")
            for (round, workers) in [2, 4, 1].enumerated() {
                let path = folder + "/again"
                _ = try await SegmentRenderTests.render(Self.edit(), to: path, workers: workers)
                #expect(try SegmentRenderTests.bytes(path) == SegmentRenderTests.bytes(first), "\(workers) workers")
                let cached = try await SegmentRenderTests.render(Self.edit(), to: path, workers: workers, cache: cache)
                #expect(try SegmentRenderTests.bytes(path) == SegmentRenderTests.bytes(first), "cached, \(workers)")
                if round > 0 { #expect(cached.video?.reusedSegments == segments) }
            }
        }
    }

    @Test func `a video of one segment is the same bytes however many threads compose it`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var file = CheckedFile()
            (file.seconds, file.size) = (2, "160x120")
            try file.write(to: folder + "/clip.mp4")
            let edit = Edit(size: PixelSize(width: 160, height: 120)) {
                Track { VideoClip("clip.mp4") }
                Track {
                    VideoClip("clip.mp4").trimmed(from: .milliseconds(300)).size(width: 64, height: 48)
                        .rotation(.keyframes([Keyframe<Double>(.zero, 0), Keyframe(.seconds(1), 40)]))
                }
            }
            for (round, workers) in [1, 2, 4].enumerated() {
                let report = try await Renderer(segmentWorkers: workers).render(
                    edit, in: folder, to: "\(folder)/\(round).mp4"
                )
                .result
                #expect(report.video?.segments == 1)
                #expect(
                    try SegmentRenderTests.bytes("\(folder)/\(round).mp4")
                        == SegmentRenderTests.bytes(folder + "/0.mp4"))
            }
        }
    }

    @Test func `files inside of groups are told, exchanged, and refused by their place`() async throws {
        let edit = Self.edit("inputs/gradiant.png")
        let paths = edit.media.map(\.path)
        #expect(paths.contains("tracks[0].clips[3].tracks[0].clips[0].src"))
        #expect(paths.contains("tracks[0].clips[3].tracks[1].clips[0].tracks[0].clips[0].src"))
        let found = await edit.problems(in: Fixtures.folder)
        #expect(found.map(\.path) == ["tracks[0].clips[3].tracks[0].clips[0].src"])
        #expect(found.first?.message.contains("did you mean inputs/gradient.png?") == true)
        let mended = edit.mapMedia { $0.src == "inputs/gradiant.png" ? "inputs/gradient.png" : $0.src }
        #expect(await mended.problems(in: Fixtures.folder) == [])
    }

    @Test func `a file inside that is damaged fails the render with its place, and with what is wrong`() async throws {
        let damaged = changed(VideoClip(try NumberedClips.shared().path("damaged.mp4"))) { $0.onDamage = .fail }
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: Self.size, frameRate: 25) {
                Track {
                    ColorClip(.white, duration: .seconds(1))
                    GroupClip { Track { GroupClip { Track { damaged } } } }
                }
            }
            let error = await #expect(throws: ComposeError.self) {
                _ = try await Renderer().render(edit, in: "/", to: folder + "/out.mp4").result
            }
            #expect(error?.code == .unreadableMedia)
            #expect(
                error?.problems.map(\.path) == ["tracks[0].clips[1].tracks[0].clips[0].tracks[0].clips[0].src"],
                "\(String(describing: error))")
            #expect(error?.description.contains("the file is damaged at ") == true)
            let left = try Fixtures.contents(of: folder)
            #expect(left == [])
        }
    }

    @Test func `a render of groups that is cancelled leaves nothing behind`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = changed(Self.edit()) { $0.timeline.size = PixelSize(width: 1280, height: 720) }
            let render = Renderer().render(edit, in: Fixtures.folder, to: folder + "/out.mp4")
            for await progress in render.progress where progress.frame > 0 { break }
            render.cancel()
            await #expect { _ = try await render.result } throws: { ($0 as? ComposeError)?.code == .cancelled }
            let left = try Fixtures.contents(of: folder)
            #expect(left == [])
        }
    }
}
