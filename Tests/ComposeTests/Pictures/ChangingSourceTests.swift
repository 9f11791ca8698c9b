// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Sources whose picture changes, in every place where a source can be drawn.
struct ChangingSourceTests {
    private static let side = 64

    /// Where the source is drawn.
    enum Place: CaseIterable { case base, layer, belowTransition, faded }

    /// Returns the plan of 40 frames with a changing source instead of `white.png`.
    private static func plan(
        _ place: Place = .base, background: Color = .black, output: Output = Output(), start: Int = 0,
        _ change: (inout ChangingSource) -> Void = { _ in }
    ) throws -> (plan: Plan, source: ChangingSource) {
        let picture = ImageClip("inputs/white.png", duration: .seconds(2), fit: .fill)
        let other = ColorClip(Color(red: 64, green: 64, blue: 64), duration: .seconds(1))
        let track =
            switch place {
            case .base: Track { picture }
            case .layer: Track { picture.size(width: 32, height: 32) }
            case .belowTransition: Track { changed(picture) { $0.visual.duration = .seconds(2) } }
            case .faded: Track { picture.opacity(0.5) }
            }
        var edit = Edit(size: PixelSize(width: side, height: side), frameRate: 20) { track }
        if case .belowTransition = place {
            edit.timeline.tracks.append(
                Track {
                    other.size(width: 16, height: 16).position(x: 8, y: 8)
                    Transition(.wipe(.left), .seconds(1))
                    ColorClip(Color(red: 192, green: 192, blue: 192), duration: .seconds(2)).size(width: 16, height: 16)
                        .position(x: 8, y: 8)
                })
        }
        edit.timeline.background = background
        edit.output = output
        var made: ChangingSource?
        let plan = try edit.makePlan(in: Fixtures.folder).replacing("inputs/white.png", start: start) { still in
            let source = changed(
                ChangingSource(
                    width: still.copy.size.width, height: still.copy.size.height, hasAlpha: still.copy.hasAlpha), change
            )
            made = source
            return source
        }
        return (plan, try #require(made))
    }

    /// The luma in the middle of a frame.
    private static func luma(_ frame: Frame) -> Int { Planes(frame).luma(side / 2, side / 2) }

    private static func expected(_ place: Place, _ luma: Int) -> Int {
        if case .faded = place { 16 + Int((Double(luma - 16) * 0.5).rounded()) } else { luma }
    }

    @Test(arguments: Place.allCases, [1, 3])
    func `every frame shows its own picture, whoever composes it`(place: Place, workers: Int) throws {
        let (plan, source) = try Self.plan(place)
        #expect(plan.foldedFrameCount == 0)
        let frames = FrameQueue(plan, workers: workers)
        defer { frames.close() }
        for index in 0..<plan.frameCount {
            let luma = Self.luma(try frames.next())
            #expect(abs(luma - Self.expected(place, source.luma(at: index))) <= 1, "frame \(index)")
        }
        let log = source.log.all
        #expect(log.openings == 1)
        #expect(log.asked == [Array(0..<plan.frameCount)], "each frame is read once, in order")
    }

    @Test func `a picture that stays the same is the same frame, and held where a span shows nothing else`() throws {
        let (plan, source) = try Self.plan { $0.period = 15 }
        #expect(plan.foldedFrameCount == 0)
        let frames = FrameQueue(plan)
        defer { frames.close() }
        var pictures: [Frame] = []
        for index in 0..<plan.frameCount {
            let frame = try frames.next()
            #expect(Self.luma(frame) == source.luma(at: index))
            if frame !== pictures.last { pictures.append(frame) }
        }
        #expect(pictures.count == 3)
        let steady = try Self.plan { $0.period = 40 }.plan
        #expect(steady.foldedFrameCount == 39 && steady.spans[0].isHeld)
    }

    @Test(arguments: [Place.base, .layer, .faded])
    func `a source that is steady over a part of a plan is held there`(place: Place) throws {
        let (plan, source) = try Self.plan(place) { $0.period = 20 }
        let part = plan.part(Segment(index: 0, frames: 20..<40))
        #expect(part.foldedFrameCount == 19)
        for workers in [1, 3] {
            let frames = FrameQueue(part, workers: workers)
            defer { frames.close() }
            for _ in 0..<20 {
                #expect(abs(Self.luma(try frames.next()) - Self.expected(place, source.luma(at: 20))) <= 1)
            }
        }
    }

    @Test func `a source that starts before the timeline shows its later frames`() throws {
        let (plan, source) = try Self.plan(start: -7)
        #expect(Self.luma(try compose(3, of: plan)) == source.luma(at: 10))
    }

    @Test(arguments: [0, 1, 17, 39])
    func `a still takes its frame from the middle`(index: Int) throws {
        let (plan, source) = try Self.plan(.layer)
        #expect(Self.luma(try compose(index, of: plan)) == source.luma(at: index))
        #expect(source.log.all.asked == [[index]])
        #expect(source.log.all.open == 0)
    }

    @Test func `transparent outputs show the same pictures`() throws {
        let output = Output(format: .mov, video: VideoSettings(codec: .prores))
        let (plan, source) = try Self.plan(
            .layer, background: Color(red: 0, green: 0, blue: 0, alpha: 0), output: output)
        #expect(plan.output.hasAlpha)
        let frames = FrameQueue(plan, workers: 2)
        defer { frames.close() }
        for index in 0..<plan.frameCount {
            let frame = try frames.next()
            let cover = frame.plane(3)
            #expect(Planes(frame).luma(32, 32) == source.luma(at: index))
            #expect(cover[32 * Self.side + 32] == 255 && cover[0] == 0)
        }
        #expect(source.log.all.asked == [Array(0..<plan.frameCount)])
    }

    @Test(arguments: [1, 3])
    func `segments read a source in order, and pass its reader on`(workers: Int) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let (whole, source) = try Self.plan(output: Output(video: VideoSettings(codec: .h264, quality: .number(1))))
            let plan = whole.cut(at: [8, 16, 24, 32])
            let path = folder + "/out.mp4"
            let report = try await Renderer(segmentWorkers: workers).render(plan, to: path).result
            #expect(report.video?.segments == 5)
            for (index, planes) in try decodedFrames(path, width: Self.side, height: Self.side).enumerated() {
                #expect(abs(planes.luma(32, 32) - source.luma(at: index)) <= 1, "frame \(index)")
            }
            let log = source.log.all
            #expect(log.asked.flatMap(\.self).sorted() == Array(0..<40), "each frame is read once")
            #expect(log.asked.allSatisfy { $0 == $0.sorted() })
            #expect(log.mostOpen <= workers)
            if workers == 1 { #expect(log.openings == 1) }
            #expect(log.open == 0)
        }
    }

