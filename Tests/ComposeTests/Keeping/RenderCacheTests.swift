// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose
@testable import Encoders

/// A cache that fails costs a render only the work it would have saved.
@Suite(.serialized)
struct RenderCacheTests {
    private static let edit = changed(SegmentRenderTests.slideshow(motion: true)) { $0.timeline.tracks.removeLast() }

    /// Renders twice with a cache whose entries `change` modifies in between, and checks that the bytes are equal.
    ///
    /// Returns the number of reused segments.
    private func reused(after change: (_ entries: [String], _ folder: String) throws -> Void) async throws -> Int? {
        try await Fixtures.withTemporaryFolder { folder in
            let cache = RenderCache(folder: folder + "/cache")
            _ = try await SegmentRenderTests.render(Self.edit, to: folder + "/a", workers: 2, cache: cache)
            try change(try entries(of: cache.folder), cache.folder)
            let report = try await SegmentRenderTests.render(Self.edit, to: folder + "/b", workers: 2, cache: cache)
            #expect(try SegmentRenderTests.bytes(folder + "/a") == SegmentRenderTests.bytes(folder + "/b"))
            return report.video?.reusedSegments
        }
    }

    private func entries(of folder: String) throws -> [String] {
        try Fixtures.contents(of: folder).flatMap { name in
            try Fixtures.contents(of: "\(folder)/\(name)").map { "\(folder)/\(name)/\($0)" }
        }
    }

