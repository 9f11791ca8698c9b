// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Animated pictures, made by ffmpeg and img2webp.
struct AnimationTests {
    /// Red, green, blue and white for 100, 200, 300 and 400 ms, twice.
    private static let quads = ["quad.gif", "quad-animated.png", "quad.webp"].filter(canPlay)
    /// A red square that stays and a blue one that moves by 4 pixels in each tenth of a second, on nothing.
    private static let partial = ["partial.gif", "partial-animated.png", "partial.webp"].filter(canPlay)
    private static let size = PixelSize(width: 64, height: 48)

    private static func canPlay(_ name: String) -> Bool {
        AnimationDecoder.canDecode(name.hasSuffix("gif") ? .gif : name.hasSuffix("png") ? .png : .webp)
    }

    private static func edit(
        _ name: String, seconds: Double = 3, rate: FrameRate = 30, start: Duration = .zero, motion: Motion? = nil
    ) -> Edit {
        Edit(size: size, frameRate: rate, background: .white) {
            Track {
                ImageClip("pictures/" + name, duration: .seconds(seconds), fit: .fill).motion(motion)
                    .starting(at: start)
            }
        }
    }

    /// Returns the letters of the colours that a video's frames have in the middle.
    private static func colors(_ frames: [Planes]) -> String {
        let known: [(Character, YUVColor)] = [
            ("R", YUVColor(red: 200, green: 30, blue: 30)), ("G", YUVColor(red: 30, green: 160, blue: 40)),
            ("B", YUVColor(red: 30, green: 30, blue: 200)), ("W", YUVColor(red: 220, green: 220, blue: 220)),
            (".", YUVColor(red: 255, green: 255, blue: 255)),
        ]
        return String(
            frames.map { frame in
                let (y, uv) = (frame.luma(32, 24), frame.chroma(32, 24))
                return known.first { abs($0.1.y - y) <= 2 && abs($0.1.u - uv.u) <= 2 && abs($0.1.v - uv.v) <= 2 }?.0
                    ?? "?"
            })
    }

    private static func composedFrames(_ edit: Edit) throws -> [Planes] {
        let plan = try edit.makePlan(in: Fixtures.folder)
        let queue = FrameQueue(plan)
        defer { queue.close() }
        return try (0..<plan.frameCount).map { _ in Planes(try queue.next()) }
    }

    private static func text(_ runs: (Character, Int)...) -> String {
        runs.map { String(repeating: $0.0, count: $0.1) }.joined()
    }

    @Test func `there are formats to test`() { #expect(Self.quads.count >= 2 && Self.partial.count >= 2) }

    @Test(arguments: quads)
    func `pictures are shown as long as the file says, as often as it says, and the last one stays`(
        _ name: String
    ) throws {
        let once = Self.text(("R", 3), ("G", 6), ("B", 9), ("W", 12))
        let found = Self.colors(try Self.composedFrames(Self.edit(name)))
        #expect(found == once + once + Self.text(("W", 30)))
    }

    @Test(arguments: quads)
    func `an animation begins with its clip, at any frame rate`(_ name: String) throws {
        // At 12.5 a frame lasts 80 ms: the pictures begin with frames 0, 2, 4 and 8 of the clip.
        let edit = Self.edit(name, seconds: 0.96, rate: FrameRate(25, 2), start: .milliseconds(160))
        let found = Self.colors(try Self.composedFrames(edit))
        #expect(found == Self.text((".", 2), ("R", 2), ("G", 2), ("B", 4), ("W", 4)))
    }

    @Test(arguments: quads)
    func `pictures that stay are held, and encoded once`(_ name: String) async throws {
        let plan = try Self.edit(name).makePlan(in: Fixtures.folder)
        #expect(plan.spans.filter(\.isHeld).map(\.frames) == [18..<30, 48..<90])
        try await Fixtures.withTemporaryFolder { folder in
            let report = try await Renderer().render(plan, to: folder + "/out.mp4").result
            #expect(report.video?.heldFrames == 11 + 41)
            let frames = try decodedFrames(folder + "/out.mp4", width: 64, height: 48)
            #expect(frames.count == 90)
            #expect(
                Self.colors(frames).replacing("?", with: "") == Self.colors(try Self.composedFrames(Self.edit(name))))
        }
    }

