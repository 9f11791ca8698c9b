// SPDX-License-Identifier: Apache-2.0

import Testing

import Libav

@testable import Compose

/// The behaviour that a program can expect from a library.
@Suite struct LibraryMannersTests {
    private let edit = Edit(size: PixelSize(width: 64, height: 64)) {
        Track { ColorClip(.white, duration: .seconds(1)) }
    }

    @Test func `settings out of range are errors of the render, and trap nowhere`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let renderer = Renderer(composeWorkers: 0, segmentWorkers: 257, maxMemory: -1)
            let error = await #expect(throws: ComposeError.self) {
                try await renderer.render(edit, to: folder + "/out.mp4").result
            }
            #expect(error?.code == .invalidSettings)
            #expect(
                error?.problems.map(\.description) == [
                    "composeWorkers: 0 is out of range; use 1…64, or nil",
                    "segmentWorkers: 257 is out of range; use 1…256, or nil",
                ])
            let plan = try await edit.plan()
            await #expect(throws: ComposeError.self) { try await renderer.render(plan, to: folder + "/out.mp4").result }
            #expect(try Fixtures.contents(of: folder).isEmpty)
        }
    }

    @Test func `memory for less than one segment renders one at a time`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let report = try await Renderer(maxMemory: 0).render(edit, to: folder + "/out.mp4").result
            #expect(report.video?.frames == 30)
        }
    }

    @Test func `an error quotes FFmpeg though nobody redirected its log`() async throws {
        let edit = Edit(size: PixelSize(width: 64, height: 64)) {
            Track { ImageClip("inputs/damaged.png", duration: .seconds(1)) }
        }
        try await Fixtures.withTemporaryFolder { folder in
            // A picture with a valid header and damaged pixels.
            var bytes = try #require(
                try? Array(OpenFile(Fixtures.input("gradient.png")).bytes(limit: 1 << 20).contents))
            for index in 200..<min(bytes.count - 20, 400) { bytes[index] = 0x55 }
            try FileSystem.write(bytes, to: folder + "/damaged.png")
            let damaged = edit.mapMedia { _ in "damaged.png" }
            let error = await #expect(throws: ComposeError.self) {
                try await Renderer().render(damaged, in: folder, to: folder + "/out.mp4").result
            }
            #expect(error?.code == .unreadableMedia)
            #expect(error?.libavMessage?.isEmpty == false)
        }
    }

    @Test func `audio without a codec is not sound switched off`() {
        #expect(AudioSettings(codec: nil) != AudioSettings(codec: .noSound))
        #expect(AudioSettings(codec: .none).codec == nil)
    }
}
