// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

@Suite(.serialized)
struct OwnershipTests {
    private func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    /// Resident memory in megabytes.
    private func residentMegabytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4096 / 1_000_000
    }

    /// A small edit that uses every kind of owner: stills, layers, masks, maps, sound, encoder, muxer.
    private var edit: Edit {
        Edit(size: PixelSize(width: 64, height: 48), frameRate: 10) {
            Track {
                Image("inputs/gradient.png", duration: .seconds(1), fit: .containBlur)
                Transition(.wipe(.left), .milliseconds(400))
                Image("inputs/orient6.jpg", duration: .seconds(1)).motion(.zoom(to: 1.3))
            }
            Track { Image("inputs/alpha.png", duration: .seconds(1)).size(width: 20, height: 20).opacity(0.7) }
            Track { Audio("inputs/tone44.wav").looping() }
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/fd"), "there is no /proc here"))
    func `two hundred renders leave memory and descriptors where they were`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let renderer = Renderer()
            // The counters can see a leak at all.
            let before = descriptors()
            let kept = try OpenFile(Fixtures.input("white.png"))
            #expect(descriptors() == before + 1)
            withExtendedLifetime(kept) {}

            for _ in 0..<20 { _ = try await renderer.render(edit, in: Fixtures.folder, to: folder + "/out.mp4").result }
            try await Task.sleep(for: .milliseconds(200))
            let (files, memory) = (descriptors(), try residentMegabytes())
            for _ in 0..<200 {
                _ = try await renderer.render(edit, in: Fixtures.folder, to: folder + "/out.mp4").result
            }
            try await Task.sleep(for: .milliseconds(200))
            #expect(abs(descriptors() - files) <= 4, "from \(files) to \(descriptors()) descriptors")
            let grown = try residentMegabytes() - memory
            #expect(grown < 40, "grown by \(grown) MB")
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/fd"), "there is no /proc here"))
    func `failed and cancelled renders leave no descriptor open`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let broken = Edit(size: PixelSize(width: 64, height: 48)) {
                Track { Image("inputs/truncated.png", duration: .seconds(1)) }
            }
            func fail() async {
                _ = try? await Renderer().render(broken, in: Fixtures.folder, to: folder + "/a.mp4").result
                let render = Renderer().render(edit, in: Fixtures.folder, to: folder + "/b.mp4")
                render.cancel()
                _ = try? await render.result
            }
            for _ in 0..<5 { await fail() }
            try await Task.sleep(for: .milliseconds(200))
            let before = descriptors()
            for _ in 0..<50 { await fail() }
            try await Task.sleep(for: .milliseconds(200))
            #expect(abs(descriptors() - before) <= 4)
        }
    }
}
