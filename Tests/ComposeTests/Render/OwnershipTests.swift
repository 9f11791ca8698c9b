// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

@Suite(.serialized)
struct OwnershipTests {
    private static func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    /// Returns the resident memory in megabytes.
    private static func residentMegabytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4096 / 1_000_000
    }

    /// A small edit that uses every owner of C objects: stills, layers, masks, maps, sound, encoder, muxer.
    private static var edit: Edit {
        Edit(size: PixelSize(width: 64, height: 48), frameRate: 10) {
            Track {
                ImageClip("inputs/gradient.png", duration: .seconds(1), fit: .containBlur)
                Transition(.wipe(.left), .milliseconds(400))
                ImageClip("inputs/orient6.jpg", duration: .seconds(1)).motion(.zoom(to: 1.3))
            }
            Track { ImageClip("inputs/alpha.png", duration: .seconds(1)).size(width: 20, height: 20).opacity(0.7) }
            Track { AudioClip("inputs/tone44.wav").looping() }
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/fd"), "there is no /proc here"))
    func `two hundred renders leave memory and descriptors where they were`() async {
        // In a separate process, whose memory other tests do not affect.
        await #expect(processExitsWith: .success) {
            try await Fixtures.withTemporaryFolder { folder in
                let renderer = Renderer()
                // First check that the counters can detect a leak.
                let before = Self.descriptors()
                let kept = try OpenFile(Fixtures.input("white.png"))
                #expect(Self.descriptors() == before + 1)
                withExtendedLifetime(kept) {}

                func render(_ times: Int) async throws {
                    for _ in 0..<times {
                        _ = try await renderer.render(Self.edit, in: Fixtures.folder, to: folder + "/out.mp4").result
                    }
                    try await Task.sleep(for: .milliseconds(200))
                }
                try await render(30)
                let (files, memory) = (Self.descriptors(), try Self.residentMegabytes())
                try await render(200)
                #expect(abs(Self.descriptors() - files) <= 2, "from \(files) to \(Self.descriptors()) descriptors")
                let grown = try Self.residentMegabytes() - memory
                // The address sanitizer keeps what was freed for a while.
                #expect(grown < 16, "grown by \(grown) MB")
            }
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/fd"), "there is no /proc here"))
    func `failed and cancelled renders leave no descriptor open`() async {
        // In a separate process, because other tests open files at the same time.
        await #expect(processExitsWith: .success) {
            try await Fixtures.withTemporaryFolder { folder in
                let broken = Edit(size: PixelSize(width: 64, height: 48)) {
                    Track { ImageClip("inputs/truncated.png", duration: .seconds(1)) }
                }
                func fail() async {
                    _ = try? await Renderer().render(broken, in: Fixtures.folder, to: folder + "/a.mp4").result
                    let render = Renderer().render(Self.edit, in: Fixtures.folder, to: folder + "/b.mp4")
                    render.cancel()
                    _ = try? await render.result
                }
                for _ in 0..<5 { await fail() }
                try await Task.sleep(for: .milliseconds(200))
                let before = Self.descriptors()
                for _ in 0..<50 { await fail() }
                try await Task.sleep(for: .milliseconds(200))
                #expect(abs(Self.descriptors() - before) <= 8)
            }
        }
    }
}