    private func edit(_ path: String, _ change: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: url)
        change(&bytes)
        try bytes.write(to: url)
    }

    @Test func `a flipped bit anywhere is noticed`() async throws {
        let reused = try await reused { entries, _ in
            #expect(entries.count == 4)
            for (path, place) in zip(entries, [0.0, 0.3, 0.7, 1]) {
                try edit(path) { $0[Int(Double($0.count - 1) * place)] ^= 16 }
            }
        }
        #expect(reused == 0)
    }

    @Test func `an entry cut short, emptied, or of other contents is encoded again`() async throws {
        let reused = try await reused { entries, _ in
            try edit(entries[0]) { $0 = $0.prefix($0.count / 2) }
            try edit(entries[1]) { $0 = Data() }
            let other = try Data(contentsOf: URL(fileURLWithPath: entries[3]))
            try edit(entries[2]) { $0 = other }
        }
        #expect(reused == 1)
    }

    @Test(arguments: [Output.Format.mp4, .webm, .mkv, .m4a, .mp3, .opus, .flac])
    func `sound is kept too, and made again where it is damaged`(format: Output.Format) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = changed(SegmentRenderTests.slideshow(motion: false)) {
                $0.output = Output(format: format, video: VideoSettings(speed: .ultrafast))
            }
            let store = MemoryStore()
            for (round, hits) in [(0, 0), (1, 1), (2, 0), (3, 1)] {
                if round == 2 { store.damage() }
                let report = try await SegmentRenderTests.render(edit, to: folder + "/\(round)", cache: store)
                let segments = format.container.video.isEmpty ? 0 : 4
                #expect(store.takeHits() == (hits == 1 || round == 2 ? segments + 1 : 0))
                #expect(report.audio?.samples == 432_000)
                #expect(try SegmentRenderTests.bytes(folder + "/\(round)") == SegmentRenderTests.bytes(folder + "/0"))
            }
        }
    }

    @Test func `a folder that is deleted is made again`() async throws {
        let reused = try await reused { _, folder in try FileManager.default.removeItem(atPath: folder) }
        #expect(reused == 0)
    }

    @Test func `a clock that was set back changes nothing`() async throws {
        let reused = try await reused { entries, _ in
            for path in entries {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: 1e6)], ofItemAtPath: path)
            }
        }
        #expect(reused == 4)
    }

    @Test func `a folder that cannot be written to, or is a file, keeps nothing`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try Data("here".utf8).write(to: URL(fileURLWithPath: folder + "/file"))
            for place in ["/proc/cache", folder + "/file"] {
                let report = try await SegmentRenderTests.render(
                    Self.edit, to: folder + "/a", cache: RenderCache(folder: place))
                #expect(report.video?.reusedSegments == 0 && report.video?.frames == 270)
            }
            #expect(try Fixtures.contents(of: folder) == ["a", "file"])
        }
    }

    @Test func `a store that always fails costs nothing but the work`() async throws {
        struct Broken: SegmentStore {
            struct Failure: Error {}
            func get(_ key: String) async throws -> Data? { throw Failure() }
            func put(_ key: String, _ bytes: Data) async throws { throw Failure() }
        }
        try await Fixtures.withTemporaryFolder { folder in
            let report = try await SegmentRenderTests.render(Self.edit, to: folder + "/a", workers: 3, cache: Broken())
            #expect(report.video?.frames == 270)
        }
    }

    @Test func `what is encoded in another way is not taken for the same`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let cache = RenderCache(folder: folder + "/cache")
            let stills = changed(SegmentRenderTests.slideshow(motion: false)) { $0.timeline.tracks.removeLast() }
            for settings in [
                VideoSettings(encoder: .x264), VideoSettings(encoder: .x264, options: .init(heldPictures: false)),
                VideoSettings(encoder: .x264, quality: .best),
                VideoSettings(encoder: .x264, keyframeInterval: .seconds(1)),
                VideoSettings(codec: .vp9, speed: .superfast),
                VideoSettings(codec: .vp9, speed: .superfast, pixelFormat: .yuv420p10),
            ] {
                let edit = changed(stills) { $0.output = Output(format: .mkv, video: settings) }
                let report = try await SegmentRenderTests.render(edit, to: folder + "/a", workers: 2, cache: cache)
                #expect(report.video?.reusedSegments == 0, "\(settings)")
            }
        }
    }

    @Test func `a store that does not answer does not keep a render from being cancelled`() async throws {
        struct Silent: SegmentStore {
            func get(_ key: String) async throws -> Data? {
                try await Task.sleep(for: .seconds(20))
                return nil
            }
            func put(_ key: String, _ bytes: Data) async throws {}
        }
        try await Fixtures.withTemporaryFolder { folder in
            let edit = SegmentRenderTests.slideshow(motion: true)
            let render = Renderer(segmentWorkers: 2, cache: Silent()).render(
                edit, in: Fixtures.folder, to: folder + "/a.mp4")
            let start = ContinuousClock.now
            try await Task.sleep(for: .milliseconds(300))
            render.cancel()
            let error = await #expect(throws: ComposeError.self) { try await render.result }
            #expect(error?.code == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(15))  // sooner than the store gives up
            let left = try Fixtures.contents(of: folder)
            #expect(left == [])
        }
    }

    @Test func `renders at the same time share a folder`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let reports = try await withThrowingTaskGroup(of: Report.self) { group in
                for index in 0..<3 {
                    group.addTask {
                        try await SegmentRenderTests.render(
                            Self.edit, to: folder + "/\(index)", workers: 2,
                            cache: RenderCache(folder: folder + "/cache"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.count == 3)
            #expect(try SegmentRenderTests.bytes(folder + "/0") == SegmentRenderTests.bytes(folder + "/1"))
            #expect(try SegmentRenderTests.bytes(folder + "/0") == SegmentRenderTests.bytes(folder + "/2"))
            #expect(try entries(of: folder + "/cache").count == 4)
        }
    }

    @Test func `the entries not used for longest go first, and what dead processes left`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let cache = RenderCache(folder: folder, limit: 1000)
            func key(_ index: Int) -> String { String(repeating: String(index), count: 64) }
            for index in 0..<4 {
                try await cache.put(key(index), Data(count: 240))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: Double(index) - 100)],
                    ofItemAtPath: "\(folder)/\(key(index).prefix(2))/\(key(index)).segment")
            }
            try Data("half".utf8).write(to: URL(fileURLWithPath: "\(folder)/00/.left.part"))
            _ = try await cache.get(key(0))  // used just now
            try await cache.put(key(4), Data(count: 240))
            var kept: [Int] = []
            for index in 0..<5 where try await cache.get(key(index)) != nil { kept.append(index) }
            #expect(kept == [0, 3, 4])
            #expect(try Fixtures.contents(of: folder + "/00") == ["\(key(0)).segment"])
        }
    }

    @Test func `a file that changed after planning is refused by its name, though its old segments are there`()
        async throws
    {
        try await Fixtures.withTemporaryFolder { folder in
            let picture = folder + "/a.png"
            try FileManager.default.copyItem(atPath: Fixtures.input("odd.png"), toPath: picture)
            let edit = Edit(size: SegmentRenderTests.size) { Track { ImageClip("a.png", duration: .seconds(2)) } }
            let plan = try await edit.plan(in: folder)
            let renderer = Renderer(cache: RenderCache(folder: folder + "/cache"))
            _ = try await renderer.render(plan, to: folder + "/a.mp4").result
            try FileManager.default.removeItem(atPath: picture)
            try FileManager.default.copyItem(atPath: Fixtures.input("gradient.png"), toPath: picture)
            let error = await #expect(throws: ComposeError.self) {
                try await renderer.render(plan, to: folder + "/b.mp4").result
            }
            #expect(error?.code == .unreadableMedia && error?.problems.first?.path == "tracks[0].clips[0].src")
            #expect(error?.description.contains("a.png") == true)
            #expect(!FileManager.default.fileExists(atPath: folder + "/b.mp4"))
        }
    }

    @Test func `a copied file is the same by its contents, and another by its fingerprint`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: SegmentRenderTests.size) { Track { ImageClip("a.png", duration: .seconds(2)) } }
            for identity in [MediaIdentity.fingerprint, .contents] {
                let cache = RenderCache(folder: folder + "/cache-\(identity)")
                var reused: [Int?] = []
                for _ in 0..<2 {
                    try? FileManager.default.removeItem(atPath: folder + "/a.png")
                    try FileManager.default.copyItem(atPath: Fixtures.input("odd.png"), toPath: folder + "/a.png")
                    try FileManager.default.setAttributes(
                        [.modificationDate: Date(timeIntervalSince1970: 1e9 + Double(reused.count))],
                        ofItemAtPath: folder + "/a.png")
                    let report = try await SegmentRenderTests.render(
                        edit, to: folder + "/a.mp4", cache: cache, in: folder, identity: identity)
                    reused.append(report.video?.reusedSegments)
                }
                #expect(reused == (identity == .contents ? [0, 1] : [0, 0]))
            }
        }
    }
}
