// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Pictures of ASS files in their own looks.
@Suite struct ScriptTests {
    private let size = PixelSize(width: 320, height: 240)
    private let grey = Color(red: 128, green: 128, blue: 128)

    private func edit(_ src: String = "a.ass", seconds: Int = 4) -> Edit {
        Edit(size: size, frameRate: 20) {
            Track { ColorClip(grey, duration: .seconds(seconds)) }
            Track { CaptionsClip(src).looks(.file) }
        }
    }

    private func withScript<Result>(
        _ file: ScriptFile, _ body: (String) async throws -> Result
    ) async throws -> Result {
        try await Fixtures.withTemporaryFolder { folder in
            try file.write(to: folder + "/a.ass")
            return try await body(folder)
        }
    }

    private static let hasFilter =
        (try? String(decoding: run("ffmpeg", ["-hide_banner", "-filters"]), as: UTF8.self).contains(" ass ")) == true

    @Test(.enabled(if: hasFilter, "this ffmpeg has no filter for ASS"))
    func `frames are those of FFmpeg's filter`() async throws {
        try await withScript(.song) { folder in
            let fonts = Fixtures.package + "/Sources/CTextShim/fonts"
            // The system may have another Inter.
            try "<fontconfig><cachedir>\(folder)</cachedir></fontconfig>".write(
                toFile: folder + "/fonts.conf", atomically: true, encoding: .utf8)
            let data = try run(
                "FONTCONFIG_FILE=\(folder)/fonts.conf",
                [
                    "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=0x808080:s=320x240:r=20:d=4", "-vf",
                    "format=rgb24,ass=\(folder)/a.ass:fontsdir=\(fonts)", "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
                ])
            let bytes = [UInt8](data)
            let plan = try edit().makePlan(in: folder)
            for frame in stride(from: 0, to: 80, by: 3) {
                let ours = Planes(try compose(frame, of: plan))
                var (far, farthest, drawn) = (0, 0.0, 0)
                for y in 0..<240 {
                    for x in 0..<320 {
                        let at = ((frame * 240 + y) * 320 + x) * 3
                        let (red, green, blue) = (Double(bytes[at]), Double(bytes[at + 1]), Double(bytes[at + 2]))
                        let luma = 16 + 219 / 255 * (0.2126 * red + 0.7152 * green + 0.0722 * blue)
                        let difference = abs(luma - Double(ours.luma(x, y)))
                        farthest = max(farthest, difference)
                        if difference > 2 { far += 1 }
                        if abs(luma - 126) > 4 { drawn += 1 }
                    }
                }
                #expect(drawn > 500, "frame \(frame) shows hardly anything")
                // Where many images lie over each other, so do the roundings of both; that is at letters' edges and in shadows.
                #expect(far <= 40 && farthest < 4, "\(far) pixels of frame \(frame) differ, by up to \(farthest)")
            }
        }
    }

    @Test func `a frame looks the same wherever a render begins`() async throws {
        var file = ScriptFile.song
        // Lines that grow make those above them move.
        file.events.append((3.2, 3.9, "Default", "{\\t(\\fs40)}grows"))
        try await withScript(file) { folder in
            let plan = try edit().makePlan(in: folder)
            func frames(_ workers: Int) throws -> [[[UInt8]]] {
                let queue = FrameQueue(plan, workers: workers)
                defer { queue.close() }
                return try (0..<plan.frameCount).map { _ in Planes(try queue.next()).planes }
            }
            let all = try frames(1)
            #expect(try frames(8) == all)
            for frame in 0..<80 { #expect(try Planes(compose(frame, of: plan)).planes == all[frame], "frame \(frame)") }
            #expect(Set(all).count > 60)
        }
    }

    @Test func `a line keeps its place when the one below it ends, wherever a render begins`() async throws {
        try await withScript(ScriptFile((0, 2, "below"), (1, 4, "above"), (2.5, 4, "new"))) { folder in
            let plan = try edit().makePlan(in: folder)
            func rows(_ frame: Int) throws -> [Int] {
                let planes = Planes(try compose(frame, of: plan))
                return (0..<240).filter { y in (0..<320).contains { planes.luma($0, y) > 220 } }
            }
            let both = try rows(30)
            let alone = try rows(45)
            #expect(alone.last ?? 0 < 215 && both.last ?? 0 > 215, "\(both) \(alone)")
            #expect(try rows(60).last ?? 0 > 215, "the new line takes the free place")
        }
    }

    @Test func `colours are those that the file names`() async throws {
        let square = "{\\pos(100,100)\\p1\\bord0\\shad0\\c&H0000FF&}m 0 0 l 60 0 60 60 0 60"
        try await withScript(ScriptFile((0, 4, square))) { folder in
            let planes = try composed(edit(), frame: 10, in: folder)
            // Bottom centre is the point that a place names by default. BT.709: 16 + 219 · 0.2126, and so on.
            let chroma = planes.chroma(100, 70)
            #expect(abs(planes.luma(100, 70) - 63) <= 1)
            #expect(abs(chroma.u - 102) <= 1 && abs(chroma.v - 240) <= 1, "\(chroma)")
            #expect(abs(planes.luma(20, 20) - 126) <= 1)
        }
    }

    @Test func `a font that the edit calls otherwise is found by that name`() async throws {
        let fonts = Fixtures.package + "/Sources/CTextShim/fonts"
        func luma(_ family: String, _ fonts: [FontFile]) async throws -> [UInt8] {
            try await withScript(ScriptFile((0, 4, "{\\fn\(family)\\fs40}Quick"))) { folder in
                var edit = edit()
                edit.timeline.fonts = fonts
                return try composed(edit, frame: 3, in: folder).planes[0]
            }
        }
        let italic = FontFile(fonts + "/Inter-italic.var.ttf", family: "Márka 字")
        #expect(try await luma("Márka 字", [italic]) == luma("Inter\\i1", []))
        #expect(try await luma("Márka 字", [italic]) != luma("Inter", []))
    }

    @Test func `the same file comes from any number of workers`() async throws {
        try await withScript(.song) { folder in
            var files: Set<Data> = []
            for workers in [1, 3] {
                let path = "\(folder)/\(workers).mp4"
                _ = try await Renderer(segmentWorkers: workers).render(edit(), in: folder, to: path).result
                files.insert(try Data(contentsOf: URL(fileURLWithPath: path)))
            }
            #expect(files.count == 1)
        }
    }
}