    @Test(arguments: Place.allCases, [false, true])
    func `a source that fails names its place and frame, and leaves nothing behind`(
        place: Place, inSegments: Bool
    ) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let (whole, source) = try Self.plan(place) { $0.failing = 21 }
            let plan = inSegments ? whole.cut(at: [10, 20, 30]) : whole
            let error = await #expect(throws: ComposeError.self) {
                try await Renderer(composeWorkers: 2, segmentWorkers: 3).render(plan, to: folder + "/out.mp4").result
            }
            #expect(error?.problems.first?.path == "tracks[0].clips[0].src")
            #expect(error?.description.contains("at frame 21") == true, "\(error?.description ?? "")")
            #expect(try Fixtures.contents(of: folder) == [])
            #expect(source.log.all.open == 0)
        }
    }

    @Test func `a render that waits for a slow source can be cancelled`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let (plan, source) = try Self.plan()
            source.log.blocked.withLock { $0 = 3 }
            let render = Renderer().render(plan, to: folder + "/out.mp4")
            while source.log.all.asked.last?.last != 3 { try await Task.sleep(for: .milliseconds(5)) }
            render.cancel()
            source.log.blocked.withLock { $0 = .max }
            let error = await #expect(throws: ComposeError.self) { try await render.result }
            #expect(error?.code == .cancelled)
            #expect(try Fixtures.contents(of: folder) == [])
        }
    }

    @Test func `two renders of one plan at once have readers of their own`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let (plan, source) = try Self.plan(output: Output(video: VideoSettings(codec: .h264, quality: .number(1))))
            let renders = (0..<2).map { Renderer().render(plan, to: "\(folder)/\($0).mp4") }
            for (number, render) in renders.enumerated() {
                _ = try await render.result
                let frames = try decodedFrames("\(folder)/\(number).mp4", width: Self.side, height: Self.side)
                for index in [0, 13, 39] { #expect(abs(frames[index].luma(32, 32) - source.luma(at: index)) <= 1) }
            }
            #expect(source.log.all.asked == [Array(0..<40), Array(0..<40)])
        }
    }

    @Test func `keys tell pictures at other times of a source apart, and know equal ones`() throws {
        let plan = try Self.plan().plan.cut(at: [10, 20, 30])
        func key(_ plan: Plan, _ index: Int) throws -> Digest {
            try plan.key(of: plan.part(plan.segments[index]), nil, .fingerprint)
        }
        #expect(try key(plan, 0) != (try key(plan, 1)))
        let later = try Self.plan(start: 10).plan.cut(at: [10, 20, 30])
        #expect(try key(later, 1) == (try key(plan, 0)))
        #expect(try key(later, 2) == (try key(plan, 1)))
        #expect(try plan.segmentsShared(with: later).prefix(4) == [1, 2, 3, nil])
    }
}