    @Test(arguments: partial)
    func `what a picture leaves out is as before, or clear`(_ name: String) throws {
        let frames = try Self.composedFrames(Self.edit(name, seconds: 2))
        let (red, blue) = (YUVColor(red: 200, green: 30, blue: 30), YUVColor(red: 30, green: 30, blue: 200))
        for (index, frame) in frames.enumerated() {
            let left = index / 3 % 10 * 4
            #expect(abs(frame.luma(15, 14) - red.y) <= 2, "frame \(index)")
            #expect(abs(frame.luma(left + 6, 26) - blue.y) <= 2, "frame \(index)")
            #expect(frame.luma(4, 4) == 235 && frame.luma(60, 40) == 235, "frame \(index)")
            if left >= 8 { #expect(frame.luma(left - 4, 28) == 235, "frame \(index)") }  // where it was before
        }
    }

    @Test(arguments: quads)
    func `segments that begin within an animation show the same as one piece`(_ name: String) async throws {
        let plan = try Self.edit(name).makePlan(in: Fixtures.folder).cut(at: [20, 40, 70])
        try await Fixtures.withTemporaryFolder { folder in
            for workers in [1, 3] {
                let path = folder + "/\(workers).mp4"
                _ = try await Renderer(segmentWorkers: workers).render(plan, to: path).result
                let once = Self.text(("R", 3), ("G", 6), ("B", 9), ("W", 12))
                let frames = try decodedFrames(path, width: 64, height: 48)
                #expect(frames.count == 90)
                #expect(
                    zip(Self.colors(frames), once + once + Self.text(("W", 30))).allSatisfy { $0 == $1 || $0 == "?" })
            }
        }
    }

    @Test(arguments: partial)
    func `an animation can move, and plays in a blurred frame`(_ name: String) throws {
        let moving = try Self.composedFrames(Self.edit(name, seconds: 1, motion: .zoom(to: 1.5)))
        #expect(Set(moving.map(\.planes)).count == 30)
        var edit = Self.edit(name, seconds: 1)
        edit.timeline.tracks[0] = Track { ImageClip("pictures/" + name, duration: .seconds(1), fit: .containBlur) }
        edit.timeline.size = PixelSize(width: 128, height: 48)
        let blurred = try Self.composedFrames(edit)
        #expect(Set(blurred.map(\.planes)).count == 10)
    }

    @Test(arguments: quads)
    func `after damage the last good picture stays, wherever composing begins`(_ name: String) async throws {
        // The third picture is damaged: its data are zero from the middle of the file on, or are missing.
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/" + name)))
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/" + name
            for damaged in Self.damaged(whole) {
                try Data(damaged).write(to: URL(fileURLWithPath: path))
                var edit = Self.edit(name)
                edit.timeline.tracks[0] = Track { ImageClip(path, duration: .seconds(3), fit: .fill) }
                let plan = try edit.makePlan(in: folder)
                guard (try? compose(0, of: plan)) != nil else { continue }  // the first one is damaged
                let queue = FrameQueue(plan)
                defer { queue.close() }
                for frame in 0..<plan.frameCount {
                    let inOrder = Planes(try queue.next())
                    if frame % 7 == 3 {
                        #expect(Planes(try compose(frame, of: plan)).planes == inOrder.planes, "frame \(frame)")
                    }
                }
            }
        }
    }

    /// Returns a file with damage in each of some places behind its first picture.
    private static func damaged(_ whole: [UInt8]) -> [[UInt8]] {
        stride(from: whole.count * 2 / 5, to: whole.count - 8, by: 9).map { place in
            var bytes = whole
            for index in place..<place + 8 { bytes[index] ^= 0x5A }
            return bytes
        }.filter { (try? ImageHeader($0))?.times?.ends.count ?? 0 > 1 }
    }

    @Test func `a picture that lasts no time is shown for a tenth of a second`() {
        let times = PictureTimes(durations: [0, 10_000, 20_000], plays: 0)
        #expect(times?.ends == [100_000, 200_000, 220_000])
        #expect(times?.picture(at: 219_999).index == 2)
        #expect(times?.picture(at: 220_000) ?? (0, 0) == (1, 0))
    }

    @Test(arguments: quads + partial)
    func `a damaged animation shows what there is, and never crashes`(_ name: String) async throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/pictures/" + name)))
        var random = RepeatableRandom(0xA11CE)
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/damaged"
            for _ in 0..<150 {
                let bytes = random.damaged(whole)
                guard let header = try? ImageHeader(bytes), header.times != nil else { continue }
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                guard
                    let decoder = try? AnimationDecoder(
                        try OpenFile(path), codec: header.format.codec, maxPixels: 1_000_000, maxBytes: 1 << 20)
                else { continue }
                var count = 0
                while count < 1000, (try? decoder.next()) != nil { count += 1 }
                #expect(count < 1000)
            }
        }
    }
}
