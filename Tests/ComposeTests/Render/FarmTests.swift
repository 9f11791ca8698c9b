// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose
@testable import Encoders

/// A plan that is saved, rendered in segments elsewhere, and assembled.
@Suite(.serialized)
struct FarmTests {
    private static let edit = SegmentRenderTests.edits[0].edit

    /// Does the work of another machine: reads the plan and encodes its segments.
    private static func segments(_ json: Data) async throws -> [Data] {
        let plan = try Plan(json: json)
        var segments: [Data] = []
        for segment in plan.segments { segments.append(try await Renderer().renderSegment(segment.index, of: plan)) }
        return segments
    }

    @Test func `segments from elsewhere make the same file`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let plan = try await Self.edit.plan(in: Fixtures.folder)
            let json = try plan.json()
            #expect(try Plan(json: json).segments == plan.segments)
            #expect(try Plan(json: json).json() == json)
            let segments = try await Self.segments(json)
            let report = try await Renderer().assemble(try Plan(json: json), to: folder + "/farm.mp4") { segments[$0] }
                .result
            #expect(report.video?.segments == segments.count && report.audio != nil)
            _ = try await Renderer().render(Self.edit, in: Fixtures.folder, to: folder + "/here.mp4").result
            #expect(
                try SegmentRenderTests.bytes(folder + "/farm.mp4") == SegmentRenderTests.bytes(folder + "/here.mp4"))
        }
    }

    @Test func `a segment that is damaged, missing, or of another plan is refused by its number`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let plan = try await Self.edit.plan(in: Fixtures.folder)
            let good = try await Self.segments(try plan.json())
            var other = Self.edit
            other.output.video.quality = .best
            let foreign = try await Renderer().renderSegment(1, of: try await other.plan(in: Fixtures.folder))
            var damaged = good[1]
            damaged[damaged.count / 2] ^= 1
            for (bad, words) in [
                (foreign, "was made for another plan"), (good[2], "was made for another plan"), (damaged, "is damaged"),
                (Data(), "is damaged"),
            ] {
                let error = await #expect(throws: ComposeError.self) {
                    try await Renderer().assemble(plan, to: folder + "/a.mp4") { $0 == 1 ? bad : good[$0] }.result
                }
                #expect(error?.description.contains("segment 1 \(words)") == true, "\(String(describing: error))")
            }
            let error = await #expect(throws: ComposeError.self) {
                try await Renderer().assemble(plan, to: folder + "/a.mp4") {
                    try Data(contentsOf: URL(fileURLWithPath: "/nowhere/\($0)"))
                }.result
            }
            #expect(error?.description.contains("segment 0 cannot be read") == true)
            let left = try Fixtures.contents(of: folder)
            #expect(left == [])
        }
    }

    @Test func `machines whose files lie elsewhere name segments the same, and fill one store`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            // Another machine: the same files in another folder, with other modification times.
            let there = folder + "/there"
            try FileManager.default.createDirectory(atPath: there, withIntermediateDirectories: true)
            for src in Set(Self.edit.media.map(\.src)) {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/" + src))
                let copy = URL(fileURLWithPath: there + "/" + src)
                try FileManager.default.createDirectory(
                    at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
                try bytes.write(to: copy)
            }
            let (here, away) = (try await Self.edit.plan(in: Fixtures.folder), try await Self.edit.plan(in: there))
            let renderer = Renderer(mediaIdentity: .contents)
            let keys = try await renderer.segmentKeys(of: here)
            #expect(keys.count == here.segments.count && Set(keys).count == keys.count)
            #expect(try await renderer.segmentKeys(of: away) == keys)
            #expect(try await Renderer().segmentKeys(of: away) != Renderer().segmentKeys(of: here))
            // The keys of segments made elsewhere are those that a local render looks up.
            let store = RenderCache(folder: folder + "/store")
            for segment in away.segments {
                try await store.put(keys[segment.index], try await renderer.renderSegment(segment.index, of: away))
            }
            let report = try await Renderer(cache: store, mediaIdentity: .contents).render(
                here, to: folder + "/put-together.mp4"
            ).result
            #expect(report.video?.reusedSegments == keys.count)
            _ = try await Renderer().render(Self.edit, in: Fixtures.folder, to: folder + "/here.mp4").result
            #expect(
                try SegmentRenderTests.bytes(folder + "/put-together.mp4")
                    == SegmentRenderTests.bytes(folder + "/here.mp4"))
        }
    }

    @Test func `a plan from another version, or one that was changed, is refused, and both are named`() async throws {
        let json = String(decoding: try await Self.edit.plan(in: Fixtures.folder).json(), as: UTF8.self)
        func refusal(_ old: String, _ new: String) -> String {
            do {
                _ = try Plan(json: Data(json.replacing(old, with: new).utf8))
                return ""
            } catch { return error.description }
        }
        let version = ComposeVersion.ffmpeg
        #expect(
            refusal("\"ffmpeg\": \"\(version)\"", "\"ffmpeg\": \"4.4\"").contains(
                "with FFmpeg 4.4, and this is \(version)"))
        #expect(
            refusal("\"compose\": \"0.1.0\"", "\"compose\": \"9.0\"").contains("with Compose 9.0, and this is 0.1.0"))
        #expect(refusal("\"schema\": 1", "\"schema\": 2").contains("with schema 2, and this is 1"))
        #expect(refusal("\"inode\": ", "\"inode\": 1").contains("was changed"))
        #expect(refusal("{", "[").contains("is not a plan"))
    }

    @Test func `what there is no segment of is refused`() async throws {
        let plan = try await Self.edit.plan(in: Fixtures.folder)
        let range = await #expect(throws: ComposeError.self) { try await Renderer().renderSegment(99, of: plan) }
        #expect(range?.description.contains("there is no segment 99; the plan has 0…3") == true)
        var animation = Self.edit
        animation.timeline.tracks.removeLast()
        animation.output = Output(format: .gif)
        let gif = try await animation.plan(in: Fixtures.folder)
        let kind = await #expect(throws: ComposeError.self) { try await Renderer().renderSegment(0, of: gif) }
        #expect(kind?.description.contains("cannot be rendered in segments") == true)
    }

    @Test func `a plan that was tampered with is refused, whatever its hash`() async throws {
        let plan = try await Self.edit.plan(in: Fixtures.folder)
        let origin = try #require(plan.origin)
        for change in [
            { (edit: inout Edit, media: inout Media) in edit.timeline.frameRate = FrameRate(0, 1) },
            { edit, _ in edit.timeline.size = PixelSize(width: 0, height: 2) },
            { edit, _ in edit.timeline.tracks[0].clips[0] = .color(ColorClip(.white, duration: .seconds(9_000_000_000)))
            },
            { _, media in
                for key in media.images.keys { media.images[key]?.header.storedSize = PixelSize(width: 0, height: -1) }
            },
            { _, media in for key in media.sounds.keys { media.sounds[key]?.length = -5 } },
        ] {
            var (edit, media) = (origin.edit, origin.media)
            change(&edit, &media)
            let recipe = try Recipe(Plan.Origin(edit: edit, media: media), folder: plan.folder)
            let json = try JSONEncoder().encode(["recipe": recipe])
            let error = #expect(throws: ComposeError.self) { try Plan(json: json) }
            #expect(error?.code == .invalidEdit)
        }
    }
}
